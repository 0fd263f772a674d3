/// The modules that methods take where a manifest names none, for each family of models, as in PEFT's constants.
public enum DefaultTargets {
    /// Those of LoRA.
    public static let lora: [String: [String]] = [
        "bert": ["query", "value"], "roberta": ["query", "value"], "xlm-roberta": ["query", "value"],
        "gpt2": ["c_attn"], "bloom": ["query_key_value"], "llama": ["q_proj", "v_proj"],
        "mistral": ["q_proj", "v_proj"], "qwen2": ["q_proj", "v_proj"], "t5": ["q", "v"], "mt5": ["q", "v"],
    ]

    /// Those of AdaLoRA.
    public static let adaLoRA: [String: [String]] = [
        "bert": ["query", "value"], "roberta": ["query", "key", "value", "dense"], "gpt2": ["c_attn"],
        "bloom": ["query_key_value"], "llama": ["q_proj", "v_proj"], "qwen2": ["q_proj", "v_proj"],
        "t5": ["q", "k", "v", "o", "wi", "wo"], "mt5": ["q", "k", "v", "o", "wi_0", "wi_1", "wo"],
    ]

    /// Those of IA3.
    public static let ia3: [String: [String]] = [
        "bert": ["key", "value", "output.dense"], "roberta": ["key", "value", "output.dense"],
        "gpt2": ["c_attn", "mlp.c_proj"], "bloom": ["query_key_value", "mlp.dense_4h_to_h"],
        "llama": ["k_proj", "v_proj", "down_proj"], "mistral": ["k_proj", "v_proj", "down_proj"],
        "qwen2": ["q_proj", "v_proj", "down_proj"], "t5": ["k", "v", "wo"],
        "mt5": ["k", "v", "wi_1"],
    ]

    /// Those of IA3 whose input it scales.
    public static let ia3FeedForward: [String: [String]] = [
        "bert": ["output.dense"], "roberta": ["output.dense"], "gpt2": ["mlp.c_proj"],
        "bloom": ["mlp.dense_4h_to_h"], "llama": ["down_proj"], "mistral": ["down_proj"], "qwen2": ["down_proj"],
        "t5": ["wo"], "mt5": [],
    ]
}
