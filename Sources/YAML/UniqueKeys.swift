/// The keys of one mapping while it is read; a key that stands twice is a mistake.
///
/// Keys are told apart by their bytes. `String` compares by canonical equivalence, under which a vocabulary's
/// ideographs and their compatibility forms would be duplicates.
struct UniqueKeys {
    private var lines: [Key: Int] = [:]

    private struct Key: Hashable {
        let text: String

        static func == (left: Key, right: Key) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

        func hash(into hasher: inout Hasher) {
            for byte in text.utf8 { hasher.combine(byte) }
        }
    }

    /// Adds `key`, which stands at `location` behind `pairs`; the mistake, when it stands there already.
    mutating func insert(_ key: String, at location: SourceLocation, after pairs: [Node.Pair]) -> TextError? {
        let first: Int?
        if pairs.count < 16 {
            let twin = pairs.first { $0.key.utf8.elementsEqual(key.utf8) }
            first = twin.map { $0.keyLocation.position?.line ?? 1 }
        } else {
            if lines.isEmpty {
                for pair in pairs { lines[Key(text: pair.key)] = pair.keyLocation.position?.line ?? 1 }
            }
            first = lines[Key(text: key)]
            if first == nil { lines[Key(text: key)] = location.position?.line ?? 1 }
        }
        return first.map { TextError("duplicate key '\(key)'; it stands first on line \($0)", at: location) }
    }
}
