#!/usr/bin/env python3
"""The tiny BLOOM that golden files are about, and what its last layer says.

    python Tests/Reference/tiny_bloom.py

Writes a Hugging Face directory, and the last hidden states of three sequences, without and with a prefix, and with the other place
of the residual.
"""

import types

import torch
import transformers
from peft import PrefixTuningConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers.models.bloom import modeling_bloom

from golden import TESTS, check_versions, draw, draw_head, fill, float32, write_json
from tiny_gpt2 import SEQUENCES

SEED = 20240616
NAME = "ModelsTests/Golden/tiny-bloom"
CHECKPOINT = TESTS / NAME
ENCODER = TESTS / "ModelsTests/Golden/bloom-encoder"
PREFIX = 3


def keep_precision():
    """transformers' softmax is in float32 whatever the model's precision; here it stays in it."""
    functions = torch.nn.functional
    modeling_bloom.F = types.SimpleNamespace(
        softmax=lambda x, dim, dtype: functions.softmax(x, dim=dim), dropout=functions.dropout,
        linear=functions.linear)  # fmt: skip


def configuration(**more):
    # Six heads: no power of two, so that slopes come from two series.
    return transformers.BloomConfig(
        vocab_size=96, hidden_size=24, n_layer=2, n_head=6, attn_implementation="eager", **more)


def load(model_class, dtype, **more):
    """The model with the checkpoint's numbers, a head it lacks drawn, without a path in its configuration."""
    model = model_class(configuration(**more))
    tensors = load_file(CHECKPOINT / "model.safetensors")
    if model_class is transformers.BloomModel:
        tensors = {name.removeprefix("transformer."): tensor for name, tensor in tensors.items()}
    draw_head(SEED, model, set(tensors) | {"lm_head.weight"})
    missing = model.load_state_dict({n: tensors[n] for n in model.state_dict() if n in tensors}, strict=False)
    assert not [name for name in missing.missing_keys if name.startswith(("transformer.", "h."))], missing
    return model.to(dtype).train()


def write_checkpoint():
    """Names as `BloomForCausalLM` has them; the vocabulary's head is the word embedding and is not stored."""
    model = transformers.BloomForCausalLM(configuration())
    fill(model, SEED, 0.3)
    CHECKPOINT.mkdir(parents=True, exist_ok=True)
    stored = {name: tensor for name, tensor in model.state_dict().items() if name != "lm_head.weight"}
    save_file(float32(stored), CHECKPOINT / "model.safetensors", metadata={"format": "pt"})
    saved = configuration()
    saved.architectures = ["BloomForCausalLM"]
    saved.save_pretrained(CHECKPOINT)


def write_encoder():
    tensors = {}
    with torch.no_grad():
        for variant, flag in (("default", False), ("normed", True)):
            model = load(transformers.BloomModel, torch.float64, apply_residual_connection_post_layernorm=flag)
            for index, ids in enumerate(SEQUENCES):
                tensors[f"{variant}.{index}"] = model(torch.tensor([ids])).last_hidden_state[0]
        model = get_peft_model(load(transformers.BloomForCausalLM, torch.float64), PrefixTuningConfig(
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
    facts = {"batch": batch, "checkpoint": NAME, "prefix": PREFIX}
    facts["variants"] = {"default": {}, "normed": {"apply_residual_connection_post_layernorm": True}}
    write_json(ENCODER / "batch.json", facts)
    save_file(float32(tensors), ENCODER / "states.safetensors")


if __name__ == "__main__":
    check_versions()
    keep_precision()
    write_checkpoint()
    write_encoder()
