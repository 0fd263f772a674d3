#!/usr/bin/env python3
"""The tiny RoBERTa that golden files are about, and what its last layer says.

    python Tests/Reference/tiny_roberta.py

Writes a Hugging Face directory, and the last hidden states of three sequences, without and with a prefix; one of them has the
padding token among its words.
"""

import torch
from peft import PrefixTuningConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import RobertaConfig, RobertaForMaskedLM, RobertaModel

from golden import TESTS, check_versions, draw, draw_head, fill, float32, write_json

SEED = 20240614
NAME = "ModelsTests/Golden/tiny-roberta"
CHECKPOINT = TESTS / NAME
ENCODER = TESTS / "ModelsTests/Golden/roberta-encoder"
PREFIX = 3

# Lengths 13, 7 and 10. The second texts are told apart by the features, which makes no difference to the model.
BATCH = [
    {"input_ids": [0, 31, 39, 23, 8, 2, 2, 47, 52, 17, 40, 5, 2], "token_type_ids": [0] * 6 + [1] * 7},
    {"input_ids": [0, 60, 7, 2, 12, 33, 2], "token_type_ids": [0] * 4 + [1] * 3},
    {"input_ids": [0, 28, 14, 2, 55, 9, 20, 20, 6, 2], "token_type_ids": [0] * 4 + [1] * 6},
]
PADDED = {"input_ids": [0, 28, 1, 14, 55, 1, 6, 2], "token_type_ids": [0] * 8}


def configuration(**more):
    return RobertaConfig(
        vocab_size=61, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=37,
        max_position_embeddings=40, type_vocab_size=1, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
        layer_norm_eps=1e-5, attn_implementation="eager", **more,
    )  # fmt: skip


def load(model_class, dtype, **more):
    """The model with the checkpoint's numbers, a head it lacks drawn, without a path in its configuration."""
    model = model_class(configuration(**more))
    tensors = load_file(CHECKPOINT / "model.safetensors")
    if model_class is RobertaModel:
        tensors = {name.removeprefix("roberta."): tensor for name, tensor in tensors.items()}
    draw_head(SEED, model, set(tensors))
    missing = model.load_state_dict({n: tensors[n] for n in model.state_dict() if n in tensors}, strict=False)
    assert not [name for name in missing.missing_keys if name.startswith("roberta.")], missing
    return model.to(dtype).train()


def write_checkpoint():
    """Names as `RobertaForMaskedLM` has them, without what is there twice, and a pooler."""
    model = RobertaForMaskedLM(configuration())
    fill(model, SEED, 0.3)
    CHECKPOINT.mkdir(parents=True, exist_ok=True)
    twice = ("lm_head.decoder.weight", "lm_head.decoder.bias")
    stored = {name: tensor for name, tensor in model.state_dict().items() if name not in twice}
    for name, shape in (("roberta.pooler.dense.weight", [32, 32]), ("roberta.pooler.dense.bias", [32])):
        stored[name] = draw(SEED, name, shape, 0.0, 0.3)
    save_file(float32(stored), CHECKPOINT / "model.safetensors", metadata={"format": "pt"})
    saved = configuration()
    saved.architectures = ["RobertaForMaskedLM"]
    saved.save_pretrained(CHECKPOINT)


def write_encoder():
    tensors = {}
    plain = load(RobertaModel, torch.float64)
    prefixed = get_peft_model(load(RobertaModel, torch.float64), PrefixTuningConfig(
        task_type="FEATURE_EXTRACTION", num_virtual_tokens=PREFIX))  # fmt: skip
    weight = prefixed.prompt_encoder.default.embedding.weight
    with torch.no_grad():
        weight.copy_(draw(SEED, "prompt_encoder.embedding.weight", weight.shape))
        prefixed.to(torch.float64)
        tensors["prompt_encoder.embedding.weight"] = prefixed.prompt_encoder.default.embedding.weight
        for index, row in enumerate([*BATCH, PADDED]):
            ids = torch.tensor([row["input_ids"]])
            tensors[f"hidden_states.{index}"] = plain(ids).last_hidden_state[0]
            out = prefixed(ids, attention_mask=torch.ones_like(ids))
            tensors[f"prefixed.hidden_states.{index}"] = out.last_hidden_state[0]
    write_json(ENCODER / "batch.json", {"batch": [*BATCH, PADDED], "checkpoint": NAME, "prefix": PREFIX})
    save_file(float32(tensors), ENCODER / "states.safetensors")


if __name__ == "__main__":
    check_versions()
    write_checkpoint()
    write_encoder()
