import YAML

/// A key that nobody can explain.
public struct UnknownKeyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The dotted key as it was asked for.
    public let key: String
    /// The dotted key that may be meant.
    public let suggestion: String?

    /// `there is no key 'train.lerning_rate'; did you mean 'train.learning_rate'?`
    public var description: String {
        "there is no key '\(key)'" + (suggestion.map { "; did you mean '\($0)'?" } ?? "")
    }
}

extension Config {
    /// What a dotted key means, its type, its range and its default; for a section, the same of all its keys.
    ///
    /// Without a key, the section itself. An entry of a registry is named like a key: `peft.LORA`, `peft.LORA.r`;
    /// `peft.r` is told for every entry that has it.
    public static func explain(_ dottedKey: String = "") throws(UnknownKeyError) -> String {
        let topics = Topic.all(below: keys)
        let asked = dottedKey.split(separator: ".").joined(separator: ".")
        if asked.isEmpty { return keys.map(\.line).joined(separator: "\n") + "\n" }
        let found = topics.filter { $0.name == asked || $0.shortName == asked }
        guard !found.isEmpty else {
            let names = topics.map(\.name) + topics.map(\.shortName)
            let ending = asked.split(separator: ".").last.map(String.init) ?? asked
            let meant =
                Suggestion.nearest(to: asked, among: names)
                ?? topics.first { $0.name.split(separator: ".").last.map(String.init) == ending }?.name
            throw UnknownKeyError(key: asked, suggestion: meant)
        }
        // What is the same for every entry that has it is told once.
        if let first = found.first, found.count > 1, Set(found.map { $0.text(asked) }).count == 1 {
            return first.text(asked)
        }
        return found.map { $0.text($0.name) }.joined(separator: "\n")
    }
}

/// Something that can be explained.
private struct Topic {
    /// `peft.LORA.r`
    let name: String
    /// `peft.r`
    let shortName: String
    /// What is told of it, when it goes by a name.
    let text: (_ name: String) -> String

    static func all(below keys: [KeyDescription], name: String = "", shortName: String = "") -> [Topic] {
        keys.flatMap { key -> [Topic] in
            let name = name + key.key
            let shortName = shortName + key.key
            let topic = Topic(name: name, shortName: shortName, text: key.text)
            switch key.kind {
            case .value: return [topic]
            case .section(let keys):
                return [topic] + all(below: keys, name: name + ".", shortName: shortName + ".")
            case .tagged(let tag, let entries), .taggedList(let tag, let entries):
                let tagTopic = Topic(name: "\(name).\(tag)", shortName: "\(shortName).\(tag)") { _ in
                    key.text(named: name)
                }
                return [topic, tagTopic]
                    + entries.flatMap { entry in
                        let entryName = "\(name).\(entry.name)"
                        return [Topic(name: entryName, shortName: entryName, text: entry.text)]
                            + all(below: entry.keys, name: entryName + ".", shortName: shortName + ".")
                    }
            }
        }
    }
}

extension Node {
    /// A default on one line.
    fileprivate var shownDefault: String {
        if isNull { return "none" }
        return scalar == nil ? JSON(self).compactText : String(yamlText.dropLast())
    }
}

extension KeyDescription {
    /// The key with its type on one line, and its meaning below.
    var line: String { "\(key): \(summary)\n    \(help)" }

    /// Type, range and default.
    private var summary: String {
        var text: String
        switch kind {
        case .value(let words, _, let value):
            text = words
            if let value, !isRequired {
                text += ", default \(value.shownDefault)"
            }
        case .section: text = "a section"
        case .tagged(let tag, _): text = "a section, whose '\(tag)' decides its keys"
        case .taggedList(let tag, _): text = "a section, whose '\(tag)' decides its keys, or a list of such sections"
        }
        return isRequired ? text + ", required" : text
    }

    func text(named name: String) -> String {
        let head = "\(name): \(summary)\n    \(help)\n"
        switch kind {
        case .value: return head
        case .section(let keys): return head + "\n" + keys.map(\.line).joined(separator: "\n") + "\n"
        case .tagged(let tag, let entries), .taggedList(let tag, let entries):
            return head + "\n" + entries.map { "\(tag): \($0.name)\n    \($0.help)" }.joined(separator: "\n") + "\n"
        }
    }
}

extension EntryDescription {
    func text(named name: String) -> String {
        (["\(name)\n    \(help)\n"] + keys.map(\.line)).joined(separator: "\n") + "\n"
    }
}
