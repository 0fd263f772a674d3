#!/usr/bin/env python3
"""The tiny GPT-2 that golden files are about, its byte-pair vocabulary, and what its layers say.

    python Tests/Reference/tiny_gpt2.py

Writes a Hugging Face directory and the hidden states of every layer for three sequences, without and with a prefix.
"""

import collections
import string

import torch
from peft import PrefixTuningConfig, TaskType, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import GPT2Config, GPT2LMHeadModel, GPT2Tokenizer

from golden import TESTS, check_versions, draw, draw_head, fill, float32, write_json

SEED = 20240612
NAME = "ModelsTests/Golden/tiny-gpt2"
CHECKPOINT = TESTS / NAME
ENCODER = TESTS / "ModelsTests/Golden/gpt2-encoder"
VOCABULARY_SIZE, PREFIX = 96, 3
# Where a space or a line's end stands among the bytes' printable names.
SPACE, LINE_END = "\u0120", "\u010a"
TEXT = """the capital of the land is the city where the king and the queen live in the winter and in the summer they
are there too because there is nothing else to be seen near the river that runs under the old stone bridge"""

# Lengths 13, 7 and 10.
SEQUENCES = [
    [44, 3, 61, 17, 88, 5, 44, 29, 70, 12, 93, 8, 51],
    [90, 2, 37, 66, 66, 19, 4],
    [11, 74, 45, 58, 1, 0, 82, 33, 27, 40],
]


def vocabulary():
    """Single letters and marks, then the merges that a byte-pair learner takes from `TEXT`, then the end of text."""
    tokens = list(string.ascii_lowercase + string.digits + ".,?!'-") + [SPACE, LINE_END]
    words = collections.Counter(TEXT.split())
    pieces = {word: [SPACE, *word] for word in words}
    merges = []
    while len(tokens) < VOCABULARY_SIZE - 1:
        pairs = collections.Counter()
        for word, count in words.items():
            for pair in zip(pieces[word], pieces[word][1:]):
                pairs[pair] += count
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        tokens.append("".join(best))
        for word, parts in pieces.items():
            joined, index = [], 0
            while index < len(parts):
                found = tuple(parts[index : index + 2]) == best
                joined.append("".join(best) if found else parts[index])
                index += 2 if found else 1
            pieces[word] = joined
    return tokens + ["<|endoftext|>"], merges


def configuration(**more):
    return GPT2Config(
        vocab_size=VOCABULARY_SIZE, n_embd=32, n_layer=2, n_head=4, n_inner=40, n_positions=64, resid_pdrop=0.0,
        embd_pdrop=0.0, attn_pdrop=0.0, classifier_dropout=0.0, bos_token_id=VOCABULARY_SIZE - 1,
        eos_token_id=VOCABULARY_SIZE - 1, attn_implementation="eager", **more,
    )  # fmt: skip


def load(model_class, dtype, **more):
    """The model with the checkpoint's numbers, a head it lacks drawn, without a path in its configuration."""
    model = model_class(configuration(**more))
    tensors = load_file(CHECKPOINT / "model.safetensors")
    draw_head(SEED, model, set(tensors))
    missing = model.load_state_dict({n: tensors[n] for n in model.state_dict() if n in tensors}, strict=False)
    assert not [name for name in missing.missing_keys if name.startswith("transformer.")], missing
    return model.to(dtype).train()


def write_checkpoint():
    """Names as `GPT2LMHeadModel` has them; the vocabulary's head is the word embedding and is not stored."""
    model = GPT2LMHeadModel(configuration())
    fill(model, SEED, 0.3)
    CHECKPOINT.mkdir(parents=True, exist_ok=True)
    stored = {name: tensor for name, tensor in model.state_dict().items() if name != "lm_head.weight"}
    save_file(float32(stored), CHECKPOINT / "model.safetensors", metadata={"format": "pt"})
    saved = configuration()
    saved.architectures = ["GPT2LMHeadModel"]
    saved.save_pretrained(CHECKPOINT)
    tokens, merges = vocabulary()
    write_json(CHECKPOINT / "vocab.json", {token: index for index, token in enumerate(tokens)})
    lines = ["#version: 0.2"] + [" ".join(pair) for pair in merges]
    (CHECKPOINT / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf8")
    write_json(CHECKPOINT / "tokenizer_config.json", {"add_prefix_space": False, "tokenizer_class": "GPT2Tokenizer"})
    tokenizer = GPT2Tokenizer.from_pretrained(CHECKPOINT)
    ids = tokenizer("the king is there.")["input_ids"]
    assert tokenizer.decode(ids) == "the king is there." and len(ids) < 12, ids


def prefix_model(dtype):
    model = get_peft_model(
        load(GPT2LMHeadModel, dtype), PrefixTuningConfig(task_type=TaskType.CAUSAL_LM, num_virtual_tokens=PREFIX))
    weight = model.prompt_encoder.default.embedding.weight
    with torch.no_grad():
        weight.copy_(draw(SEED, "prompt_encoder.embedding.weight", weight.shape))
    return model.to(dtype)


def write_encoder():
    """Hidden states of every layer; layer 0 is the embeddings' sum, the last one stands after the last norm."""
    plain, prefixed = load(GPT2LMHeadModel, torch.float64), prefix_model(torch.float64)
    tensors = {"prompt_encoder.embedding.weight": prefixed.prompt_encoder.default.embedding.weight}
    seen = []
    plain_wpe = prefixed.base_model.transformer.wpe
    plain_wpe.register_forward_hook(lambda module, args, out: seen.append(args[0].tolist()))
    with torch.no_grad():
        for index, ids in enumerate(SEQUENCES):
            ids = torch.tensor([ids])
            out = plain(input_ids=ids, output_hidden_states=True)
            for layer, states in enumerate(out.hidden_states):
                tensors[f"hidden_states.{layer}.{index}"] = states[0]
        ids = torch.tensor([SEQUENCES[0]])
        out = prefixed(input_ids=ids, attention_mask=torch.ones_like(ids), output_hidden_states=True)
        for layer, states in enumerate(out.hidden_states):
            tensors[f"prefixed.hidden_states.{layer}.0"] = states[0]
    assert seen == [[list(range(PREFIX, PREFIX + len(SEQUENCES[0])))]], "the prefix did not shift positions"
    batch = [{"input_ids": ids, "token_type_ids": [0] * len(ids)} for ids in SEQUENCES]
    write_json(ENCODER / "batch.json", {"batch": batch, "checkpoint": NAME, "prefix": PREFIX})
    save_file(float32(tensors), ENCODER / "gelu_new.safetensors")


if __name__ == "__main__":
    check_versions()
    write_checkpoint()
    write_encoder()
