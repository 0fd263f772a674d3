#!/usr/bin/env python3
"""The tiny T5s that golden files are about, what their two networks say, and which distances fall into which bucket.

    python Tests/Reference/tiny_t5.py

Writes three Hugging Face directories: T5 as it was first (`t5`), in the gated form of v1.1 with a vocabulary map of its own (`t5-gated`),
and mT5; and of each the last hidden states of the encoder and of the decoder for three pairs of sequences.
"""

import inspect
import textwrap

import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers.models.mt5 import modeling_mt5
from transformers.models.t5 import modeling_t5

from golden import TESTS, check_versions, draw_head, fill, float32, write_json
from tiny_gpt2 import SEQUENCES

SEED = 20240617
STATES = TESTS / "ModelsTests/Golden/t5-states"
# Targets of lengths 6, 9 and 4; a decoder reads the start token and all but the last.
TARGETS = [[71, 5, 30, 88, 14, 1], [9, 55, 62, 3, 3, 47, 80, 21, 1], [66, 39, 18, 1]]
BATCH = [
    {"input_ids": source, "token_type_ids": [0] * len(source), "decoder_input_ids": [0] + target[:-1],
     "tokens": [[place, token] for place, token in enumerate(target)]}
    for source, target in zip(SEQUENCES, TARGETS)
]  # fmt: skip
SHARED = {
    "vocab_size": 96, "d_model": 32, "d_kv": 8, "d_ff": 40, "num_layers": 2, "num_heads": 4, "dropout_rate": 0.0,
    "relative_attention_num_buckets": 8, "relative_attention_max_distance": 10, "decoder_start_token_id": 0,
}  # fmt: skip
# In the gated one the encoder has more layers than the decoder; in mT5 heads are wider than a share of the hidden size.
OWN = {
    "t5": {},
    "t5-gated": {
        "feed_forward_proj": "gated-gelu", "tie_word_embeddings": False, "num_layers": 3, "num_decoder_layers": 2},
    "mt5": {"d_kv": 6, "d_model": 20},
}  # fmt: skip
BUCKETS = [(32, 128), (8, 10), (6, 1000), (64, 100)]
REACH = 300


def keep_precision():
    """transformers' norms and softmax go through float32 whatever the model's precision; here they stay in it."""
    for module, name in ((modeling_t5, "T5"), (modeling_mt5, "MT5")):
        getattr(module, name + "LayerNorm").forward = lambda self, x: self.weight * (
            x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon))
        keep_softmax(module, getattr(module, name + "Attention"))


def keep_softmax(module, attention):
    """Takes the rounding out of an attention's forward, which is defined in `module`."""
    source = textwrap.dedent(inspect.getsource(attention.forward))
    source = source[source.index("def forward") :]
    assert "softmax(scores.float()" in source
    scope = dict(vars(module))
    exec(source.replace("softmax(scores.float()", "softmax(scores"), scope)
    attention.forward = scope["forward"]


def checkpoint(kind):
    return f"ModelsTests/Golden/tiny-{kind}"


def names(kind):
    return "MT5" if kind == "mt5" else "T5"


def configuration(kind, **more):
    return getattr(transformers, names(kind) + "Config")(**(SHARED | OWN[kind] | more))


def load(kind, head, dtype, **more):
    """The model whose class's name ends in `head`, with the checkpoint's numbers."""
    model = getattr(transformers, names(kind) + head)(configuration(kind, **more))
    tensors = load_file(TESTS / checkpoint(kind) / "model.safetensors")
    draw_head(SEED, model, set(tensors))
    missing = model.load_state_dict({n: tensors[n] for n in model.state_dict() if n in tensors}, strict=False)
    copies = {"encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight"}
    assert set(missing.missing_keys) <= copies, missing
    return model.to(dtype).train()


def scale_queries(model):
    """Scores are not scaled, so the queries are, as in T5's own start."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith(".q.weight"):
                parameter.mul_(model.config.d_kv**-0.5)


def write_checkpoint(kind):
    """Names as `…ForConditionalGeneration` has them, each tensor once."""
    model = getattr(transformers, names(kind) + "ForConditionalGeneration")(configuration(kind))
    fill(model, SEED, 0.2)
    scale_queries(model)
    folder = TESTS / checkpoint(kind)
    folder.mkdir(parents=True, exist_ok=True)
    stored = {name: p for name, p in model.named_parameters()}
    assert ("lm_head.weight" in stored) == (not model.config.tie_word_embeddings)
    save_file(float32(stored), folder / "model.safetensors", metadata={"format": "pt"})
    saved = configuration(kind)
    saved.architectures = [names(kind) + "ForConditionalGeneration"]
    saved.save_pretrained(folder)


def write_states():
    tensors = {}
    with torch.no_grad():
        for kind in OWN:
            model = load(kind, "Model", torch.float64)
            for index, row in enumerate(BATCH):
                out = model(
                    torch.tensor([row["input_ids"]]), decoder_input_ids=torch.tensor([row["decoder_input_ids"]]))
                tensors[f"{kind}.encoder.{index}"] = out.encoder_last_hidden_state[0]
                tensors[f"{kind}.decoder.{index}"] = out.last_hidden_state[0]
    save_file(float32(tensors), STATES / "states.safetensors")


def write_buckets():
    """For each form, in both directions and backwards only, the bucket of every key around a query."""
    cases = []
    for count, farthest in BUCKETS:
        for both in (True, False):
            buckets = modeling_t5.T5Attention._relative_position_bucket(
                torch.arange(-REACH, REACH + 1), bidirectional=both, num_buckets=count, max_distance=farthest)
            cases.append({"buckets": count, "farthest": farthest, "both": both, "of": buckets.tolist()})
    write_json(STATES / "buckets.json", {"reach": REACH, "cases": cases})


if __name__ == "__main__":
    check_versions()
    keep_precision()
    STATES.mkdir(parents=True, exist_ok=True)
    for kind in OWN:
        write_checkpoint(kind)
    write_json(STATES / "batch.json", {"batch": BATCH})
    write_states()
    write_buckets()
