import Files
import Foundation
import Testing

@Suite("Mapped files")
struct MappedFileTests {
    @Test func lendsTheBytes() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write("hello", to: "\(folder)/f")
            let file = try MappedFile("\(folder)/f")
            #expect(file.count == 5)
            let text = unsafe file.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
            #expect(text == "hello")
            #expect(SHA256.digest(of: file) == SHA256.digest(of: "hello"))
        }
    }

    @Test func survivesBeingReplaced() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write("old", to: "\(folder)/f")
            let file = try MappedFile("\(folder)/f")
            try AtomicFile.write("newer", to: "\(folder)/f")
            #expect(SHA256.digest(of: file) == SHA256.digest(of: "old"))
        }
    }

    @Test func anEmptyFileHasNoBytes() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write("", to: "\(folder)/f")
            let file = try MappedFile("\(folder)/f")
            #expect(file.count == 0)
            #expect(unsafe file.base == nil)
            #expect(unsafe file.withBytes { unsafe $0.isEmpty })
            file.willReadAll()
        }
    }

    @Test func whatIsNoFileIsAnError() throws {
        try withTemporaryFolder { folder in
            #expect(throws: FileError(.read, folder, .system(EISDIR))) { try MappedFile(folder) }
            #expect(throws: FileError(.read, "\(folder)/f", .system(ENOENT))) { try MappedFile("\(folder)/f") }
        }
        #expect(throws: FileError(.read, "/dev/null", .notRegular)) { try MappedFile("/dev/null") }
    }
}
