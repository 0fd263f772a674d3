/// What a command takes, declared once: it is parsed, explained and shown with an example from here.
package struct CommandForm: Sendable {
    /// A word that stands for itself, by its place.
    package struct Positional: Sendable {
        /// How many of them there are.
        package enum Count: Sendable {
            case one, optional, many
            /// Also none.
            case any
        }

        package var name: String
        package var count: Count
        package var help: String

        package init(_ name: String, _ help: String, _ count: Count = .one) {
            self.name = name
            self.count = count
            self.help = help
        }

        var usage: String {
            switch count {
            case .one: name
            case .optional: "[\(name)]"
            case .many: "\(name)…"
            case .any: "[\(name)…]"
            }
        }
    }

    /// A word that begins with two dashes, alone or with a value: `--json`, `--results DIR`, `--results=DIR`.
    package struct Option: Sendable {
        package var name: String
        /// What the value is called; nil for a flag.
        package var value: String?
        package var help: String
        /// One letter that stands for the name behind one dash.
        package var short: Character?

        /// `--name`
        package static func flag(_ name: String, _ help: String) -> Option {
            Option(name: name, value: nil, help: help)
        }

        /// `--name VALUE`
        package static func value(
            _ name: String, _ value: String, _ help: String, short: Character? = nil
        ) -> Option {
            Option(name: name, value: value, help: help, short: short)
        }

        var usage: String { (short.map { "-\($0), " } ?? "") + (value.map { "--\(name) \($0)" } ?? "--\(name)") }
    }

    package var name: String
    package var summary: String
    /// What there is to know beside that; lines of any number.
    package var details: String
    /// In order; only the last may be optional, many or any.
    package var positionals: [Positional]
    /// Whether the last word that stands for itself may be followed by more of its kind.
    var takesManyPositionals: Bool { positionals.last.map { $0.count == .many || $0.count == .any } ?? false }
    package var options: [Option]
    /// Whether `key=value` words are taken, which replace values of a manifest.
    package var takesOverrides: Bool
    /// What they do here.
    package var overrideHelp: String
    /// Command lines that work, without the program's name.
    package var examples: [String]

    package init(
        _ name: String, _ summary: String, details: String = "", _ positionals: [Positional] = [],
        options: [Option] = [], takesOverrides: Bool = false,
        overrideHelp: String = "replaces a value of the manifest, as in train.learning_rate=1e-2", examples: [String]
    ) {
        self.name = name
        self.summary = summary
        self.details = details
        self.positionals = positionals
        self.options = options
        self.takesOverrides = takesOverrides
        self.overrideHelp = overrideHelp
        self.examples = examples
    }
}

extension CommandForm {
    /// The text that `--help` shows.
    ///
    /// - Parameter program: the program's name.
    package func help(_ program: String) -> String {
        var usage = ["\(program) \(name)"] + positionals.map(\.usage)
        if takesOverrides { usage.append("[key=value…]") }
        usage.append("[options]")

        var arguments = positionals.map { ($0.name, $0.help) }
        if takesOverrides {
            arguments.append(("key=value", overrideHelp))
        }
        let options = options.map { ($0.usage, $0.help) } + [("--help", "show this text")]
        return [
            "\(usage.joined(separator: " "))\n\n\(summary)\n",
            details.isEmpty ? "" : "\(details)\n",
            Self.section("Arguments", arguments),
            Self.section("Options", options),
            "\(examples.count == 1 ? "Example" : "Examples"):\n" + examples.map { "  \(program) \($0)\n" }.joined(),
        ].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// Names and what they mean, the meanings below each other; empty where there are none.
    static func section(_ title: String, _ entries: [(name: String, help: String)]) -> String {
        guard let width = entries.map(\.name.count).max() else { return "" }
        let lines = entries.map { name, help in
            "  \(name)\(String(repeating: " ", count: width - name.count))  \(help)\n"
        }
        return "\(title):\n" + lines.joined()
    }
}
