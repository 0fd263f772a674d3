import YAML

extension PEFTConfig {
    /// What a library writes into its configurations beside a method's settings.
    struct Library {
        /// Keys that every configuration has, and those that only record what the model was.
        var shared: Set<String> = []
        /// Keys that are written for methods that do not use them.
        let ignored: Set<String>
        /// Keys that nothing here reads, and the values that change nothing.
        let neutral: [String: JSON]

        /// PEFT; AdaLoRA's rank is `init_r`, and heads are always trained here.
        static let peft = Library(
            shared: [
                "auto_mapping", "base_model_name_or_path", "inference_mode", "peft_type", "peft_version", "revision",
                "task_type", "num_attention_heads", "num_layers", "num_transformer_submodules", "token_dim",
                "tokenizer_kwargs", "tokenizer_name_or_path", "runtime_config",
            ],
            ignored: ["modules_to_save", "encoder_hidden_size", "r"],
            neutral: [
                "alora_invocation_tokens": .null, "arrow_config": .null, "corda_config": .null,
                "ensure_weight_tying": false, "eva_config": .null, "kasa_config": .null, "layer_replication": .null,
                "loftq_config": [:], "lora_bias": false, "lora_ga_config": .null, "megatron_config": .null,
                "megatron_core": "megatron.core", "monteclora_config": .null, "qalora_group_size": 16,
                "target_parameters": .null, "trainable_token_indices": .null, "use_bdlora": .null, "use_qalora": false,
                "velora_config": .null,
            ])

        /// The library `adapters`; the keys that shape hypercomplex layers count only where there are such layers.
        static let adapters = Library(
            ignored: [
                "init_weights_seed", "inv_adapter_reduction_factor", "phm_dim", "factorized_phm_W", "shared_W_phm",
                "shared_phm_rule", "factorized_phm_rule", "phm_c_init", "phm_init_range", "learn_phm",
                "hypercomplex_nonlinearity", "phm_rank", "phm_bias",
            ],
            neutral: [
                "use_gating": false, "inv_adapter": .null, "cross_adapter": false, "phm_layer": false,
                "stochastic_depth": .number(0), "dtype": .null,
            ])
    }
}
