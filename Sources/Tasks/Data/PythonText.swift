/// What Python's text functions do, by which the reference scripts clean and compare.
extension String {
    /// The text without leading white space (`str.lstrip`).
    var droppingLeadingSpace: String {
        String(unicodeScalars.drop(while: \.isPythonSpace))
    }

    /// The text without trailing white space (`str.rstrip`).
    var droppingTrailingSpace: String {
        var rest = unicodeScalars[...]
        while rest.last?.isPythonSpace == true { rest.removeLast() }
        return String(rest)
    }

    /// The text without white space at its ends (`str.strip`).
    var trimmedAsPython: String { droppingLeadingSpace.droppingTrailingSpace }

    /// The scalars in lower case (`str.lower`): as Unicode says, a capital sigma at the end of a word included.
    var lowercasedAsPython: [Unicode.Scalar] {
        let scalars = Array(unicodeScalars)
        var lowered: [Unicode.Scalar] = []
        lowered.reserveCapacity(scalars.count)
        for (place, scalar) in scalars.enumerated() {
            if scalar.isASCII {
                lowered.append(Unicode.Scalar(UInt8(ascii: scalar).lowercased))
            } else if scalar == "Σ" {
                lowered.append(Self.endsWord(at: place, of: scalars) ? "ς" : "σ")
            } else {
                lowered.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            }
        }
        return lowered
    }

    /// Whether the last cased letter of a word, which is not its only one, stands at `place`.
    private static func endsWord(at place: Int, of scalars: [Unicode.Scalar]) -> Bool {
        let before = scalars[..<place].last { !$0.properties.isCaseIgnorable }
        let after = scalars[(place + 1)...].first { !$0.properties.isCaseIgnorable }
        return before?.properties.isCased == true && after?.properties.isCased != true
    }
}

extension Unicode.Scalar {
    /// White space for `str.split` and `str.lstrip`.
    var isPythonSpace: Bool {
        properties.isWhitespace || ("\u{1C}"..."\u{1F}").contains(self)
    }

    /// A letter, digit or underscore for `\w` and `\b` in `re`.
    var isPythonWord: Bool {
        if isASCII { return properties.isAlphabetic || ("0"..."9").contains(self) || self == "_" }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
        default: return properties.numericType != nil
        }
    }
}

extension UInt8 {
    fileprivate var lowercased: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self + 32 : self
    }
}
