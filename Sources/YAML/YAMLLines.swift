/// What the lines of a YAML text tell about mistakes that libyaml overlooks or cannot name.
struct YAMLLines {
    private let bytes: [UInt8]
    /// Per line from 0, the column from 0 of a tab among the blanks that it starts with.
    private let tabs: [Int: Int]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var tabs: [Int: Int] = [:]
        var line = 0
        var column = 0
        var isIndentation = true
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if byte == UInt8(ascii: "\n"), index > 0, bytes[index - 1] == UInt8(ascii: "\r") { continue }
                line += 1
                column = 0
                isIndentation = true
                continue
            case UInt8(ascii: "\t") where isIndentation:
                if tabs[line] == nil { tabs[line] = column }
            case UInt8(ascii: " "): break
            default: isIndentation = false
            }
            column += 1
        }
        self.tabs = tabs
    }

    /// Refuses characters that YAML forbids, and those that end a line for YAML 1.1 alone.
    func refuseUnreadable(file: String) throws(TextError) {
        var offset = 0
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            let message: String? =
                switch scalar.value {
                case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0xA0...0x2027, 0x202A...0xFEFE, 0xFF00...0xFFFD: nil
                case 0x85, 0x2028, 0x2029: "this character is a line break for some readers and not for others"
                case 0x10000...: nil
                default: "this character may not stand in YAML"
                }
            if let message {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                let code = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
                throw TextError(
                    "\(message) (U+\(code)); in double quotes, write \"\\u\(code)\"",
                    at: UTF8Text.location(of: offset, in: bytes, file: file))
            }
            offset += UTF8.width(scalar)
        }
    }

    /// The mistake at a tab in front of one of `lines`, which count from 0.
    func tabError(in lines: ClosedRange<Int>, file: String) -> TextError? {
        guard let first = tabs.keys.filter(lines.contains).min(), let column = tabs[first] else { return nil }
        return TextError(
            "a tab cannot indent YAML; use spaces", at: SourceLocation(file: file, line: first + 1, column: column + 1))
    }

    /// The mistake behind what libyaml found: the tab, when there is one, else its own words.
    func explain(_ problem: YAMLProblem, file: String) -> TextError {
        let contextLine = problem.context?.line ?? problem.place.line
        let lines = min(contextLine, problem.place.line)...max(contextLine, problem.place.line)
        if let error = tabError(in: lines, file: file) { return error }
        var message = problem.problem
        if let context = problem.context {
            message += ", \(context.text)"
            if context.line < problem.place.line { message += " that starts on line \(context.line + 1)" }
        }
        return TextError(
            message,
            at: SourceLocation(file: file, line: problem.place.line + 1, column: problem.place.column + 1))
    }
}
