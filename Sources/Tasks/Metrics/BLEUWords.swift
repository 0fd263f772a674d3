/// Cuts texts into words as sacreBLEU's tokenizer `13a` does, which is that of the script `mteval-v13a`.
enum BLEUWords {
    /// The words of a text, each by its scalars: two that only look alike are not equal.
    static func words(of text: String) -> [[Unicode.Scalar]] {
        var line = Array(text.unicodeScalars)
        while line.last?.isPythonSpace == true { line.removeLast() }
        line = line.replacing("<skipped>", with: "").replacing("-\n", with: "").replacing("\n", with: " ")
        if line.contains("&") {
            line = line.replacing("&quot;", with: "\"").replacing("&amp;", with: "&")
                .replacing("&lt;", with: "<").replacing("&gt;", with: ">")
        }
        line = spaced([" "] + line + [" "])
        line = split(line, first: { !$0.isDigit }, second: \.isStop, spaces: (false, true, true))
        line = split(line, first: \.isStop, second: { !$0.isDigit }, spaces: (true, true, false))
        line = split(line, first: \.isDigit, second: { $0 == "-" }, spaces: (false, true, true))
        return line.split(whereSeparator: \.isPythonSpace).map(Array.init)
    }

    /// Spaces around most of ASCII's punctuation.
    private static func spaced(_ line: [Unicode.Scalar]) -> [Unicode.Scalar] {
        line.flatMap { scalar -> [Unicode.Scalar] in
            switch scalar {
            case "{"..."~", "["..."`", " "..."&", "("..."+", ":"..."@", "/": [" ", scalar, " "]
            default: [scalar]
            }
        }
    }

    /// Spaces before, between and behind two neighbours, from left to right; a pair that was found is passed over as a whole.
    private static func split(
        _ line: [Unicode.Scalar], first: (Unicode.Scalar) -> Bool, second: (Unicode.Scalar) -> Bool,
        spaces: (before: Bool, between: Bool, behind: Bool)
    ) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(line.count)
        var place = 0
        while place < line.count {
            guard place + 1 < line.count, first(line[place]), second(line[place + 1]) else {
                result.append(line[place])
                place += 1
                continue
            }
            if spaces.before { result.append(" ") }
            result.append(line[place])
            if spaces.between { result.append(" ") }
            result.append(line[place + 1])
            if spaces.behind { result.append(" ") }
            place += 2
        }
        return result
    }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
    fileprivate var isStop: Bool { self == "." || self == "," }
}

extension [Unicode.Scalar] {
    /// With `new` wherever `old` stands, from left to right (`str.replace`).
    fileprivate func replacing(_ old: String, with new: String) -> Self {
        let (old, new) = (Array(old.unicodeScalars), new.unicodeScalars)
        var (result, place): (Self, Int) = ([], 0)
        while place < count {
            if self[place...].starts(with: old) {
                result.append(contentsOf: new)
                place += old.count
            } else {
                result.append(self[place])
                place += 1
            }
        }
        return result
    }
}
