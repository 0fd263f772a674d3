import YAML

extension LoRA {
    /// The keys of PEFT's `LoraConfig` for what is not there, at PEFT's defaults.
    static let unused: [String: JSON] = [
        "alora_invocation_tokens": .null, "arrow_config": .null, "corda_config": .null, "ensure_weight_tying": false,
        "eva_config": .null, "kasa_config": .null, "layer_replication": .null, "loftq_config": .object([:]),
        "lora_bias": false, "lora_ga_config": .null, "megatron_config": .null, "megatron_core": "megatron.core",
        "monteclora_config": .null, "qalora_group_size": 16, "target_parameters": .null,
        "trainable_token_indices": .null, "use_bdlora": .null, "use_qalora": false, "velora_config": .null,
    ]
}
