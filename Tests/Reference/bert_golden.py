#!/usr/bin/env python3
"""Golden numbers for BERT with a question-answering head, from transformers and PEFT.

    pip install torch==2.15.0 transformers==4.57.6 peft==0.21.2
    python Tests/Reference/bert_golden.py

Writes a tiny random BERT as a Hugging Face directory, what its encoder says about three sequences, and for each
method logits, loss, the gradient of every trained parameter and ten training losses. Everything is computed in
float64 from float32 weights and rounded to float32 at the end, so the files do not depend on the machine; the script
says how far transformers' own float32 is from that. README.md tells the layout.
"""

import torch
from peft import PrefixTuningConfig, TaskType, get_peft_model
from safetensors.torch import save_file
from transformers import BertForQuestionAnswering, BertModel

from adapter_files import write_adapter
from golden import TESTS, check_versions, draw, fill, float32, write_json
from ten_steps import optimizer_facts, take_steps, write_run
from tiny_bert import BATCH, CHECKPOINT, NAME, SEED, VOCABULARY, configuration, keep_token_types, load

ENCODER = TESTS / "ModelsTests/Golden/encoder"
RUNS = TESTS / "ExperimentTests/Golden/question-answering"
ADAPTERS = TESTS / "TunersTests/Golden"
PREFIX, ENCODER_HIDDEN = 5, 24


def write_checkpoint():
    """The tiny BERT: encoder with its pooler and the question-answering head, names as BertFor... models have them."""
    model = BertForQuestionAnswering(configuration())
    model.bert = BertModel(configuration())
    fill(model, SEED, 0.3)
    CHECKPOINT.mkdir(parents=True, exist_ok=True)
    save_file(float32(model.state_dict()), CHECKPOINT / "model.safetensors", metadata={"format": "pt"})
    saved = configuration()
    saved.architectures = ["BertForQuestionAnswering"]
    saved.save_pretrained(CHECKPOINT)
    write_json(CHECKPOINT / "tokenizer_config.json", {"do_lower_case": True, "tokenizer_class": "BertTokenizer"})
    (CHECKPOINT / "vocab.txt").write_text("".join(token + "\n" for token in VOCABULARY), encoding="utf8")


def write_encoder(activation):
    """The hidden states of every layer, sequence by sequence; layer 0 is the embeddings' output."""
    model, tensors = load(BertModel, activation, torch.float64), {}
    with torch.no_grad():
        for index, row in enumerate(BATCH):
            out = model(torch.tensor([row["input_ids"]]), token_type_ids=torch.tensor([row["token_type_ids"]]),
                        output_hidden_states=True)  # fmt: skip
            for layer, states in enumerate(out.hidden_states):
                tensors[f"hidden_states.{layer}.{index}"] = states[0]
            tensors[f"pooled.{index}"] = out.pooler_output[0]
    write_json(ENCODER / "batch.json", {"batch": BATCH, "checkpoint": NAME})
    save_file(float32(tensors), ENCODER / f"{activation}.safetensors")


def prefix_model(dtype, **settings):
    """PEFT's prefix tuning on the tiny BERT, its encoder's numbers drawn here."""
    model = get_peft_model(
        load(BertForQuestionAnswering, "gelu", dtype),
        PrefixTuningConfig(task_type=TaskType.QUESTION_ANS, num_virtual_tokens=PREFIX, **settings),
    )
    with torch.no_grad():
        for name, parameter in model.prompt_encoder.named_parameters():
            deviation = 1.0 if "embedding" in name else 0.1 if "bias" in name else 0.3
            parameter.copy_(draw(SEED, name, parameter.shape, 0.0, deviation))
    return keep_token_types(model.to(dtype).train())


def linear_model(dtype):
    model = load(BertForQuestionAnswering, "gelu", dtype)
    for name, parameter in model.named_parameters():
        parameter.requires_grad = name.startswith("qa_outputs")
    return model


CASES = {
    "prefix": (1e-2, lambda dtype: prefix_model(dtype)),
    "prefix-projection": (
        1e-2, lambda dtype: prefix_model(dtype, prefix_projection=True, encoder_hidden_size=ENCODER_HIDDEN)),
    "full": (1e-3, lambda dtype: load(BertForQuestionAnswering, "gelu", dtype)),
    "linear": (1e-2, linear_model),
}  # fmt: skip


def forward(model):
    """Each sequence alone, so no padding takes part; the loss is the mean over sequences."""
    logits, losses = [], []
    for row in BATCH:
        out = model(
            input_ids=torch.tensor([row["input_ids"]]), token_type_ids=torch.tensor([row["token_type_ids"]]),
            attention_mask=torch.ones(1, len(row["input_ids"]), dtype=torch.long),
            start_positions=torch.tensor([row["start"]]), end_positions=torch.tensor([row["end"]]),
        )  # fmt: skip
        logits.append(torch.stack([out.start_logits[0], out.end_logits[0]], dim=1))
        losses.append(out.loss)
    return logits, torch.stack(losses).mean()


def write_case(case):
    learning_rate, make = CASES[case]
    more = {"case": case, "seed": SEED, "checkpoint": NAME, "batch": BATCH, "optimizer": optimizer_facts(learning_rate)}
    if case.startswith("prefix"):
        projection = case == "prefix-projection"
        more["peft"] = {"peft_type": "PREFIX_TUNING", "num_virtual_tokens": PREFIX, "prefix_projection": projection}
        more["peft"] |= {"encoder_hidden_size": ENCODER_HIDDEN} if projection else {}
    write_run(RUNS, case, lambda dtype: take_steps(make(dtype), forward, learning_rate), more)


def check_positions():
    """The prefix shifts positions: the same prefix with positions counted from 0 must not give the same logits."""
    model, row = prefix_model(torch.float64), BATCH[0]
    ids = torch.tensor([row["input_ids"]])
    seen = []
    hook = model.base_model.bert.embeddings.register_forward_hook(
        lambda module, args, kwargs, out: seen.append(kwargs["past_key_values_length"]), with_kwargs=True)  # fmt: skip
    model(input_ids=ids, attention_mask=torch.ones_like(ids))
    hook.remove()
    assert seen == [PREFIX], f"positions were shifted by {seen}, not by {PREFIX}"


if __name__ == "__main__":
    check_versions()
    write_checkpoint()
    check_positions()
    for name in ("gelu", "gelu_new", "relu"):
        write_encoder(name)
    for name in CASES:
        write_case(name)
    for name in ("prefix", "prefix-projection"):
        write_adapter(CASES[name][1](torch.float64), ADAPTERS / name)
