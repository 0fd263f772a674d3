/// A property that an expression asks for: `\p{Lu}`, `\w`.
enum ScalarProperty: Sendable {
    /// Unicode's general categories.
    case categories([Unicode.GeneralCategory])
    /// What words are made of: letters, marks, digits, connectors.
    case word
    /// Chinese characters.
    case han

    /// Whether `value` has it.
    func contains(_ value: UInt32) -> Bool {
        guard let scalar = Unicode.Scalar(value) else { return false }
        switch self {
        case .categories(let categories): return categories.contains(scalar.properties.generalCategory)
        case .word: return !scalar.properties.isJoinControl && Self.isWord(scalar)
        case .han: return BertScalars.chinese.contains(value) || Self.otherHan.contains { $0.contains(value) }
        }
    }

    /// Whether words are made of `scalar`, joiners among them.
    static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        if properties.isAlphabetic || properties.isJoinControl { return true }
        switch properties.generalCategory {
        case .decimalNumber, .connectorPunctuation, .nonspacingMark, .spacingMark, .enclosingMark: return true
        default: return false
        }
    }

    /// Radicals, iteration marks and numerals, and the extensions of the third plane.
    private static let otherHan: [ClosedRange<UInt32>] = [
        0x2E80...0x2E99, 0x2E9B...0x2EF3, 0x2F00...0x2FD5, 0x3005...0x3005, 0x3007...0x3007, 0x3021...0x3029,
        0x3038...0x303B, 0x2B820...0x2EBE0, 0x30000...0x323AF,
    ]
}

extension ScalarClass.Item {
    /// The property `name`, as it stands between the braces of `\p{…}`.
    init?(property name: String, isNegated: Bool) {
        switch name {
        case "L", "Letter": self = .set(BytePairScalars.letter, isNegated: isNegated)
        case "N", "Number": self = .set(BytePairScalars.number, isNegated: isNegated)
        case "Han", "Script=Han": self = .property(.han, isNegated: isNegated)
        default:
            guard let categories = Self.categories[name] else { return nil }
            self = .property(.categories(categories), isNegated: isNegated)
        }
    }

    /// The names of properties that are known.
    static let propertyNames = ["L", "N", "Han"] + categories.keys.sorted()

    private static let categories: [String: [Unicode.GeneralCategory]] = [
        "Lu": [.uppercaseLetter], "Ll": [.lowercaseLetter], "Lt": [.titlecaseLetter], "Lm": [.modifierLetter],
        "Lo": [.otherLetter], "M": [.nonspacingMark, .spacingMark, .enclosingMark], "Mn": [.nonspacingMark],
        "Mc": [.spacingMark], "Me": [.enclosingMark], "Nd": [.decimalNumber], "Nl": [.letterNumber],
        "No": [.otherNumber],
        "P": [
            .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation,
        ],
        "Pc": [.connectorPunctuation], "Pd": [.dashPunctuation], "Ps": [.openPunctuation],
        "Pe": [.closePunctuation], "Pi": [.initialPunctuation], "Pf": [.finalPunctuation],
        "Po": [.otherPunctuation], "S": [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol],
        "Sm": [.mathSymbol], "Sc": [.currencySymbol], "Sk": [.modifierSymbol], "So": [.otherSymbol],
        "Z": [.spaceSeparator, .lineSeparator, .paragraphSeparator], "Zs": [.spaceSeparator],
        "Zl": [.lineSeparator], "Zp": [.paragraphSeparator],
        "C": [.control, .format, .surrogate, .privateUse, .unassigned], "Cc": [.control], "Cf": [.format],
    ]
}
