import Foundation
import Tensors
import Testing

/// A file in a temporary folder, removed with it.
struct TemporaryFile {
    let path: String

    init(_ bytes: Data) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tensors-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appending(path: "model.safetensors").path
        try bytes.write(to: URL(filePath: path))
    }

    func remove() { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }
}

@Suite("safetensors")
struct SafeTensorsTests {
    private func file(header: String, data: [UInt8] = []) -> Data {
        let length = UInt64(header.utf8.count)
        var bytes = Data((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) })
        bytes.append(contentsOf: header.utf8)
        bytes.append(contentsOf: data)
        return bytes
    }

    @Test("what is written is read back, bit for bit")
    func roundTrip() throws {
        let tensors = [
            "b.weight": Tensor([2, 3], [1, 2, 3, -4, 0.5, .pi]), "a": Tensor([], [7]), "empty": .zeros([0, 4]),
        ]
        let stored = try TemporaryFile(SafeTensors.data(tensors))
        defer { stored.remove() }
        let read = try SafeTensors(stored.path)
        #expect(read.names == ["a", "b.weight", "empty"])
        for (name, tensor) in tensors { #expect(try read.tensor(name) == tensor) }
        #expect(try read.tensor("c") == nil)
    }

    @Test("a mapped table that is read in places gives its pages back, and rows are the same afterwards")
    func places() throws {
        let table = random([3000, 64], "table")
        let stored = try TemporaryFile(SafeTensors.data(["table": table]))
        defer { stored.remove() }
        let mapped = try #require(try SafeTensors(stored.path).tensor("table"))
        #expect(!mapped.isReadInPlaces)
        mapped.markReadInPlaces()
        #expect(mapped.isReadInPlaces)
        let indices = (0..<2500).map { Int32($0 * 7919 % 3000) }
        let expected = Kernels.gather(table, indices)
        #expect(Kernels.gather(mapped, indices) == expected)
        #expect(Kernels.gather(mapped, random([2, 64], "prompt"), indices) == expected)
        table.markReadInPlaces()
        #expect(!table.isReadInPlaces, "memory of our own has nothing to give back")
    }

    @Test("half precisions are widened exactly")
    func halves() throws {
        // 1, -2, 2^-24 (the smallest half), 65504, infinity; then 1 and -3.5 as bfloat16.
        let words: [UInt16] = [0x3C00, 0xC000, 0x0001, 0x7BFF, 0x7C00, 0x3F80, 0xC060]
        let header = """
            {"h":{"dtype":"F16","shape":[5],"data_offsets":[0,10]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[10,14]}}
            """
        let stored = try TemporaryFile(file(header: header, data: words.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }))
        defer { stored.remove() }
        let read = try SafeTensors(stored.path)
        #expect(try read.tensor("h")?.array == [1, -2, 0x1p-24, 65504, .infinity])
        #expect(try read.tensor("b")?.array == [1, -3.5])
    }

    @Test(
        "a truncated or lying file is an error, never a crash",
        arguments: [
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,16]}}"#,
            #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#,
            #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
            #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#,
            #"{"a":{"dtype":"F32","shape":[2]}}"#, #"{"a":3}"#, "[]", "{", "", "\u{0}",
        ])
    func lyingHeaders(header: String) throws {
        let stored = try TemporaryFile(file(header: header, data: [UInt8](repeating: 0, count: 8)))
        defer { stored.remove() }
        #expect(throws: CheckpointError.self) { try SafeTensors(stored.path) }
    }

    @Test("a header longer than the file is an error", arguments: [0, 3, 8, 20])
    func truncated(count: Int) throws {
        let whole = SafeTensors.data(["a": Tensor([4], [1, 2, 3, 4])])
        let stored = try TemporaryFile(whole.prefix(count))
        defer { stored.remove() }
        #expect(throws: CheckpointError.self) { try SafeTensors(stored.path) }
    }

    @Test("an element type that cannot be used is named when it is asked for")
    func unsupportedType() throws {
        let stored = try TemporaryFile(
            file(
                header: #"{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#,
                data: [UInt8](repeating: 0, count: 8)))
        defer { stored.remove() }
        let read = try SafeTensors(stored.path)
        let error = #expect(throws: CheckpointError.self) { try read.tensor("a") }
        #expect(error?.description.contains("I64") == true)
    }
}
