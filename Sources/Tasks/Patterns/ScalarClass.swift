/// A set of scalars as an expression writes it: `[^\s\p{L}0-9]`, or one scalar.
struct ScalarClass: Sendable {
    /// A part of a class.
    indirect enum Item: Sendable {
        case range(ClosedRange<UInt32>)
        case set(ScalarSet, isNegated: Bool)
        case property(ScalarProperty, isNegated: Bool)
        case nested([Item], isNegated: Bool)
    }

    private let items: [Item]
    private let isNegated: Bool
    private let isFolded: Bool
    /// Which ASCII scalars are members, a bit each.
    private let ascii: (UInt64, UInt64)

    /// The scalars of `items`, or all others; `isFolded` where capital and small letters are alike.
    init(_ items: [Item], isNegated: Bool = false, isFolded: Bool = false) {
        self.items = items
        self.isNegated = isNegated
        self.isFolded = isFolded
        var bits: (UInt64, UInt64) = (0, 0)
        for value: UInt32 in 0..<64 {
            if Self.holds(value, items, isFolded) != isNegated { bits.0 |= 1 << UInt64(value) }
            if Self.holds(value + 64, items, isFolded) != isNegated { bits.1 |= 1 << UInt64(value) }
        }
        ascii = bits
    }

    /// Whether `value` is a member.
    func contains(_ value: UInt32) -> Bool {
        if value < 64 { return ascii.0 >> UInt64(value) & 1 == 1 }
        if value < 128 { return ascii.1 >> UInt64(value &- 64) & 1 == 1 }
        return Self.holds(value, items, isFolded) != isNegated
    }

    private static func holds(_ value: UInt32, _ items: [Item], _ isFolded: Bool) -> Bool {
        if holds(value, items) { return true }
        return isFolded && variants(of: value).contains { holds($0, items) }
    }

    private static func holds(_ value: UInt32, _ items: [Item]) -> Bool {
        items.contains { item in
            switch item {
            case .range(let range): range.contains(value)
            case .set(let set, let isNegated): set.contains(value) != isNegated
            case .property(let property, let isNegated): property.contains(value) != isNegated
            case .nested(let items, let isNegated): holds(value, items) != isNegated
            }
        }
    }

    /// The same letter in other cases, such as `S` and `ſ` for `s`.
    private static func variants(of value: UInt32) -> [UInt32] {
        guard let scalar = Unicode.Scalar(value) else { return [] }
        let upper = scalar.properties.uppercaseMapping.unicodeScalars
        let lower = scalar.properties.lowercaseMapping.unicodeScalars
        let both = upper.count == 1 ? upper.first?.properties.lowercaseMapping.unicodeScalars : nil
        return [upper, lower, both].compactMap { $0?.count == 1 ? $0?.first?.value : nil }
    }
}
