import CKernels
import Files
import YAML

/// A safetensors file, mapped read-only: 8 bytes with the header's length, a JSON header, then the elements.
///
/// Float32 tensors are used where they lie in the file; half precisions are widened when asked for. Every length and
/// offset of the header is checked against the file before it is used.
public struct SafeTensors: Sendable {
    /// What the header says of one tensor.
    struct Entry: Sendable {
        let type: ElementType
        let shape: Shape
        /// Bytes of the file.
        let range: Range<Int>
    }

    /// The element types that can be used.
    enum ElementType: String, Sendable {
        case float32 = "F32"
        case float16 = "F16"
        case bfloat16 = "BF16"

        var width: Int { self == .float32 ? 4 : 2 }
    }

    /// The path as it was asked for.
    public let path: String
    private let file: MappedFile
    private let entries: [String: Entry]
    private let unusable: [String: String]

    /// Maps the file at `path` and checks its header.
    public init(_ path: String) throws(CheckpointError) {
        let file: MappedFile
        do { file = try MappedFile(path) } catch { throw CheckpointError(path, .file(error)) }
        try self.init(file, 0..<file.count, path)
    }

    /// Checks the header of a part of a larger file.
    public init(_ part: FilePart) throws(CheckpointError) {
        try self.init(part.file, part.range, "\(part.file.path): \(part.name)")
    }

    private init(_ file: MappedFile, _ range: Range<Int>, _ path: String) throws(CheckpointError) {
        self.path = path
        self.file = file
        let count = range.count
        guard count >= 8 else {
            throw CheckpointError(path, .malformed("\(count) bytes are too few for a safetensors file"))
        }
        let length = unsafe file.withBytes { bytes in
            UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self))
        }
        guard length <= UInt64(count - 8), length <= Self.longestHeader else {
            throw CheckpointError(
                path, .malformed("the header claims \(length) bytes, the file has \(count); is the download complete?"))
        }
        let start = range.lowerBound + 8 + Int(length)
        let header = unsafe file.withBytes { bytes in unsafe Array(bytes[range.lowerBound + 8..<start]) }
        let node: Node
        do {
            node = try JSONText.parse(header, file: path)
        } catch {
            throw CheckpointError(
                path, .malformed("the header is no JSON (\(error.message)); is this a safetensors file, and whole?"))
        }
        guard case .mapping(let pairs) = node.content else {
            throw CheckpointError(path, .malformed("the header is not a JSON object"))
        }
        var (entries, unusable): ([String: Entry], [String: String]) = ([:], [:])
        for pair in pairs where pair.key != "__metadata__" {
            switch try Self.entry(pair.key, pair.value, dataStart: start, end: range.upperBound, path) {
            case .success(let entry): entries[pair.key] = entry
            case .failure(let type): unusable[pair.key] = type.name
            }
        }
        self.entries = entries
        self.unusable = unusable
    }

    /// The names of all tensors, in alphabetical order.
    public var names: [String] { (Array(entries.keys) + unusable.keys).sorted() }

    /// The shape of a tensor; nil when there is none of that name.
    /// - Throws: when its element type cannot be used.
    public func shape(of name: String) throws(CheckpointError) -> Shape? {
        if let type = unusable[name] { throw CheckpointError(path, .unsupportedType(tensor: name, type: type)) }
        return entries[name]?.shape
    }

    /// A tensor; nil when there is none of that name.
    /// - Throws: when its element type cannot be used.
    public func tensor(_ name: String) throws(CheckpointError) -> Tensor? { try reader(of: name)?() }

    /// Every tensor by its name.
    /// - Throws: when an element type cannot be used.
    public func tensors() throws(CheckpointError) -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for name in names { tensors[name] = try tensor(name) }
        return tensors
    }

    /// What reads a tensor, later; nil when there is none of that name.
    /// - Throws: when its element type cannot be used, so that reading cannot fail any more.
    public func reader(of name: String) throws(CheckpointError) -> (@Sendable () -> Tensor)? {
        guard try shape(of: name) != nil, let entry = entries[name] else { return nil }
        return { [file] in Self.read(entry, file) }
    }

    private static func read(_ entry: Entry, _ file: MappedFile) -> Tensor {
        guard entry.shape.count > 0, let base = unsafe file.base else { return Tensor.zeros(entry.shape) }
        let address = unsafe base + entry.range.lowerBound
        Rehearsal.current?.noteMapped(entry.range.count)
        if entry.type == .float32, Int(bitPattern: address) % MemoryLayout<Float>.alignment == 0 {
            let floats = unsafe address.assumingMemoryBound(to: Float.self)
            return unsafe Tensor(
                shape: entry.shape, storage: Storage(readOnly: floats, count: entry.shape.count, owner: file), offset: 0
            )
        }
        let tensor = Tensor(uninitialized: entry.shape)
        if Rehearsal.isRunning { return tensor }
        if entry.type == .float32 {
            unsafe UnsafeMutableRawPointer(tensor.base).copyMemory(from: address, byteCount: entry.range.count)
        } else {
            let halves = unsafe UnsafeRawBufferPointer(start: address, count: entry.range.count)
            let words = (0..<entry.shape.count).map {
                unsafe halves.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)
            }
            if entry.type == .float16 {
                unsafe pk_f16_to_f32(words.count, words, tensor.base)
            } else {
                unsafe pk_bf16_to_f32(words.count, words, tensor.base)
            }
        }
        withExtendedLifetime(file) {}
        return tensor
    }

    /// The longest header that is read, as in the reference implementation.
    private static let longestHeader: UInt64 = 100_000_000

    private struct UnusableType: Error { let name: String }

    private static func entry(
        _ name: String, _ node: Node, dataStart: Int, end: Int, _ path: String
    ) throws(CheckpointError) -> Result<Entry, UnusableType> {
        guard let type = node["dtype"]?.string, let axes = node["shape"]?.elements?.map(\.integer),
            let offsets = node["data_offsets"]?.elements?.compactMap(\.integer), offsets.count == 2
        else {
            throw CheckpointError(path, .malformed("the header entry '\(name)' lacks dtype, shape or data_offsets"))
        }
        var elements = 1
        for axis in axes {
            guard let axis, axis >= 0, case let (product, overflow) = elements.multipliedReportingOverflow(by: axis),
                !overflow
            else { throw CheckpointError(path, .malformed("the header entry '\(name)' has an impossible shape")) }
            elements = product
        }
        let available = end - dataStart
        guard offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= available else {
            throw CheckpointError(
                path,
                .malformed(
                    "'\(name)' stands at bytes \(offsets[0])..<\(offsets[1]) of \(available); is the download complete?"
                ))
        }
        guard let known = ElementType(rawValue: type) else { return .failure(UnusableType(name: type)) }
        let (bytes, overflow) = elements.multipliedReportingOverflow(by: known.width)
        guard !overflow, bytes == offsets[1] - offsets[0] else {
            throw CheckpointError(
                path,
                .malformed(
                    "'\(name)' has \(offsets[1] - offsets[0]) bytes; \(type) of shape \(axes.compactMap(\.self)) needs \(bytes)"
                ))
        }
        let shape = Shape(axes.compactMap(\.self))
        return .success(Entry(type: known, shape: shape, range: dataStart + offsets[0]..<dataStart + offsets[1]))
    }
}
