import Foundation

/// Writes numbers one after the other, for the cache.
struct WordWriter {
    private var bytes: [UInt8] = []

    /// What was written.
    var data: Data { Data(bytes) }

    /// Appends a number, which must fit 32 bits.
    mutating func write(_ value: some BinaryInteger) {
        let word = UInt32(truncatingIfNeeded: value)
        bytes.append(UInt8(truncatingIfNeeded: word))
        bytes.append(UInt8(truncatingIfNeeded: word >> 8))
        bytes.append(UInt8(truncatingIfNeeded: word >> 16))
        bytes.append(UInt8(truncatingIfNeeded: word >> 24))
    }

    /// Appends a list and its length.
    mutating func write(_ values: [Int32]) {
        write(values.count)
        for value in values { write(value) }
    }
}
