import Synchronization
import Tensors
import YAML

/// A checkpoint's `config.json`, read key by key with errors that say where.
public struct ModelConfig: Sendable {
    /// The whole file.
    private let node: Node
    private let reads = KeyReads()

    /// The configuration in `node`, a mapping.
    public init(_ node: Node) {
        self.node = node
    }

    /// The network's type, `model_type`.
    public var modelType: String? { self["model_type"]?.string }

    /// What stands at `key`, which is read with this.
    subscript(key: String) -> Node? {
        reads.insert(key)
        return node[key]
    }

    /// Whether something stands at `key` that is not null.
    func has(_ key: String) -> Bool { self[key].map { !$0.isNull } ?? false }

    /// A whole number from 1 to `largest`, which no model in use comes near, and which no sum of sizes overflows.
    public func size(_ key: String, upTo largest: Int = 1 << 24) throws(CheckpointError) -> Int {
        guard let value = self[key] else { throw error("there is no '\(key)'", at: node) }
        guard let size = value.integer, 1...largest ~= size else {
            throw error("'\(key)' must be a whole number from 1 to \(largest)", at: value)
        }
        return size
    }

    /// A whole number by the first of several names that is there; the last is the family's own.
    public func size(named keys: [String], upTo largest: Int = 1 << 24) throws(CheckpointError) -> Int {
        try size(keys.first(where: has) ?? keys[keys.count - 1], upTo: largest)
    }

    /// A whole number; nil when the key is absent or null.
    public func optionalSize(_ key: String, upTo largest: Int = 1 << 24) throws(CheckpointError) -> Int? {
        has(key) ? try size(key, upTo: largest) : nil
    }

    /// A number; `standard` when the key is absent.
    public func number(_ key: String, or standard: Double, in range: ClosedRange<Double>) throws(CheckpointError)
        -> Double
    {
        guard let value = self[key] else { return standard }
        guard let number = value.number, range.contains(number) else {
            throw error("'\(key)' must be a number from \(range.lowerBound) to \(range.upperBound)", at: value)
        }
        return number
    }

    /// A number; nil when the key is absent or null.
    public func optionalNumber(_ key: String, in range: ClosedRange<Double>) throws(CheckpointError) -> Double? {
        has(key) ? try number(key, or: range.lowerBound, in: range) : nil
    }

    /// A truth value; `standard` when the key is absent or null.
    public func boolean(_ key: String, or standard: Bool) throws(CheckpointError) -> Bool {
        guard let value = self[key], !value.isNull else { return standard }
        guard let boolean = value.boolean else { throw error("'\(key)' must be true or false", at: value) }
        return boolean
    }

    /// One of the words in `choices`; `standard` when the key is absent or null.
    public func choice<Value>(_ key: String, or standard: Value, _ choices: KeyValuePairs<String, Value>)
        throws(CheckpointError) -> Value
    {
        guard let value = self[key], !value.isNull else { return standard }
        guard let choice = choices.first(where: { $0.key == value.string }) else {
            throw error(
                "'\(key)' is '\(value.string ?? "not a word")'; supported: \(choices.map(\.key).joined(separator: ", "))",
                at: value)
        }
        return choice.value
    }

    /// Refuses a switch that would change the numbers: it must be absent, null or `value`.
    public func require(_ key: String, _ value: Bool) throws(CheckpointError) {
        guard let found = self[key], !found.isNull, found.boolean != value else { return }
        throw error("'\(key)' must be \(value): the other way is not supported", at: found)
    }

    /// The settings that stand together below a key; nil when it is absent or null.
    public func section(_ key: String) throws(CheckpointError) -> ModelConfig? {
        guard let value = self[key], !value.isNull else { return nil }
        guard case .mapping = value.content else { throw error("'\(key)' must be an object", at: value) }
        return ModelConfig(value)
    }

    /// Refuses what no family computes: weights that are stored as anything but numbers, and attentions without some of their heads.
    func refuseOtherWeights() throws(CheckpointError) {
        if has("quantization_config") {
            throw error(
                "'quantization_config': quantized weights are not supported; take the checkpoint that they were made from",
                at: "quantization_config")
        }
        if case .mapping(let pruned)? = self["pruned_heads"]?.content, !pruned.isEmpty {
            throw error(
                "'pruned_heads': attentions without some of their heads are not supported", at: "pruned_heads")
        }
    }

    /// Keys that were not read so far and are not among those that change no numbers, in the order of the file.
    public var unreadKeys: [Node.Pair] {
        guard case .mapping(let pairs) = node.content else { return [] }
        return pairs.filter { pair in
            !pair.value.isNull && !reads.has(pair.key) && !Self.harmless.contains(pair.key)
                && !["output_", "summary_", "_"].contains { pair.key.hasPrefix($0) }
        }
    }

    /// Keys that have been read or change no numbers.
    public var knownKeys: [String] { reads.all.sorted() + Self.harmless.sorted() }

    /// The error that says `message` of the value at `key`, or of the whole when there is none.
    func error(_ message: String, at key: String) -> CheckpointError { error(message, at: self[key] ?? node) }

    private func error(_ message: String, at node: Node) -> CheckpointError {
        CheckpointError(node.location.file, .text(TextError(message, at: node.location)))
    }
}

extension ModelConfig {
    /// Keys that transformers writes for every family or some, and from which no number comes.
    private static let harmless: Set<String> = [
        "architectures", "attention_softmax_in_fp32", "auto_map", "bias_dropout_fusion", "bos_token_id",
        "chunk_size_feed_forward", "classifier_dropout", "cls_token_id", "decoder_start_token_id", "directionality",
        "dtype", "eos_token_id", "finetuning_task", "gradient_checkpointing", "id2label", "is_decoder",
        "is_encoder_decoder", "label2id", "language", "mask_token_id", "masked_softmax_fusion",
        "max_position_embeddings", "max_window_layers", "model_max_length", "model_type", "n_ctx", "n_inner",
        "n_positions",
        "num_labels", "offset_alibi", "pad_token_id", "pooler_fc_size", "pooler_num_attention_heads",
        "pooler_num_fc_layers", "pooler_size_per_head", "pooler_type", "prefix", "pretraining_tp", "problem_type",
        "reorder_and_upcast_attn", "return_dict", "seq_length", "sep_token_id", "skip_bias_add", "skip_bias_add_qkv",
        "slow_but_exact", "task_specific_params", "tie_word_embeddings", "tokenizer_class", "torch_dtype",
        "torchscript",
        "transformers_version", "unk_token_id", "use_cache", "vocab_size",
    ]
}

/// The keys of a configuration that were looked at.
private final class KeyReads: Sendable {
    private let keys = Mutex<Set<String>>([])

    func insert(_ key: String) { keys.withLock { _ = $0.insert(key) } }
    func has(_ key: String) -> Bool { keys.withLock { $0.contains(key) } }
    var all: Set<String> { keys.withLock { $0 } }
}

extension Activation {
    /// The activations that configurations name, as in transformers' `ACT2FN`.
    static let names: KeyValuePairs<String, Activation> = [
        "gelu": .gelu, "gelu_new": .geluTanh, "gelu_pytorch_tanh": .geluTanh, "relu": .relu, "silu": .silu,
        "swish": .silu, "tanh": .tanh, "linear": .identity,
    ]
}
