import Configuration

/// The words after a command's name, sorted by what the command declares.
package struct Arguments: Equatable, Sendable {
    /// What a command line asks for.
    package enum Request: Equatable, Sendable {
        case run(Arguments)
        case help
    }

    /// The words that stand for themselves, in order.
    package private(set) var positionals: [String] = []
    /// The `key=value` words, in order.
    package private(set) var overrides: [String] = []
    private var values: [String: [String]] = [:]
    private var flags: Set<String> = []

    /// Whether `--name` was given.
    package func has(_ name: String) -> Bool {
        flags.contains(name)
    }

    /// What was given with `--name`; of several, the last.
    package func value(_ name: String) -> String? {
        values[name]?.last
    }

    /// All that was given with `--name`, in order.
    package func values(_ name: String) -> [String] {
        values[name] ?? []
    }

    /// The whole number given with `--name`.
    package func integer(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = value(name) else { return nil }
        guard let value = Int(text) else { throw UsageError("--\(name) takes a whole number, not '\(text)'") }
        guard range.contains(value) else {
            let allowed =
                range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            throw UsageError("--\(name) must be \(allowed), not \(value)")
        }
        return value
    }

    /// Sorts `words` by what `form` declares; `--` ends the options.
    package static func parse(_ words: [String], for form: CommandForm) throws(UsageError) -> Request {
        var arguments = Arguments()
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                arguments.positionals += rest
                break
            } else if word == "--help" || word == "-h" {
                return .help
            } else if word.hasPrefix("-"), word != "-" {
                try arguments.takeOption(word, &rest, form)
            } else if isOverride(word), form.takesOverrides {
                arguments.overrides.append(word)
            } else {
                arguments.positionals.append(word)
            }
        }
        try arguments.checkPositionals(form)
        return .run(arguments)
    }

    private mutating func takeOption(
        _ word: String, _ rest: inout ArraySlice<String>, _ form: CommandForm
    ) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let given = parts[0]
        guard let option = form.options.first(where: { "--\($0.name)" == given || $0.short.map { "-\($0)" } == given })
        else {
            let known = form.options.map { "--\($0.name)" } + ["--help"]
            throw UsageError("unknown option '\(given)'", suggestion: Suggestion.nearest(to: given, among: known))
        }
        let attached = parts.count == 2 ? parts[1] : nil
        guard let valueName = option.value else {
            if let attached { throw UsageError("--\(option.name) takes no value, but got '\(attached)'") }
            flags.insert(option.name)
            return
        }
        if let attached {
            values[option.name, default: []].append(attached)
        } else if let next = rest.first, !next.hasPrefix("--") {
            values[option.name, default: []].append(next)
            rest.removeFirst()
        } else {
            throw UsageError("--\(option.name) needs a value: --\(option.name) \(valueName)")
        }
    }

    private func checkPositionals(_ form: CommandForm) throws(UsageError) {
        let needed = form.positionals.filter { $0.count == .one || $0.count == .many }
        if positionals.count < needed.count {
            throw UsageError("missing \(needed[positionals.count...].map(\.name).joined(separator: " and "))")
        }
        guard positionals.count > form.positionals.count, !form.takesManyPositionals else { return }
        let extra = positionals[form.positionals.count]
        if form.takesOverrides {
            throw UsageError(
                "unexpected argument '\(extra)'; a value is replaced by key=value, as in train.learning_rate=1e-2")
        }
        throw UsageError(
            Self.isOverride(extra)
                ? "'\(form.name)' takes no key=value, but got '\(extra)'" : "unexpected argument '\(extra)'")
    }

    /// Whether `word` is a dotted name, an equals sign and anything: `train.learning_rate=1e-2`.
    static func isOverride(_ word: String) -> Bool {
        guard let equals = word.firstIndex(of: "=") else { return false }
        func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
            scalar == "_" || scalar == "-" || (scalar.isASCII && (scalar.properties.isAlphabetic || isDigit(scalar)))
        }
        func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
        let segments = word[..<equals].split(separator: ".", omittingEmptySubsequences: false)
        guard let first = segments.first?.unicodeScalars.first, !isDigit(first), first != "-" else { return false }
        return segments.allSatisfy { !$0.isEmpty && $0.unicodeScalars.allSatisfy(isNameScalar) }
    }
}

/// A command line that can not be understood.
package struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
    package var message: String
    /// What was perhaps meant.
    package var suggestion: String?

    package init(_ message: String, suggestion: String? = nil) {
        self.message = message
        self.suggestion = suggestion
    }

    /// `unknown option '--reslts'; did you mean '--results'?`
    package var description: String {
        message + (suggestion.map { "; did you mean '\($0)'?" } ?? "")
    }
}
