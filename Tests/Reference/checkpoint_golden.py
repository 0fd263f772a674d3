#!/usr/bin/env python3
"""One tiny BERT encoder in every form a Hugging Face directory takes, for the tests that load checkpoints.

    python Tests/Reference/checkpoint_golden.py

Writes `ModelsTests/Golden/checkpoints/<form>/`; README.md beside this script says what each form is.
"""

import shutil

import torch
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertForQuestionAnswering, BertModel

from golden import TESTS, check_versions, fill, float32

SEED = 7
FOLDER = TESTS / "ModelsTests/Golden/checkpoints"
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c", "##a", "##b", "##c"]


def configuration():
    return BertConfig(
        vocab_size=len(VOCABULARY), hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=13,
        max_position_embeddings=16, type_vocab_size=2, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip


def encoder(dtype=torch.float32):
    model = BertModel(configuration(), add_pooling_layer=False)
    fill(model, SEED, 0.3)
    return model.to(dtype)


def with_head():
    model = BertForQuestionAnswering(configuration())
    fill(model, SEED, 0.3)
    model.bert.load_state_dict(encoder().state_dict())
    return model


def rewrite(form, rename):
    """Stores the bare encoder's tensors under other names, as a file that transformers no longer writes."""
    folder = FOLDER / form
    folder.mkdir(parents=True)
    tensors = {rename(name): tensor for name, tensor in encoder().state_dict().items()}
    save_file(float32(tensors), folder / "model.safetensors", metadata={"format": "pt"})
    configuration().save_pretrained(folder)


def old_name(name):
    return "bert." + name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")


if __name__ == "__main__":
    check_versions()
    shutil.rmtree(FOLDER, ignore_errors=True)
    encoder().save_pretrained(FOLDER / "no-prefix")
    with_head().save_pretrained(FOLDER / "bert-prefix")
    rewrite("gamma-beta", old_name)
    encoder(torch.float16).save_pretrained(FOLDER / "float16")
    encoder(torch.bfloat16).save_pretrained(FOLDER / "bfloat16")
    encoder().save_pretrained(FOLDER / "sharded", max_shard_size="2KB")
    for folder in FOLDER.iterdir():
        (folder / "vocab.txt").write_text("".join(token + "\n" for token in VOCABULARY), encoding="utf8")
    # Every form says the same numbers, up to the rounding of the two half precisions.
    expected = load_file(FOLDER / "no-prefix/model.safetensors")
    for form, bound in [("float16", 2**-11), ("bfloat16", 2**-8)]:
        for name, tensor in load_file(FOLDER / form / "model.safetensors").items():
            assert ((tensor.float() - expected[name]).abs() <= bound * expected[name].abs() + 1e-7).all(), (form, name)
