import Foundation

/// Reads what a `WordWriter` wrote; every answer is `nil` past the end.
struct WordReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ data: Data) { bytes = [UInt8](data) }

    /// The next number.
    mutating func word() -> Int32? {
        guard bytes.count - position >= 4 else { return nil }
        var word: UInt32 = 0
        for place in 0..<4 { word |= UInt32(bytes[position + place]) << UInt32(place * 8) }
        position += 4
        return Int32(bitPattern: word)
    }

    /// The next number as a count of things that take at least 4 bytes each.
    mutating func count() -> Int? {
        guard let word = word(), word >= 0, Int(word) <= (bytes.count - position) / 4 else { return nil }
        return Int(word)
    }

    /// The next list.
    mutating func words() -> [Int32]? {
        guard let count = count() else { return nil }
        return (0..<count).compactMap { _ in word() }
    }
}
