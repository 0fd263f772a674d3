"""The cases of `exchange.py`: methods with their tasks, where PEFT differs, and changed configurations."""

from cell_methods import ADALORA, ADAPTION_PROMPT, LORA, METHODS, PROMPTS, VARIANTS

PREFIX, PROMPT = METHODS["PREFIX_TUNING"], METHODS["PROMPT_TUNING"]
PROJECTED = PREFIX | {"prefix_projection": True, "encoder_hidden_size": 24}
PISSA = LORA | {"init_lora_weights": "pissa"}
RANKED = ADALORA | {"tinit": 1, "tfinal": 1, "deltaT": 1, "total_step": 6}
# Method by method: the section of a manifest, and the tasks it is tried with.
EXPORTS = {
    "PREFIX_TUNING": (PREFIX, "SEQ_CLS TOKEN_CLS QUESTION_ANS CAUSAL_LM gpt2-SEQ_CLS llama-CAUSAL_LM "
                      "llama-QUESTION_ANS bloom-CAUSAL_LM SEQ_2_SEQ_LM"),
    "PREFIX_TUNING-projection": (PROJECTED, "SEQ_CLS QUESTION_ANS CAUSAL_LM SEQ_2_SEQ_LM"),
    "PROMPT_TUNING": (PROMPT, "SEQ_CLS SEQ_CLS-first QUESTION_ANS CAUSAL_LM llama-CAUSAL_LM SEQ_2_SEQ_LM"),
    "P_TUNING-mlp": (METHODS["P_TUNING-mlp"], "SEQ_CLS SEQ_CLS-first CAUSAL_LM SEQ_2_SEQ_LM"),
    "P_TUNING-lstm": (METHODS["P_TUNING-lstm"], "SEQ_CLS"),
    "ADAPTION_PROMPT": (ADAPTION_PROMPT, "CAUSAL_LM llama-CAUSAL_LM"),
    "LORA": (LORA, "SEQ_CLS TOKEN_CLS QUESTION_ANS MULTIPLE_CHOICE CAUSAL_LM gpt2-SEQ_CLS roberta-SEQ_CLS llama-SEQ_CLS "
             "llama-QUESTION_ANS llama-CAUSAL_LM mistral-CAUSAL_LM bloom-CAUSAL_LM SEQ_2_SEQ_LM"),
    "LORA-dora": (VARIANTS["LORA-dora"], "SEQ_CLS CAUSAL_LM SEQ_2_SEQ_LM"),
    "LORA-patterns": (VARIANTS["LORA-patterns"], "SEQ_CLS"),
    "LORA-bias-all": (VARIANTS["LORA-bias-all"], "SEQ_CLS"),
    "LORA-bias-lora_only": (VARIANTS["LORA-bias-lora_only"], "SEQ_CLS"),
    "LORA-modules": (VARIANTS["LORA-modules"], "SEQ_CLS"),
    "LORA-layers": (VARIANTS["LORA-layers"], "SEQ_CLS"),
    "LORA-regex": (VARIANTS["LORA-regex"], "SEQ_CLS"),
    "LORA-all-linear": (VARIANTS["LORA-all-linear"], "SEQ_CLS CAUSAL_LM"),
    "LORA-pissa": (PISSA, "SEQ_CLS CAUSAL_LM"),
    "LORA-pissa-patterns": (PISSA | {"use_rslora": True, "rank_pattern": {"query": 2}, "use_dora": True}, "SEQ_CLS"),
    "LORA-both_nonzero": (LORA | {"init_lora_weights": "both_nonzero"}, "SEQ_CLS"),
    "ADALORA": (RANKED, "SEQ_CLS CAUSAL_LM"),
    "IA3": (METHODS["IA3"], "SEQ_CLS TOKEN_CLS CAUSAL_LM llama-CAUSAL_LM SEQ_2_SEQ_LM"),
}  # fmt: skip
# Methods that PEFT lacks; a merged checkpoint is what transformers reads of them.
MERGED_ONLY = {
    "FULL": (METHODS["FULL"], "SEQ_CLS TOKEN_CLS QUESTION_ANS CAUSAL_LM SEQ_2_SEQ_LM"),
    "BITFIT": (METHODS["BITFIT"], "SEQ_CLS CAUSAL_LM"),
    "LINEAR": (METHODS["LINEAR"], "SEQ_CLS"),
}
MERGED = EXPORTS | MERGED_ONLY
WITHOUT_WEIGHTS = (*PROMPTS, "PREFIX_TUNING", "ADAPTION_PROMPT")
# PEFT starts no update as both_nonzero, and DoRA's lengths not as pissa needs them.
IMPORTS = {case: what for case, what in EXPORTS.items() if case != "LORA-both_nonzero"} | {
    "LORA-pissa-patterns": (PISSA | {"use_rslora": True, "rank_pattern": {"query": 2}}, "SEQ_CLS")}

POOLED = "PEFT pools the first virtual token; compared by definition: the head reads the real tokens"
UNSHIFTED = "PEFT reads virtual tokens as if they were text and drops token types; compared by definition"
UNTYPED = "PEFT drops token types; they are handed to its embeddings"
SKIPPED_FIRST = "PEFT's own loss counts the first token too, which follows the last virtual one; taken from its logits"
OLDEST_KEYS = (
    "base_model_name_or_path", "bias", "fan_in_fan_out", "inference_mode", "lora_alpha", "lora_dropout",
    "modules_to_save", "peft_type", "r", "target_modules", "task_type",
)  # fmt: skip


def remark(task, section):
    kind = section["peft_type"]
    if kind in PROMPTS:
        if task.reads_first_position:
            return "the classifier reads the first position, as PEFT's does"
        return {"SEQ_CLS": POOLED, "QUESTION_ANS": UNSHIFTED, "CAUSAL_LM": SKIPPED_FIRST}.get(task.task_type)
    return UNTYPED if task.task_type == "QUESTION_ANS" and task.backbone == "bert" else None


def oldest(config):
    return {key: config[key] for key in OLDEST_KEYS} | {"enable_lora": None, "merge_weights": False}


# What is done to PEFT's configuration of LoRA; the program's exit status, and what its messages must mention.
NEWER = {"brand_new_option": 3, "brand_new_table": {"a": 1}, "brand_new_flag": False}
WRONG = "a key that changes the results"
CONFIGURATIONS = {
    "newer": ("keys that nobody knows", lambda c: c | NEWER, 0, ["'brand_new_option'", "'brand_new_table'"]),
    "older": ("only the keys of PEFT 0.2, two of which are gone since", oldest, 0, []),
    "unsupported": (WRONG, lambda c: c | {"use_qalora": True}, 2, ["use_qalora"]),
    "unsupported-layers": (WRONG, lambda c: c | {"layer_replication": [[0, 2], [1, 2]]}, 2, ["layer_replication"]),
    "unsupported-start": ("a start that moves the frozen weights in an unknown way",
                          lambda c: c | {"init_lora_weights": "olora"}, 2, ["init_lora_weights", "olora"]),
    "method": ("a method that only PEFT has", lambda c: c | {"peft_type": "VERA"}, 1, ["VERA"]),
}  # fmt: skip
