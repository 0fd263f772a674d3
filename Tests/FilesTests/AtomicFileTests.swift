import Foundation
import Testing

@testable import Files

@Suite("Whole-or-nothing writes")
struct AtomicFileTests {
    @Test func writesAndReplaces() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/result.json"
            try AtomicFile.write("first, and longer", to: path)
            try AtomicFile.write("second", to: path)
            #expect(try FileContents.text(at: path) == "second")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["result.json"])
        }
    }

    @Test(arguments: [0, 1, 65_536, 65_537, 1_000_003])
    func readsBackWhatWasWritten(size: Int) throws {
        try withTemporaryFolder { folder in
            let data = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            try AtomicFile.write(data, to: "\(folder)/f")
            #expect(try FileContents.data(at: "\(folder)/f") == data)
        }
    }

    @Test func aMissingFolderIsAnError() throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: FileError.self) { try AtomicFile.write("x", to: "\(folder)/gone/f") }
            #expect(error?.reason == .system(ENOENT))
            #expect(error?.description.contains("its folder does not exist") == true)
        }
    }

    @Test func aFailureLeavesNothingBehindAndTheOldInPlace() throws {
        try withTemporaryFolder { folder in
            try Folder.make("\(folder)/target/inside")
            let error = #expect(throws: FileError.self) { try AtomicFile.write("x", to: "\(folder)/target") }
            #expect(error?.description == "cannot write '\(folder)/target': it is a folder, not a file")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["target"])
        }
    }

    /// The device behaves as a full disk.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func aFullDiskIsNamed() {
        let descriptor = unsafe open("/dev/full", O_WRONLY)
        defer { close(descriptor) }
        let error = #expect(throws: FileError.self) {
            try AtomicFile.writeAll(Data([1, 2]).bytes, to: descriptor, "results/a/result.json")
        }
        #expect(
            error?.description
                == "cannot write 'results/a/result.json': no space left on the device; free some, then run again")
    }

    @Test("Every error of the system has words", arguments: [ELOOP, 0, -1, 9999])
    func otherErrors(code: Int32) {
        #expect(FileError(.list, "f", .system(code)).description.count > "cannot list 'f': ".count)
    }
}

@Suite("Folders and reading")
struct FolderTests {
    @Test(arguments: [
        ("a/b/c", "a/b"), ("c", "."), ("/c", "/"), ("/", "/"), ("a//b/", "a"), ("a/", "."), ("", "."), ("../x", ".."),
    ])
    func parent(path: String, expected: String) {
        #expect(Folder.parent(of: path) == expected)
    }

    @Test func makesListsAndRemoves() throws {
        try withTemporaryFolder { folder in
            try Folder.make("\(folder)/a/b/c/")
            try Folder.make("\(folder)/a/b")
            try AtomicFile.write("", to: "\(folder)/a/z")
            try AtomicFile.write("", to: "\(folder)/a/.hidden")
            #expect(try Folder.names(in: "\(folder)/a") == ["b", "z"])
            #expect(Folder.exists("\(folder)/a/b/c"))
            #expect(!Folder.exists("\(folder)/a/z"))
            try Folder.remove("\(folder)/a")
            try Folder.remove("\(folder)/a")
            #expect(try Folder.names(in: folder).isEmpty)
        }
    }

    @Test func aFileInTheWayIsNamed() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write("", to: "\(folder)/f")
            #expect(throws: FileError(.makeFolder, "\(folder)/f", .system(EEXIST))) { try Folder.make("\(folder)/f") }
            #expect(throws: FileError.self) { try Folder.make("\(folder)/f/g") }
            #expect(throws: FileError(.list, "\(folder)/none", .system(ENOENT))) {
                try Folder.names(in: "\(folder)/none")
            }
        }
    }

    @Test func textMustBeUTF8() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write(Data([0x61, 0xc3, 0xa9, 0xff, 0x62]), to: "\(folder)/f")
            #expect(throws: FileError(.read, "\(folder)/f", .notUTF8(offset: 3))) {
                try FileContents.text(at: "\(folder)/f")
            }
            try AtomicFile.write("\u{FEFF}name: x", to: "\(folder)/f")
            #expect(try FileContents.text(at: "\(folder)/f") == "name: x")
        }
    }

    @Test func readingWhatIsNoFile() throws {
        try withTemporaryFolder { folder in
            let missing = #expect(throws: FileError.self) { try FileContents.data(at: "\(folder)/none") }
            #expect(missing?.description.hasSuffix("there is no such file or folder; check the path") == true)
            #expect(throws: FileError(.read, folder, .system(EISDIR))) { try FileContents.data(at: folder) }
        }
        #expect(try FileContents.data(at: "/dev/null").isEmpty)
    }
}
