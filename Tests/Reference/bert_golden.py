#!/usr/bin/env python3
"""Golden numbers for BERT with a question-answering head, from transformers and PEFT.

    pip install torch==2.15.0 transformers==4.57.6 peft==0.21.2
    python Tests/Reference/bert_golden.py

Writes a tiny random BERT as a Hugging Face directory, what its encoder says about three sequences, and for each
method logits, loss, the gradient of every trained parameter and ten training losses. Everything is computed in
float64 from float32 weights and rounded to float32 at the end, so the files do not depend on the machine; the script
says how far transformers' own float32 is from that. README.md tells the layout.
"""

import shutil
import string
import tempfile
import pathlib

import torch
from peft import PrefixTuningConfig, TaskType, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertForQuestionAnswering, BertModel, Trainer, get_linear_schedule_with_warmup

from golden import TESTS, VERSIONS, check_versions, draw, fill, float32, write_json

SEED = 20240611
CHECKPOINT = TESTS / "ModelsTests/Golden/tiny-bert"
ENCODER = TESTS / "ModelsTests/Golden/encoder"
RUNS = TESTS / "ExperimentTests/Golden/question-answering"
ADAPTERS = TESTS / "TunersTests/Golden"

VOCABULARY = (
    ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", ",", "?", "'"]
    + list(string.ascii_lowercase)
    + ["##" + letter for letter in string.ascii_lowercase]
)
PREFIX, ENCODER_HIDDEN, STEPS = 5, 24, 10
# Lengths 13, 7 and 10; the third has no answer, which is the span of [CLS].
BATCH = [
    {
        "input_ids": [2, 31, 39, 23, 8, 3, 9, 47, 52, 17, 40, 5, 3],
        "token_type_ids": [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1],
        "start": 7,
        "end": 9,
    },
    {"input_ids": [2, 60, 7, 3, 12, 33, 3], "token_type_ids": [0, 0, 0, 0, 1, 1, 1], "start": 4, "end": 4},
    {
        "input_ids": [2, 28, 14, 3, 55, 1, 20, 20, 6, 3],
        "token_type_ids": [0, 0, 0, 0, 1, 1, 1, 1, 1, 1],
        "start": 0,
        "end": 0,
    },
]


def configuration(activation="gelu"):
    return BertConfig(
        vocab_size=len(VOCABULARY), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=37,
        max_position_embeddings=64, type_vocab_size=2, hidden_act=activation, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, layer_norm_eps=1e-12, pad_token_id=0, attn_implementation="eager",
    )  # fmt: skip


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


def load(model_class, activation, dtype):
    """The model with the checkpoint's numbers, without a path in its configuration."""
    model = model_class(configuration(activation))
    tensors = load_file(CHECKPOINT / "model.safetensors")
    if model_class is BertModel:
        tensors = {name.removeprefix("bert."): tensor for name, tensor in tensors.items()}
    model.load_state_dict({name: tensors[name] for name in model.state_dict()})
    return model.to(dtype).train()


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
    write_json(ENCODER / "batch.json", {"batch": BATCH, "checkpoint": "ModelsTests/Golden/tiny-bert"})
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


def keep_token_types(model):
    """PEFT's forward for QUESTION_ANS takes `token_type_ids` and does not pass them on; here they reach the embeddings.

    P-tuning v2 and BERT itself mark the second text, so that is what is compared with.
    """
    model.register_forward_pre_hook(
        lambda module, args, kwargs: setattr(module, "given_types", kwargs.get("token_type_ids")), with_kwargs=True)

    def put_back(module, args, kwargs):
        assert kwargs.get("token_type_ids") is None or not kwargs["token_type_ids"].any(), "PEFT passes them on now"
        return args, kwargs | ({} if model.given_types is None else {"token_type_ids": model.given_types})

    model.base_model.bert.embeddings.register_forward_pre_hook(put_back, with_kwargs=True)
    return model


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


def short(name):
    """PEFT's parameter name without its wrappers: `qa_outputs.weight`, `prompt_encoder.embedding.weight`."""
    return name.replace("modules_to_save.default.", "").replace("default.", "").removeprefix("base_model.")


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


