#!/usr/bin/env python3
"""Golden numbers for the training loop's parts: schedules, step counts, length-grouped order, AdamW with clipping.

    pip install torch==2.15.0 transformers==4.57.6 peft==0.21.2
    python Tests/Reference/training_golden.py

AdamW runs in float64 from float32 numbers. README.md tells the layout.
"""

import tempfile
import types

import torch
from torch.utils.data import DataLoader
from transformers import Trainer, TrainingArguments, get_scheduler
from transformers.trainer_pt_utils import get_length_grouped_indices

from golden import TESTS, VERSIONS, check_versions, draw, write_json

SEED = 20240611
GOLDEN = TESTS / "TrainingTests/Golden"

# Warm-up and total steps; the last is a warm-up that never ends.
SPANS = [(0, 10), (3, 10), (0, 1), (7, 7), (5, 4)]
# Examples, batch size, accumulation, epochs, max_steps (-1: none), warmup_steps, warmup_ratio.
PLANS = [
    (64, 8, 1, 3.0, -1, 0, 0.0), (65, 8, 1, 3.0, -1, 0, 0.06), (65, 8, 4, 2.0, -1, 0, 0.1), (5, 8, 4, 1.0, -1, 0, 0.5),
    (100, 8, 2, 0.5, -1, 0, 0.33), (100, 8, 2, 1.3, -1, 2, 0.33), (100, 8, 3, 3.0, 4, 0, 0.3), (30, 1, 1, 0.1, -1, 0, 0.7),
    (9, 2, 2, 2.5, 100, 0, 0.01),
]  # fmt: skip
# Examples and batch size: one stretch, several, fifty groups each, fewer examples than a batch.
GROUPS = [(30, 4), (90, 3), (1300, 2), (3, 8)]
PARAMETERS = {"map.weight": [3, 5], "map.bias": [3], "block.LayerNorm.weight": [5]}
STEPS = 6


def optimizer():
    return torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=1.0)


def rates(scheduler, held, steps):
    """The learning rate before each step, for a rate of 1."""
    found = []
    for _ in range(steps):
        found.append(held.param_groups[0]["lr"])
        held.step()
        scheduler.step()
    return found


def schedules():
    cases = []
    for name in ("linear", "cosine", "constant", "constant_with_warmup"):
        for warmup, total in SPANS:
            held = optimizer()
            scheduler = get_scheduler(name, held, num_warmup_steps=warmup, num_training_steps=total)
            cases.append({"name": name, "warmup_steps": warmup, "total_steps": total, "steps_per_epoch": 1, "gamma": 0.95,
                          "factors": rates(scheduler, held, total + 2)})  # fmt: skip
    for gamma, steps_per_epoch in ((0.95, 3), (0.5, 1)):
        held = optimizer()
        per_epoch = rates(torch.optim.lr_scheduler.ExponentialLR(held, gamma=gamma), held, 4)
        cases.append({"name": "exponential", "warmup_steps": 0, "total_steps": 4 * steps_per_epoch, "gamma": gamma,
                      "steps_per_epoch": steps_per_epoch,
                      "factors": [rate for rate in per_epoch for _ in range(steps_per_epoch)]})  # fmt: skip
    return cases


def plans():
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        for examples, batch, accumulation, epochs, max_steps, warmup_steps, warmup_ratio in PLANS:
            arguments = TrainingArguments(
                output_dir=folder, per_device_train_batch_size=batch, gradient_accumulation_steps=accumulation,
                num_train_epochs=epochs, max_steps=max_steps, warmup_steps=warmup_steps, warmup_ratio=warmup_ratio,
                use_cpu=True, report_to=[],
            )  # fmt: skip
            trainer = types.SimpleNamespace(num_examples=lambda loader: len(loader.dataset))
            values = Trainer.set_initial_training_values(
                trainer, arguments, DataLoader(range(examples), batch_size=batch), batch * accumulation)
            cases.append({
                "examples": examples, "batch_size": batch, "accumulation_steps": accumulation, "epochs": epochs,
                "max_steps": None if max_steps < 0 else max_steps, "warmup_steps": warmup_steps,
                "warmup_ratio": warmup_ratio, "expected_steps_per_epoch": values[1], "expected_total_steps": values[6],
                "expected_warmup_steps": arguments.get_warmup_steps(values[6]),
            })  # fmt: skip
    return cases


def groups():
    cases = []
    for examples, size in GROUPS:
        lengths = [5 + int(abs(x) * 20) for x in draw(SEED, f"lengths {examples}", [examples]).tolist()]
        order = torch.randperm(examples, generator=torch.Generator().manual_seed(SEED)).tolist()
        grouped = get_length_grouped_indices(lengths, size, generator=torch.Generator().manual_seed(SEED))
        cases.append({"group_size": size, "lengths": lengths, "order": order, "grouped": grouped})
    return cases


def adamw(weight_decay, max_norm):
    parameters = {name: torch.nn.Parameter(draw(SEED, name, shape).double()) for name, shape in PARAMETERS.items()}
    decayed = [tensor for name, tensor in parameters.items() if name == "map.weight"]
    others = [tensor for name, tensor in parameters.items() if name != "map.weight"]
    held = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}],
        lr=1.0, betas=(0.8, 0.99), eps=1e-6)  # fmt: skip
    steps = []
    for step in range(STEPS):
        gradients = {}
        for name, tensor in parameters.items():
            # Some steps above the norm that is clipped to, some below.
            gradient = draw(SEED, f"gradient {step} {name}", tensor.shape, 0.0, [1.0, 0.05][step % 2])
            tensor.grad, gradients[name] = gradient.double(), gradient.flatten().tolist()
        norm = torch.nn.utils.clip_grad_norm_(list(parameters.values()), max_norm or float("inf"))
        rate = 0.1 * (1 - step / STEPS)
        for group in held.param_groups:
            group["lr"] = rate
        held.step()
        steps.append({"learning_rate": rate, "gradients": gradients, "norm": norm.item(),
                      "parameters": {name: tensor.flatten().tolist() for name, tensor in parameters.items()}})  # fmt: skip
    return {"weight_decay": weight_decay, "max_norm": max_norm, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-6,
            "shapes": PARAMETERS, "initial": {name: draw(SEED, name, shape).flatten().tolist()
                                              for name, shape in PARAMETERS.items()}, "steps": steps}  # fmt: skip


def main():
    check_versions()
    about = {"seed": SEED, "versions": VERSIONS}
    write_json(GOLDEN / "schedules.json", {**about, "cases": schedules()})
    write_json(GOLDEN / "plans.json", {**about, "cases": plans()})
    write_json(GOLDEN / "groups.json", {**about, "cases": groups()})
    write_json(GOLDEN / "adamw.json", {**about, "cases": [adamw(0.0, None), adamw(0.1, None), adamw(0.1, 1.0)]})


if __name__ == "__main__":
    main()
