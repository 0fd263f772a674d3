/// Reads the fields of a message in the wire format of Protocol Buffers, one after the other.
///
/// Every length is checked against what is left; nothing is read outside.
struct ProtobufReader: Sendable {
    /// What a field holds.
    enum Value: Sendable {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)
        case fixed32(UInt32)
        case fixed64(UInt64)
    }

    /// Why a message cannot be read.
    struct Mistake: Error, Hashable {
        /// Where in the file, in bytes.
        var offset: Int
        var message: String
    }

    private let bytes: ArraySlice<UInt8>
    private var place: Int

    /// A reader of the message that is `bytes`.
    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        place = bytes.startIndex
    }

    /// The next field and its number; `nil` at the end.
    mutating func next() throws(Mistake) -> (field: Int, value: Value)? {
        guard place < bytes.endIndex else { return nil }
        let start = place
        let tag = try number()
        guard let field = Int(exactly: tag >> 3), field > 0, field < 1 << 29 else {
            throw Mistake(offset: start, message: "a field has no number")
        }
        switch tag & 7 {
        case 0: return (field, .number(try number()))
        case 1: return (field, .fixed64(try fixed(8)))
        case 2:
            let start = place
            let length = try number()
            guard length <= UInt64(bytes.endIndex - place), let length = Int(exactly: length) else {
                throw Mistake(
                    offset: start,
                    message: "field \(field) is \(length) bytes long, of which \(bytes.endIndex - place) are there")
            }
            defer { place += length }
            return (field, .bytes(bytes[place..<place + length]))
        case 5: return (field, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
        case let type:
            throw Mistake(offset: start, message: "field \(field) is of the kind \(type), which is not known")
        }
    }

    private mutating func number() throws(Mistake) -> UInt64 {
        let start = place
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard place < bytes.endIndex else { throw Mistake(offset: start, message: "it ends inside of a number") }
            let byte = bytes[place]
            place += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw Mistake(offset: start, message: "a number has more than ten bytes")
    }

    private mutating func fixed(_ count: Int) throws(Mistake) -> UInt64 {
        guard bytes.endIndex - place >= count else {
            throw Mistake(offset: place, message: "it ends inside of a number")
        }
        defer { place += count }
        return (0..<count).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
    }
}

extension ProtobufReader.Value {
    /// A truth value or an enumeration's number.
    var integer: Int? {
        guard case .number(let value) = self else { return nil }
        return Int(truncatingIfNeeded: value)
    }

    /// A `float`.
    var float: Float? {
        guard case .fixed32(let bits) = self else { return nil }
        return Float(bitPattern: bits)
    }

    /// A `bytes` or a message.
    var content: ArraySlice<UInt8>? {
        guard case .bytes(let bytes) = self else { return nil }
        return bytes
    }

    /// A `string`.
    var text: String? { content.flatMap { String(validating: $0, as: UTF8.self) } }
}
