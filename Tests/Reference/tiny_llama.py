#!/usr/bin/env python3
"""The tiny LLaMA, Mistral and Qwen2 that golden files are about, and what LLaMA's last layer says under other configurations.

    python Tests/Reference/tiny_llama.py

Writes three Hugging Face directories, and the last hidden states of three sequences for each way of scaling rotary positions, with
biases, and behind a prefix.
"""

import torch
import transformers
from peft import PrefixTuningConfig, get_peft_model
from safetensors.torch import load_file, save_file

from golden import TESTS, check_versions, draw, draw_head, fill, float32, write_json
from tiny_gpt2 import SEQUENCES

SEED = 20240615
NAMES = {"llama": "Llama", "mistral": "Mistral", "qwen2": "Qwen2"}
ENCODER = TESTS / "ModelsTests/Golden/llama-encoder"
PREFIX = 3
SHARED = {
    "vocab_size": 96, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 40,
    "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "rope_theta": 100.0, "classifier_dropout": 0.0,
}  # fmt: skip
# Two heads share their keys in LLaMA and Mistral, all four in Qwen2; Mistral's heads are wider than a share of the hidden size.
OWN = {
    "llama": {"num_key_value_heads": 2},
    "mistral": {"num_key_value_heads": 2, "head_dim": 12, "sliding_window": 32},
    "qwen2": {"num_key_value_heads": 1, "tie_word_embeddings": True},
}
VARIANTS = {
    "default": {},
    "linear": {"rope_scaling": {"rope_type": "linear", "factor": 2.5}},
    "dynamic": {"rope_scaling": {"type": "dynamic", "factor": 4.0}},
    "llama3": {"rope_scaling": {
        "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 24}},
    "yarn": {"rope_scaling": {
        "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "beta_fast": 4.0}},
    "yarn-mscale": {"rope_scaling": {
        "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "mscale": 0.7,
        "mscale_all_dim": 0.4, "truncate": False}},
    "yarn-attention": {"rope_scaling": {"rope_type": "yarn", "factor": 2.0, "attention_factor": 0.8}},
    "biases": {"attention_bias": True, "mlp_bias": True, "hidden_act": "gelu"},
}  # fmt: skip


def keep_precision():
    """transformers' norms go through float32 whatever the model's precision; here they stay in it."""
    for name in NAMES.values():
        module = getattr(transformers.models, name.lower())
        norm = getattr(getattr(module, f"modeling_{name.lower()}"), f"{name}RMSNorm")
        norm.forward = lambda self, x: self.weight * (
            x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon))


def checkpoint(kind):
    return f"ModelsTests/Golden/tiny-{kind}"


def configuration(kind, **more):
    given = SHARED | OWN[kind] | more
    # `sdpa` keeps the working precision, the plain implementation does not.
    return getattr(transformers, NAMES[kind] + "Config")(attn_implementation="sdpa", **given)


def load(kind, head, dtype, **more):
    """The model whose class's name ends in `head`, with the checkpoint's numbers, a head it lacks drawn."""
    model = getattr(transformers, NAMES[kind] + head)(configuration(kind, **more))
    tensors = load_file(TESTS / checkpoint(kind) / "model.safetensors")
    # With this head alone transformers calls the model `transformer`.
    place = {"ForQuestionAnswering": "transformer.", "Model": ""}.get(head, "model.")
    tensors = {place + n.removeprefix("model.") if n.startswith("model.") else n: t for n, t in tensors.items()}
    known = set(tensors) | ({"lm_head.weight"} if model.config.tie_word_embeddings else set())
    draw_head(SEED, model, known)
    missing = model.load_state_dict({n: tensors[n] for n in model.state_dict() if n in tensors}, strict=False)
    assert not [name for name in missing.missing_keys if "layers." in name], missing
    return model.to(dtype).train()


def write_checkpoint(kind):
    """Names as `…ForCausalLM` has them; LLaMA's has biases besides, which its configuration does not ask for."""
    more = {"attention_bias": True, "mlp_bias": True} if kind == "llama" else {}
    model = getattr(transformers, NAMES[kind] + "ForCausalLM")(configuration(kind, **more))
    fill(model, SEED, 0.3)
    folder = TESTS / checkpoint(kind)
    folder.mkdir(parents=True, exist_ok=True)
    twice = ["lm_head.weight"] if model.config.tie_word_embeddings else []
    stored = {name: tensor for name, tensor in model.state_dict().items() if name not in twice}
    save_file(float32(stored), folder / "model.safetensors", metadata={"format": "pt"})
    saved = configuration(kind)
    saved.architectures = [NAMES[kind] + "ForCausalLM"]
    saved.save_pretrained(folder)


def write_encoder():
    tensors = {}
    with torch.no_grad():
        for variant, more in VARIANTS.items():
            model = load("llama", "Model", torch.float64, **more)
            for index, ids in enumerate(SEQUENCES):
                out = model(torch.tensor([ids])).last_hidden_state[0]
                tensors[f"{variant}.{index}"] = out
        model = get_peft_model(load("llama", "ForCausalLM", torch.float64), PrefixTuningConfig(
            task_type="CAUSAL_LM", num_virtual_tokens=PREFIX))  # fmt: skip
        weight = model.prompt_encoder.default.embedding.weight
        weight.copy_(draw(SEED, "prompt_encoder.embedding.weight", weight.shape))
        model.to(torch.float64)
        tensors["prompt_encoder.embedding.weight"] = model.prompt_encoder.default.embedding.weight
        for index, ids in enumerate(SEQUENCES):
            ids = torch.tensor([ids])
            out = model(ids, attention_mask=torch.ones_like(ids), output_hidden_states=True)
            tensors[f"prefixed.{index}"] = out.hidden_states[-1][0]
    batch = [{"input_ids": ids, "token_type_ids": [0] * len(ids)} for ids in SEQUENCES]
    facts = {"batch": batch, "checkpoint": checkpoint("llama"), "prefix": PREFIX, "variants": VARIANTS}
    write_json(ENCODER / "batch.json", facts)
    save_file(float32(tensors), ENCODER / "states.safetensors")


if __name__ == "__main__":
    check_versions()
    keep_precision()
    for kind in NAMES:
        write_checkpoint(kind)
    write_encoder()
