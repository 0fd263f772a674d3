/// The end of a text that is still being written byte by byte.
enum UTF8Tail {
    /// How many of the last tokens hold bytes of a scalar that is not complete yet.
    static func openCount(_ ids: [Int32], _ bytes: (Int32) -> [UInt8]) -> Int {
        var tail: [UInt8] = []
        for (count, id) in ids.reversed().enumerated() {
            tail = bytes(id) + tail
            // The byte that begins the last scalar decides; continuing bytes say nothing.
            if let lead = tail.lastIndex(where: { $0 & 0xC0 != 0x80 }) {
                return tail.count - lead < length(tail[lead]) ? count + 1 : 0
            }
            if tail.count >= 3 { return 0 }
        }
        return 0
    }

    /// How many bytes a scalar has that begins with `byte`.
    private static func length(_ byte: UInt8) -> Int {
        switch byte {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }
}
