import Configuration
import Tuners
import YAML

/// Reading PEFT's `adapter_config.json`, of this version, older and newer ones.
enum PEFTConfig {
    /// The settings of a method as they stand in `config`.
    ///
    /// A key that PEFT has and the method here has not must have the value that changes nothing; a key that neither knows is passed
    /// over and named.
    /// - Throws: `Diagnostics` with every mistake, located in the file.
    static func settings(of entry: TunerEntry, _ config: Node) throws -> (any Config, unknown: [String]) {
        guard case .mapping(let pairs) = config.content else {
            throw AdapterError(config.location.file, "it is not a JSON object")
        }
        let known = Set(entry.section.keys.map(\.key))
        var own: [Node.Pair] = []
        var unknown: [String] = []
        var diagnostics = Diagnostics()
        for pair in pairs where !shared.contains(pair.key) {
            if known.contains(pair.key) {
                if let value = withoutHeads(pair), !value.isNull {
                    own.append(Node.Pair(key: pair.key, at: pair.keyLocation, value: value))
                }
            } else if ignored.contains(pair.key) {
                continue
            } else if let neutral = neutral[pair.key] {
                if !pair.value.isNull && JSON(pair.value) != neutral {
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

    /// Keys that every configuration has, and those that only record what the model was.
    private static let shared: Set<String> = [
        "auto_mapping", "base_model_name_or_path", "inference_mode", "peft_type", "peft_version", "revision",
        "task_type",
        "num_attention_heads", "num_layers", "num_transformer_submodules", "token_dim", "tokenizer_kwargs",
        "tokenizer_name_or_path", "runtime_config",
    ]

    /// Keys that PEFT writes for methods that do not use them: AdaLoRA's rank is `init_r`, and heads are always trained here.
    private static let ignored: Set<String> = ["modules_to_save", "encoder_hidden_size", "r"]

    /// Names of heads, which PEFT counts among the modules to save and which are always trained here.
    static let headNames: Set<String> = ["classifier", "score", "qa_outputs", "lm_head", "cls"]

    /// The value of a key, without heads among modules to save; nil where nothing is left.
    private static func withoutHeads(_ pair: Node.Pair) -> Node? {
        guard pair.key == "modules_to_save", let names = pair.value.elements else { return pair.value }
        let others = names.filter { !headNames.contains($0.string ?? "") }
        return others.isEmpty ? nil : Node(.sequence(others), at: pair.value.location)
    }

    /// Keys of PEFT's that nothing here reads, and the values that change nothing.
    private static let neutral: [String: JSON] = [
        "alora_invocation_tokens": .null, "arrow_config": .null, "corda_config": .null, "ensure_weight_tying": false,
        "eva_config": .null, "kasa_config": .null, "layer_replication": .null, "loftq_config": [:], "lora_bias": false,
        "lora_ga_config": .null, "megatron_config": .null, "megatron_core": "megatron.core",
        "monteclora_config": .null, "qalora_group_size": 16, "target_parameters": .null,
        "trainable_token_indices": .null, "use_bdlora": .null, "use_qalora": false, "velora_config": .null,
    ]

    private static func isEmpty(_ node: Node) -> Bool {
        switch node.content {
        case .mapping(let pairs): pairs.isEmpty
        case .sequence(let elements): elements.isEmpty
        case .scalar: node.isNull || node.boolean == false
        }
    }
}
