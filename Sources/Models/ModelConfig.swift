import Tensors
import YAML

/// A checkpoint's `config.json`, read key by key with errors that say where.
public struct ModelConfig: Sendable {
    /// The whole file.
    public let node: Node

    /// The configuration in `node`, a mapping.
    public init(_ node: Node) {
        self.node = node
    }

    /// The network's type, `model_type`.
    public var modelType: String? { node["model_type"]?.string }

    /// A whole number from 1 to `largest`, which no model in use comes near, and which no sum of sizes overflows.
    public func size(_ key: String, upTo largest: Int = 1 << 24) throws(CheckpointError) -> Int {
        guard let value = node[key] else { throw error("there is no '\(key)'", at: node) }
        guard let size = value.integer, 1...largest ~= size else {
            throw error("'\(key)' must be a whole number from 1 to \(largest)", at: value)
        }
        return size
    }

    /// A whole number by the first of several names that is there.
    public func size(named keys: [String], upTo largest: Int = 1 << 24) throws(CheckpointError) -> Int {
        try size(keys.first { node[$0] != nil } ?? keys[0], upTo: largest)
    }

    /// A whole number; nil when the key is absent or null.
    public func optionalSize(_ key: String, upTo largest: Int = 1 << 24) throws(CheckpointError) -> Int? {
        guard let value = node[key], !value.isNull else { return nil }
        return try size(key, upTo: largest)
    }

    /// A number; `standard` when the key is absent.
    public func number(_ key: String, or standard: Double, in range: ClosedRange<Double>) throws(CheckpointError)
        -> Double
    {
        guard let value = node[key] else { return standard }
        guard let number = value.number, range.contains(number) else {
            throw error("'\(key)' must be a number from \(range.lowerBound) to \(range.upperBound)", at: value)
        }
        return number
    }

    /// A number; nil when the key is absent or null.
    public func optionalNumber(_ key: String, in range: ClosedRange<Double>) throws(CheckpointError) -> Double? {
        guard let value = node[key], !value.isNull else { return nil }
        return try number(key, or: range.lowerBound, in: range)
    }

    /// A truth value; `standard` when the key is absent or null.
    public func boolean(_ key: String, or standard: Bool) throws(CheckpointError) -> Bool {
        guard let value = node[key], !value.isNull else { return standard }
        guard let boolean = value.boolean else { throw error("'\(key)' must be true or false", at: value) }
        return boolean
    }

    /// One of the words in `choices`; `standard` when the key is absent or null.
    public func choice<Value>(_ key: String, or standard: Value, _ choices: KeyValuePairs<String, Value>)
        throws(CheckpointError) -> Value
    {
        guard let value = node[key], !value.isNull else { return standard }
        guard let choice = choices.first(where: { $0.key == value.string }) else {
            throw error(
                "'\(key)' is '\(value.string ?? "not a word")'; supported: \(choices.map(\.key).joined(separator: ", "))",
                at: value)
        }
        return choice.value
    }

    /// Refuses a switch that would change the numbers: it must be absent, null or `value`.
    public func require(_ key: String, _ value: Bool) throws(CheckpointError) {
        guard let found = node[key], !found.isNull, found.boolean != value else { return }
        throw error("'\(key)' must be \(value): the other way is not supported", at: found)
    }

    /// The settings that stand together below a key; nil when it is absent or null.
    public func section(_ key: String) throws(CheckpointError) -> ModelConfig? {
        guard let value = node[key], !value.isNull else { return nil }
        guard case .mapping = value.content else { throw error("'\(key)' must be an object", at: value) }
        return ModelConfig(value)
    }

    /// Refuses weights that are stored as anything but numbers.
    func refuseQuantized() throws(CheckpointError) {
        guard let found = node["quantization_config"], !found.isNull else { return }
        throw error(
            "'quantization_config': quantized weights are not supported; take the checkpoint that they were made from",
            at: found)
    }

    /// The error that says `message` of the value at `key`, or of the whole when there is none.
    func error(_ message: String, at key: String) -> CheckpointError { error(message, at: node[key] ?? node) }

    private func error(_ message: String, at node: Node) -> CheckpointError {
        CheckpointError(node.location.file, .text(TextError(message, at: node.location)))
    }
}

extension Activation {
    /// The activations that configurations name, as in transformers' `ACT2FN`.
    static let names: KeyValuePairs<String, Activation> = [
        "gelu": .gelu, "gelu_new": .geluTanh, "gelu_pytorch_tanh": .geluTanh, "relu": .relu, "silu": .silu,
        "swish": .silu, "tanh": .tanh, "linear": .identity,
    ]
}
