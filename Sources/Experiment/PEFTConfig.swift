import Configuration
import Tuners
import YAML

/// Reading the `adapter_config.json` of PEFT, of this version, older and newer ones, or of the library `adapters`.
enum PEFTConfig {
    /// The settings of a method as they stand in `config`.
    ///
    /// A key that PEFT has and the method here has not must have the value that changes nothing; a key that neither knows is passed
    /// over and named.
    /// - Throws: `Diagnostics` with every mistake, located in the file.
    static func settings(
        of entry: TunerEntry, _ config: Node, _ library: Library = .peft
    ) throws -> (any Config, unknown: [String]) {
        guard case .mapping(let pairs) = config.content else {
            throw AdapterError(config.location.file, "it is not a JSON object")
        }
        let known = Set(entry.section.keys.map(\.key))
        var own: [Node.Pair] = []
        var unknown: [String] = []
        var diagnostics = Diagnostics()
        for pair in pairs where !library.shared.contains(pair.key) {
            if known.contains(pair.key) {
                if let value = ownValue(pair), !value.isNull {
                    own.append(Node.Pair(key: pair.key, at: pair.keyLocation, value: value))
                }
            } else if library.ignored.contains(pair.key) {
                continue
            } else if let neutral = library.neutral[pair.key] {
                if !pair.value.isNull && !isSame(pair.value, neutral) {
                    diagnostics.error(
                        at: pair.keyLocation,
                        "'\(pair.key)' is set; that is not supported, and the results would differ")
                }
            } else if !isEmpty(pair.value) {
                unknown.append(pair.key)
            }
        }
        let settings = entry.section.settings(Node(.mapping(own), at: config.location), &diagnostics)
        try diagnostics.check()
        return (settings, unknown)
    }

    /// Names of heads, which PEFT counts among the modules to save and which are always trained here.
    static let headNames: Set<String> = ["classifier", "score", "qa_outputs", "lm_head", "cls"]

    /// The value of a key as it counts here, without heads among modules to save; nil where nothing is left.
    private static func ownValue(_ pair: Node.Pair) -> Node? {
        // Starts that leave the frozen weights as they are: of what was saved nothing depends on them.
        if pair.key == "init_lora_weights", ["eva", "orthogonal"].contains(pair.value.string) { return nil }
        guard pair.key == "modules_to_save", let names = pair.value.elements else { return pair.value }
        let others = names.filter { !headNames.contains($0.string ?? "") }
        return others.isEmpty ? nil : Node(.sequence(others), at: pair.value.location)
    }

    /// Whether a value is `neutral`, however its number is written.
    private static func isSame(_ node: Node, _ neutral: JSON) -> Bool {
        if case .number(let number) = neutral { return node.number == number }
        return JSON(node) == neutral
    }

    private static func isEmpty(_ node: Node) -> Bool {
        switch node.content {
        case .mapping(let pairs): pairs.isEmpty
        case .sequence(let elements): elements.isEmpty
        case .scalar: node.isNull || node.boolean == false
        }
    }
}
