import NN

/// The modules that methods take where a manifest names none, for each family of models, as in PEFT's constants.
enum DefaultTargets {
    /// Those of LoRA.
    static let lora: [String: [String]] = ["bert": ["query", "value"], "gpt2": ["c_attn"]]
}