def run(make, learning_rate, dtype):
    """One case: what the untrained model says, its gradients, and ten steps of training."""
    model = make(dtype)
    trained = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    decayed = set(Trainer.get_decay_parameter_names(None, model))
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for name, p in trained.items() if name in decayed], "weight_decay": 0.01},
            {"params": [p for name, p in trained.items() if name not in decayed], "weight_decay": 0.0},
        ],
        lr=learning_rate, betas=(0.9, 0.999), eps=1e-8,
    )  # fmt: skip
    schedule = get_linear_schedule_with_warmup(optimizer, 0, STEPS)
    tensors = {f"initial.{short(name)}": parameter.detach().clone() for name, parameter in trained.items()}
    facts = {"losses": [], "learning_rates": [], "gradient_norms": []}
    for step in range(STEPS):
        logits, loss = forward(model)
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            assert logits[0].dtype == dtype, "the forward pass left the working precision"
            tensors |= {f"logits.{index}": value.detach() for index, value in enumerate(logits)}
            tensors |= {f"gradient.{short(name)}": p.grad.clone() for name, p in trained.items()}
        facts["losses"].append(loss.item())
        facts["learning_rates"].append(schedule.get_last_lr()[0])
        facts["gradient_norms"].append(torch.nn.utils.clip_grad_norm_(list(trained.values()), 1.0).item())
        optimizer.step()
        schedule.step()
    facts["parameters"] = [
        {"name": short(name), "reference_name": name, "shape": list(p.shape), "decay": name in decayed}
        for name, p in trained.items()
    ]
    facts["trainable_parameters"] = sum(p.numel() for p in trained.values())
    return model, tensors, facts


def write_case(case):
    learning_rate, make = CASES[case]
    _, tensors, facts = run(make, learning_rate, torch.float64)
    _, single, check = run(make, learning_rate, torch.float32)
    losses = max(abs(a - b) / abs(b) for a, b in zip(check["losses"], facts["losses"]))
    gradients = max(
        ((single[n] - t).abs().max() / t.abs().max()).item()
        for n, t in tensors.items() if n.startswith("gradient.") and t.abs().max() > 1e-9
    )  # fmt: skip
    print(f"{case}: losses {facts['losses'][0]:.4f} to {facts['losses'][-1]:.4f}; "
          f"float32 of the reference is off by {losses:.1e} (losses), {gradients:.1e} (gradients)")  # fmt: skip
    facts |= {
        "case": case, "seed": SEED, "versions": VERSIONS, "checkpoint": "ModelsTests/Golden/tiny-bert", "batch": BATCH,
        "loss": facts["losses"][0],
        "optimizer": {
            "name": "adamw", "learning_rate": learning_rate, "betas": [0.9, 0.999], "epsilon": 1e-8,
            "weight_decay": 0.01, "max_grad_norm": 1.0, "schedule": "linear", "warmup_steps": 0, "steps": STEPS,
        },
    }  # fmt: skip
    if case.startswith("prefix"):
        projection = case == "prefix-projection"
        facts["peft"] = {"peft_type": "PREFIX_TUNING", "num_virtual_tokens": PREFIX, "prefix_projection": projection}
        facts["peft"] |= {"encoder_hidden_size": ENCODER_HIDDEN} if projection else {}
    RUNS.mkdir(parents=True, exist_ok=True)
    write_json(RUNS / f"{case}.json", facts)
    save_file(float32(tensors), RUNS / f"{case}.safetensors")


def write_adapter(case):
    """What PEFT's `save_pretrained` leaves of the untrained prefix, and the parameters it was made from."""
    model = CASES[case][1](torch.float32)
    folder = ADAPTERS / case
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as written:
        model.save_pretrained(written)
        for name in ("adapter_config.json", "adapter_model.safetensors"):
            shutil.copyfile(pathlib.Path(written) / name, folder / name)
    made_from = {short(name): p for name, p in model.named_parameters() if p.requires_grad}
    save_file(float32(made_from), folder / "parameters.safetensors")


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
        write_adapter(name)
