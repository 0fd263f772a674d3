import Files
import Foundation
import Testing

@Suite("Archives")
struct ArchiveTests {
    private static let parts = ["empty": "", "a.json": "{}", "b.txt": String(repeating: "line\n", count: 103)]

    private func write(_ path: String) throws {
        try Archive.write(to: path) { archive in
            for (name, text) in Self.parts.sorted(by: { $0.key < $1.key }) { try archive.add(name, text) }
        }
    }

    private func contents(_ archive: Archive) -> [String: String] {
        Dictionary(uniqueKeysWithValues: archive.names.map { ($0, archive.text($0) ?? "no text") })
    }

    @Test func partsComeBackAndBeginAtMultiplesOf512() throws {
        try withTemporaryFolder { folder in
            try write("\(folder)/a.tar")
            let archive = try Archive("\(folder)/a.tar")
            #expect(contents(archive) == Self.parts)
            #expect(archive.data("c") == nil && archive.part("c") == nil)
            for name in archive.names {
                let part = try #require(archive.part(name))
                #expect(part.range.lowerBound % 512 == 0 && part.range.count == Self.parts[name]?.utf8.count)
            }
            #expect(try Folder.names(in: folder, includesHidden: true) == ["a.tar"])
        }
    }

    @Test func bytesThatAreNoTextAreNone() throws {
        try withTemporaryFolder { folder in
            try Archive.write(to: "\(folder)/a.tar") { try $0.add("x", Data([0xFF, 0xFE])) }
            let archive = try Archive("\(folder)/a.tar")
            #expect(archive.text("x") == nil)
            #expect(archive.data("x") == Data([0xFF, 0xFE]))
        }
    }

    @Test("Cut short anywhere, it is told, or nothing of it is missing")
    func truncation() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.tar"
            try write(path)
            let file = try #require(FileHandle(forUpdatingAtPath: path))
            let count = try file.seekToEnd()
            var refused = 0
            for length in (0..<count).reversed() {
                try file.truncate(atOffset: length)
                do { #expect(contents(try Archive(path)) == Self.parts) } catch let error as FileError {
                    refused += 1
                    #expect("\(error)".contains("'\(path)'"))
                }
            }
            // Only the padding behind the last part may be missing.
            #expect(refused > Int(count) - 3 * 512)
        }
    }

    @Test("With any byte changed, it is told, or nothing of it has changed")
    func damage() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.tar"
            try write(path)
            let whole = try FileContents.data(at: path)
            let file = try #require(FileHandle(forUpdatingAtPath: path))
            var refused = 0
            for (index, byte) in whole.enumerated() {
                try file.seek(toOffset: UInt64(index))
                try file.write(contentsOf: [byte ^ UInt8(1) << UInt8(index % 8)])
                do { #expect(contents(try Archive(path)) == Self.parts) } catch is FileError { refused += 1 }
                try file.seek(toOffset: UInt64(index))
                try file.write(contentsOf: [byte])
            }
            // Headers, parts and checksums; the rest is padding.
            #expect(refused > 4 * 512 + 515)
        }
    }

    @Test func whatIsNoArchiveIsSaidToBeDamaged() throws {
        try withTemporaryFolder { folder in
            for text in ["", "{}", String(repeating: "\u{0}", count: 4096), String(repeating: "x", count: 4096)] {
                try AtomicFile.write(text, to: "\(folder)/a.tar")
                let error = #expect(throws: FileError.self) { try Archive("\(folder)/a.tar") }
                #expect(error?.description.hasPrefix("cannot read '\(folder)/a.tar': it is damaged: ") == true)
            }
            #expect(throws: FileError.self) { try Archive("\(folder)/missing.tar") }
        }
    }

    @Test func aFailureLeavesTheOldOneInPlace() throws {
        struct Stop: Error {}
        try withTemporaryFolder { folder in
            try write("\(folder)/a.tar")
            #expect(throws: Stop.self) {
                try Archive.write(to: "\(folder)/a.tar") { archive in
                    try archive.add("a.json", "[]")
                    throw Stop()
                }
            }
            #expect(contents(try Archive("\(folder)/a.tar")) == Self.parts)
            #expect(try Folder.names(in: folder, includesHidden: true) == ["a.tar"])
        }
    }

    @Test func whatAKilledProcessLeftIsRemoved() throws {
        try withTemporaryFolder { folder in
            for name in [".writing-abc", ".other", "kept"] { try AtomicFile.write("", to: "\(folder)/\(name)") }
            try AtomicFile.removeLeftOvers(in: folder)
            #expect(try Folder.names(in: folder, includesHidden: true) == [".other", "kept"])
            try AtomicFile.removeLeftOvers(in: "\(folder)/missing")
        }
    }
}
