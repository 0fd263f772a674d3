import Foundation
import Testing

@testable import Files

@Suite("The cache")
struct CacheTests {
    let key = SHA256.digest(of: "key")

    @Test(arguments: [0, 1, 31, 32, 100_000])
    func keeps(size: Int) throws {
        try withTemporaryFolder { folder in
            let cache = CacheDirectory(path: "\(folder)/cache")
            let payload = Data((0..<size).map { UInt8(truncatingIfNeeded: $0) })
            #expect(cache.entry("kind", key) == nil)
            #expect(cache.store(payload, "kind", key))
            let entry = try #require(cache.entry("kind", key))
            #expect(entry.count == size)
            #expect(entry.data == payload)
            #expect(cache.entry("other", key) == nil)
        }
    }

    @Test("A damaged entry is absent", arguments: [0, 8, 16, 31, 32, 40])
    func damage(at offset: Int) throws {
        try withTemporaryFolder { folder in
            let cache = CacheDirectory(path: folder)
            cache.store(Data("a payload".utf8), "kind", key)
            let path = cache.entryPath("kind", key)
            let whole = try FileContents.data(at: path)

            try AtomicFile.write(whole.prefix(offset), to: path)
            #expect(cache.entry("kind", key) == nil)
            try AtomicFile.write(whole + [0], to: path)
            #expect(cache.entry("kind", key) == nil)
            guard !(24..<32).contains(offset) else { return }
            var changed = whole
            changed[offset] ^= 1
            try AtomicFile.write(changed, to: path)
            #expect(cache.entry("kind", key) == nil)
            try AtomicFile.write(whole, to: path)
            #expect(cache.entry("kind", key) != nil)
        }
    }

    @Test func aWriteThatFailsIsNoError() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write("in the way", to: "\(folder)/cache")
            #expect(!CacheDirectory(path: "\(folder)/cache").store(Data(), "kind", key))
        }
    }

    @Test func placeFromTheEnvironment() {
        let all = ["PEFTEXP_CACHE": "/c", "XDG_CACHE_HOME": "/x", "HOME": "/h"]
        #expect(CacheDirectory(environment: all)?.path == "/c")
        #expect(CacheDirectory(environment: ["PEFTEXP_CACHE": "", "XDG_CACHE_HOME": "/x"])?.path == "/x/peftexp")
        #expect(CacheDirectory(environment: ["HOME": "/h"])?.path == "/h/.cache/peftexp")
        #expect(CacheDirectory(environment: [:]) == nil)
    }

    @Test func fileDigestsAreRememberedUntilTheFileChanges() throws {
        try withTemporaryFolder { folder in
            let (path, cache) = ("\(folder)/weights", CacheDirectory(path: "\(folder)/cache"))
            let digests = FileDigests(cache: cache, settlingTime: -1_000_000_000)
            try AtomicFile.write(String(repeating: "a", count: 200_000), to: path)
            let first = try digests.digest(of: path)
            #expect(first == SHA256.digest(of: try MappedFile(path)))
            // What is remembered is what is given: here a digest that only the cache can know.
            let planted = SHA256.digest(of: "planted")
            let entry = FileDigests.key(path, try FileState(path))
            #expect(cache.entry(FileDigests.kind, entry)?.data == Data(first.bytes))
            cache.store(Data(planted.bytes), FileDigests.kind, entry)
            #expect(try digests.digest(of: path) == planted)
            try AtomicFile.write(String(repeating: "b", count: 200_000), to: path)
            #expect(try digests.digest(of: path) == SHA256.digest(of: try MappedFile(path)))
        }
    }

    @Test func aFileThatHasJustChangedIsNotRemembered() throws {
        try withTemporaryFolder { folder in
            let (path, cache) = ("\(folder)/weights", CacheDirectory(path: "\(folder)/cache"))
            try AtomicFile.write(String(repeating: "a", count: 200_000), to: path)
            _ = try FileDigests(cache: cache, settlingTime: 1_000_000_000_000).digest(of: path)
            #expect(cache.entry(FileDigests.kind, FileDigests.key(path, try FileState(path))) == nil)
            #expect(throws: FileError.self) { try FileDigests(cache: cache).digest(of: folder) }
            #expect(throws: FileError.self) { try FileDigests(cache: cache).digest(of: "\(folder)/none") }
        }
    }

    /// The algorithm's published vectors, and lengths that use each part of it (from the reference library).
    @Test(
        arguments: [
            ("", 0xef46_db37_51d8_e999), ("a", 0xd24e_c4f1_a98c_6e5b), ("abc", 0x44bc_2cf5_ad77_0999),
            ("Nobody inspects the spammish repetition", 0xfbce_a83c_8a37_8bf1),
        ] as [(String, UInt64)])
    func checksum(text: String, expected: UInt64) {
        #expect(XXHash64.checksum(of: Data(text.utf8).bytes) == expected)
    }
}
