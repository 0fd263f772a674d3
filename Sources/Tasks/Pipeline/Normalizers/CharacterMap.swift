/// SentencePiece's table of what characters and short rows of them become: a double array of bytes, and the texts that it leads to.
struct CharacterMap: Sendable {
    /// The units of the double array.
    private let units: [UInt32]
    /// The texts, a zero byte behind each.
    private let texts: [UInt8]
    /// What each ASCII scalar becomes, if it becomes something: `[128]`.
    private var ascii: [[UInt32]?] = []

    /// Reads a table: the length of the array, the array, the texts.
    init(_ bytes: [UInt8]) throws(CharacterMapError) {
        func unit(_ place: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
        }
        guard bytes.count >= 4 else { throw .tooShort }
        let size = Int(unit(0))
        guard size % 4 == 0, size >= 4, size <= bytes.count - 4 else { throw .badLength(size) }
        units = (0..<size / 4).map { unit(4 + 4 * $0) }
        texts = Array(bytes[(4 + size)...])
        guard String(validating: texts, as: UTF8.self) != nil else { throw .notUTF8 }
        ascii = (UInt8.min..<128).map { replacement(of: [$0]) }
    }

    /// What `key` becomes, by the shortest beginning of it that the table has.
    private func replacement(of key: some Sequence<UInt8>) -> [UInt32]? {
        var node = Self.offset(units[0])
        for byte in key {
            if byte == 0 { return nil }
            node ^= Int(byte)
            guard node < units.count else { return nil }
            let unit = units[node]
            if unit & 0x8000_00FF != UInt32(byte) { return nil }
            node ^= Self.offset(unit)
            guard unit >> 8 & 1 == 1 else { continue }
            guard node < units.count else { return nil }
            let start = Int(units[node] & 0x7FFF_FFFF)
            guard start < texts.count else { return nil }
            let end = texts[start...].firstIndex(of: 0) ?? texts.count
            return String(decoding: texts[start..<end], as: UTF8.self).unicodeScalars.map(\.value)
        }
        return nil
    }

    private static func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & 1 << 9) >> 6)) }
}

/// Why a table is not one.
enum CharacterMapError: Error, Hashable {
    case tooShort
    case badLength(Int)
    case notUTF8
    case notBase64

    /// The reason.
    var message: String {
        switch self {
        case .tooShort: "it has not even a length"
        case .badLength(let size): "its array of \(size) bytes does not fit into it"
        case .notUTF8: "its texts are not UTF-8"
        case .notBase64: "it is not base64"
        }
    }
}

extension CharacterMap: TextNormalizer {
    func normalize(_ text: inout [AlignedScalar]) {
        var changes: [(value: UInt32, change: Int)] = []
        changes.reserveCapacity(text.count)
        var isChanged = false
        var known: [UInt32: [UInt32]?] = [:]
        var place = 0
        while place < text.count {
            let value = text[place].value
            let next = place + 1 < text.count ? text[place + 1].value : 0
            if value < 128, next < 128, (value, next) != (0x0D, 0x0A) {
                if let new = ascii[Int(value)] {
                    Self.append(new, for: 1, to: &changes)
                    isChanged = true
                } else {
                    changes.append((value, 0))
                }
                place += 1
                continue
            }
            let end = Self.endOfRun(from: place, text)
            let run = text[place..<end].compactMap { Unicode.Scalar($0.value) }
            // What belongs together, such as a letter with its accents, is looked up together first.
            for character in String(String.UnicodeScalarView(run)) {
                let scalars = character.unicodeScalars
                if scalars.count > 1, character.utf8.count < 6, let new = replacement(of: character.utf8) {
                    Self.append(new, for: scalars.count, to: &changes)
                    isChanged = true
                    continue
                }
                for scalar in scalars {
                    let new = known[scalar.value] ?? replacement(of: String(scalar).utf8)
                    known[scalar.value] = .some(new)
                    if let new {
                        Self.append(new, for: 1, to: &changes)
                        isChanged = true
                    } else {
                        changes.append((scalar.value, 0))
                    }
                }
            }
            place = end
        }
        if isChanged { text.transform(changes) }
    }

    /// Where the scalars end that may belong to the one at `start`: before an ASCII scalar with another one behind it.
    private static func endOfRun(from start: Int, _ text: [AlignedScalar]) -> Int {
        var end = start + 1
        while end < text.count {
            let next = end + 1 < text.count ? text[end + 1].value : 0
            if text[end].value < 128, next < 128, text[end].value != 0x0A { break }
            end += 1
        }
        return end
    }

    /// Appends `new` for `count` scalars: the last ones are inserted where there are more, else the last takes what is left.
    private static func append(_ new: [UInt32], for count: Int, to changes: inout [(value: UInt32, change: Int)]) {
        let start = changes.count
        for value in new { changes.append((value, 0)) }
        let difference = new.count - count
        if difference > 0 {
            for place in changes.indices.suffix(difference) { changes[place].change = 1 }
        } else if difference < 0, start > 0 || !new.isEmpty {
            changes[changes.count - 1].change += difference
        }
    }
}
