import Foundation
import Testing

@testable import Files

@Suite("Logs, locks and exchanges")
struct LineFileTests {
    @Test func growsByWholeLinesThatAreThereAtOnce() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/metrics.jsonl"
            try AtomicFile.write("an earlier log\n", to: path)
            let log = try LineFile(replacing: path)
            try log.append("{\"step\":1}")
            #expect(try FileContents.text(at: path) == "{\"step\":1}\n")
            try log.append("{\"step\":2}")
            #expect(try FileContents.text(at: path) == "{\"step\":1}\n{\"step\":2}\n")
        }
    }

    @Test func aLostFolderIsAnError() throws {
        try withTemporaryFolder { folder in
            #expect(throws: FileError(.write, "\(folder)/gone/log", .system(ENOENT))) {
                try LineFile(replacing: "\(folder)/gone/log")
            }
        }
    }

    /// The device behaves as a full disk.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func aFullDiskIsAnError() throws {
        let log = try LineFile(replacing: "/dev/full")
        #expect(throws: FileError(.write, "/dev/full", .system(ENOSPC))) { try log.append("x") }
    }

    @Test func oneLockAtATime() throws {
        try withTemporaryFolder { folder in
            var first = try FolderLock(folder)
            #expect(first != nil)
            #expect(try FolderLock(folder) == nil)
            first = nil
            #expect(try FolderLock(folder) != nil)
            #expect(throws: FileError.self) { try FolderLock("\(folder)/none") }
        }
    }

    @Test func exchangesFolders() throws {
        try withTemporaryFolder { folder in
            for name in ["old", "new"] {
                try Folder.make("\(folder)/\(name)")
                try AtomicFile.write(name, to: "\(folder)/\(name)/f")
            }
            try Folder.move("\(folder)/new", replacing: "\(folder)/old")
            #expect(try FileContents.text(at: "\(folder)/old/f") == "new")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["old"])
            #expect(throws: FileError.self) { try Folder.move("\(folder)/none", replacing: "\(folder)/old") }
            #expect(try FileContents.text(at: "\(folder)/old/f") == "new")
            try Folder.move("\(folder)/old", replacing: "\(folder)/fresh")
            #expect(try Folder.names(in: folder) == ["fresh"])
        }
    }
}
