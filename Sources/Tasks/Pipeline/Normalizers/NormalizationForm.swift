import Foundation

/// Unicode's normalization forms.
enum NormalizationForm: Sendable {
    case nfc, nfd, nfkc, nfkd

    private var composes: Bool { self == .nfc || self == .nfkc }
    private var isCompatible: Bool { self == .nfkc || self == .nfkd }

    /// A scalar, and how many it brings in comparison with the text before (see `transform`).
    private typealias Change = (value: UInt32, change: Int)
}

extension NormalizationForm: TextNormalizer {
    func normalize(_ text: inout [AlignedScalar]) {
        guard text.contains(where: { $0.value >= 0x80 }) else { return }
        let changes = decomposed(text)
        text.transform(composes ? Self.composed(changes) : changes)
    }

    /// The decompositions of all scalars, marks in their canonical order.
    private func decomposed(_ text: [AlignedScalar]) -> [Change] {
        var changes: [Change] = []
        changes.reserveCapacity(text.count)
        var known: [UInt32: [UInt32]] = [:]
        var pending: [(change: Change, order: UInt8)] = []
        func flush() {
            // Stable: marks of one class keep their order.
            for entry in pending.enumerated().sorted(by: {
                ($0.element.order, $0.offset) < ($1.element.order, $1.offset)
            }) {
                changes.append(entry.element.change)
            }
            pending.removeAll(keepingCapacity: true)
        }
        for scalar in text {
            if scalar.value < 0x80 {
                if !pending.isEmpty { flush() }
                changes.append((scalar.value, 0))
                continue
            }
            let parts: [UInt32]
            if let found = known[scalar.value] {
                parts = found
            } else {
                parts = decomposition(of: scalar.value)
                known[scalar.value] = parts
            }
            for (place, part) in parts.enumerated() {
                let order = Self.combiningClass(of: part)
                if order == 0 { flush() }
                if order == 0 {
                    changes.append((part, place == 0 ? 0 : 1))
                } else {
                    pending.append(((part, place == 0 ? 0 : 1), order))
                }
            }
        }
        flush()
        return changes
    }

    private func decomposition(of value: UInt32) -> [UInt32] {
        guard let scalar = Unicode.Scalar(value) else { return [value] }
        let text = String(scalar)
        let parts =
            isCompatible ? text.decomposedStringWithCompatibilityMapping : text.decomposedStringWithCanonicalMapping
        return parts.unicodeScalars.map(\.value)
    }

    /// Pairs that Unicode composes become one scalar, which stands for the first of them.
    private static func composed(_ changes: [Change]) -> [Change] {
        var result: [Change] = []
        result.reserveCapacity(changes.count)
        var starter: Int?
        var lastClass: UInt8?
        var known: [UInt64: UInt32?] = [:]
        for item in changes {
            let order = combiningClass(of: item.value)
            guard let place = starter else {
                if order == 0 { starter = result.count }
                result.append(item)
                continue
            }
            // A mark is cut off from its starter by one of the same or a higher class between them.
            let isBlocked = lastClass.map { $0 >= order } ?? false
            if !isBlocked, let whole = composition(result[place].value, item.value, &known) {
                result[place] = (whole, result[place].change + item.change - 1)
                continue
            }
            lastClass = order
            if order == 0 {
                starter = result.count
                lastClass = nil
            }
            result.append(item)
        }
        return result
    }

    private static func composition(_ first: UInt32, _ second: UInt32, _ known: inout [UInt64: UInt32?]) -> UInt32? {
        if first < 0x80 && second < 0x80 { return nil }
        if let syllable = Self.syllable(first, second) { return syllable }
        let key = UInt64(first) << 32 | UInt64(second)
        if let found = known[key] { return found }
        var composed: UInt32?
        if let first = Unicode.Scalar(first), let second = Unicode.Scalar(second) {
            let whole = (String(first) + String(second)).precomposedStringWithCanonicalMapping.unicodeScalars
            if whole.count == 1 { composed = whole.first?.value }
        }
        known[key] = .some(composed)
        return composed
    }

    /// The Korean syllable that two of its parts make.
    private static func syllable(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if 0x1100..<0x1113 ~= first, 0x1161..<0x1176 ~= second {
            return 0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28
        }
        if 0xAC00..<0xD7A4 ~= first, (first - 0xAC00) % 28 == 0, 0x11A8..<0x11C3 ~= second {
            return first + second - 0x11A7
        }
        return nil
    }

    private static func combiningClass(of value: UInt32) -> UInt8 {
        guard value >= 0x300, let scalar = Unicode.Scalar(value) else { return 0 }
        return scalar.properties.canonicalCombiningClass.rawValue
    }
}
