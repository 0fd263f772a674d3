#!/usr/bin/env python3
"""Golden cells: methods with heads on tiny backbones, from transformers and PEFT.

    python Tests/Reference/cells_golden.py [part of a cell's name ...]

Writes `ExperimentTests/Golden/cells/<backbone>-<head>-<case>.{json,safetensors}`; README.md tells the layout. Where
PEFT is wrong or fails the numbers come from the method's definition, and the JSON says so.
"""

import dataclasses
import sys
import types

import peft.tuners.adaption_prompt.layer
import torch

import cell_heads
import tiny_bert
import tiny_bloom
import tiny_llama
import tiny_t5
from cell_methods import (
    ADAPTION_PROMPT, CONFIGURATIONS, LORA, METHODS, PROMPTS, VARIANTS, attach, orthogonality, prefixed,
    prompted)  # fmt: skip
from golden import TESTS, check_versions
from ten_steps import optimizer_facts, short, take_steps, write_run

SEED = 20240613
CELLS = TESTS / "ExperimentTests/Golden/cells"
FIRST_POSITION = {"classifier_position": "first_position"}
LANGUAGE_MODELS = ("CAUSAL_LM", "MASKED_LM", "SEQ_2_SEQ_LM")
# PEFT's own softmax of adaption prompts rounds to float32; here it keeps the working precision.
peft.tuners.adaption_prompt.layer.F = types.SimpleNamespace(
    softmax=lambda x, dim, dtype: torch.nn.functional.softmax(x, dim=dim))

WHY = {
    ("bert", "MASKED_LM"): "PEFT has no such task",
    ("bert", "SEQ_CLS"): "PEFT pools the first virtual token",
    ("bert", "TOKEN_CLS"): "PEFT raises an error: it has no labels for virtual tokens",
    ("roberta", "SEQ_CLS"): "PEFT's head reads the first virtual token",
    ("bert", "QUESTION_ANS"): "PEFT does not shift the answer by the virtual tokens and drops the token types",
}
WHY_PREFIX = {("roberta", "SEQ_CLS"): "PEFT raises an error: this class takes no prefix, and there is no pooler"}


def sequences(feature):
    bounds = [0, *feature.get("breaks", []), len(feature["input_ids"])]
    return [{key: feature[key][start:end] for key in ("input_ids", "token_type_ids")}
            for start, end in zip(bounds, bounds[1:])]  # fmt: skip


def given(head, row):
    """One sequence alone, as transformers takes it."""
    ids = torch.tensor([row["input_ids"]])
    out = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    out |= {"token_type_ids": torch.tensor([row["token_type_ids"]])} if head.backbone == "bert" else {}
    if "decoder_input_ids" in row:
        out |= {"decoder_input_ids": torch.tensor([row["decoder_input_ids"]])}
    if head.task_type == "MULTIPLE_CHOICE":
        out = {key: value[None] for key, value in out.items()}
    return out


class Cell:
    """One method with one head."""

    def __init__(self, head, case, section, learning_rate=1e-2, task=None):
        self.head, self.section, self.learning_rate = head, section, learning_rate
        # More keys of the manifest's section of that name.
        self.task = task or {}
        case = f"{case}-{head.variant}" if head.variant else case
        self.name = f"{head.backbone}-{head.task_type}-{case}"
        self.kind = section["peft_type"]
        place = (head.backbone, head.task_type)
        self.reason = (WHY if self.kind in PROMPTS else WHY_PREFIX if self.kind == "PREFIX_TUNING" else {}).get(place)
        if self.task == FIRST_POSITION:
            self.reason = None
        self.of_definition = self.reason is not None
        self.logits_rows = None
        if head.task_type in LANGUAGE_MODELS:
            places = [[position for position, _ in feature["tokens"]] for feature in head.batch]
            self.logits_rows = [sorted({row[0], row[len(row) // 2], row[-1]}) for row in places]

    def make(self, dtype):
        model = attach(self.head.load(dtype), self.head, self.section, SEED)
        place = (self.head.backbone, self.head.task_type)
        if self.kind in CONFIGURATIONS and place == ("bert", "QUESTION_ANS") and not self.of_definition:
            tiny_bert.keep_token_types(model)
        return model

    def logits(self, model, row):
        """The logits of one sequence for its real tokens."""
        if self.of_definition:
            return (prompted if self.kind in PROMPTS else prefixed)(model, self.head, row)
        if self.head.frozen and self.kind in PROMPTS and self.head.task_type != "SEQ_2_SEQ_LM":
            return self.head.answer(model(**given(self.head, row)))[self.section["num_virtual_tokens"] :]
        return self.head.answer(model(**given(self.head, row)))

    def forward(self, model):
        """The logits of each feature and the batch's loss; each sequence goes alone, so no padding takes part."""
        logits = [
            torch.cat([self.logits(model, row) for row in sequences(f)]) if "breaks" in f else self.logits(model, f)
            for f in self.head.batch
        ]
        loss = self.head.loss(logits, self.head.batch)
        if self.kind == "ADALORA":
            loss = loss + model.peft_config["default"].orth_reg_weight * orthogonality(model)
        rows = self.logits_rows
        return [row[rows[i]] for i, row in enumerate(logits)] if rows else logits, loss

    def check(self, model):
        """The loss of each feature alone is what PEFT or transformers says, and token types reach the embeddings."""
        head, seen = self.head, []
        if head.backbone == "bert":
            base = model.get_base_model() if hasattr(model, "get_base_model") else model
            hook = base.bert.embeddings.register_forward_hook(
                lambda module, args, kwargs, out: seen.append(kwargs["token_type_ids"][0].tolist()), with_kwargs=True)
        for feature in head.batch:
            if "breaks" in feature:
                rows = [given(head, row) for row in sequences(feature)]
                if len({row["input_ids"].shape for row in rows}) > 1:
                    continue
                inputs = {key: torch.cat([row[key] for row in rows], dim=1) for key in rows[0]}
                logits = torch.cat([self.logits(model, row) for row in sequences(feature)])
            else:
                inputs, logits = given(head, feature), self.logits(model, feature)
            if self.of_definition:
                if head.backbone != "bert":
                    continue
                virtual = [0] * self.section["num_virtual_tokens"]
                placed = any(token < 0 for token in feature["input_ids"])
                assert seen.pop() == ([] if placed else virtual) + feature["token_type_ids"]
                continue
            seen.clear()
            out = model(**inputs, **head.given_labels(feature, logits.dtype))
            loss = head.loss([logits], [feature])
            if self.kind == "ADALORA":
                loss = loss + model.peft_config["default"].orth_reg_weight * orthogonality(model)
            # transformers computes some losses in float32: causal ones, and all of LLaMA's.
            least = 1e-6 if head.task_type == "CAUSAL_LM" or head.backbone in tiny_llama.NAMES else 1e-12
            assert abs(loss - out.loss) < least * loss, (self.name, loss.item(), out.loss.item())
            if seen and "breaks" not in feature and self.kind not in PROMPTS:
                assert seen[-1] == feature["token_type_ids"], (self.name, seen)
        if head.backbone == "bert":
            hook.remove()

    def take(self, dtype):
        model = self.make(dtype)
        if dtype == torch.float64:
            self.check(model)
        heads = {short(n): p.detach().clone() for n, p in model.named_parameters()
                 if self.head.head_names and short(n).startswith(self.head.head_names)
                 and ".original_module." not in n}  # fmt: skip
        allocations = []
        after = (lambda model, step: allocations.append(allocate(model, step))) if self.kind == "ADALORA" else None
        tensors, facts = take_steps(model, self.forward, self.learning_rate, after)
        tensors |= {f"initial.{name}": p for name, p in heads.items()}
        facts |= {"allocations": [one for one in allocations if one]} if allocations else {}
        return tensors, facts

    def source(self):
        """Where the numbers come from, and if not from PEFT, why."""
        if self.of_definition:
            return {"reference": "definition", "reason": self.reason}
        if self.kind == "ADAPTION_PROMPT" and not self.head.frozen:
            return {"reference": "definition", "reason": "PEFT leaves the head frozen; the rest is PEFT's"}
        return {"reference": "peft" if self.kind in CONFIGURATIONS else "transformers"}

    def write(self):
        more = {
            "case": self.name, "seed": SEED, "checkpoint": self.head.checkpoint, "batch": self.head.batch,
            "peft": self.section, "task": {"task_type": self.head.task_type} | self.task, "labels": self.head.labels,
            "optimizer": optimizer_facts(self.learning_rate),
        }  # fmt: skip
        more |= {"logits_rows": self.logits_rows} if self.logits_rows else {}
        write_run(CELLS, self.name, self.take, more | self.source())


def allocate(model, step):
    """AdaLoRA's budget after an update: what is kept of each triplet, when there was an allocation."""
    allocator, before = model.base_model.rankallocator, model.peft_config["default"].rank_pattern
    model.base_model.update_and_allocate(step)
    kept = model.peft_config["default"].rank_pattern
    if kept is None or kept is before and step <= allocator.peft_config.total_step - allocator.peft_config.tfinal:
        return None
    budget, _ = allocator.budget_schedule(step)
    names = {short(name): [int(one) for one in marks] for name, marks in kept.items()}
    return {"step": step, "budget": budget, "kept": names}


def cells():
    bert, gpt2 = cell_heads.BERT, cell_heads.GPT2
    # Rates are such that the loss stays far from zero, where float32 has few digits left.
    for case, section in METHODS.items():
        rate = 1e-3 if case == "FULL" else 2e-3 if case == "LORA" else 1e-2
        for head in (bert["SEQ_CLS"], bert["TOKEN_CLS"], bert["QUESTION_ANS"], gpt2["SEQ_CLS"], gpt2["CAUSAL_LM"]):
            if not (case == "LINEAR" and head.frozen):
                yield Cell(head, case, section, rate)
    for head in (bert["flags"], bert["value"], bert["MULTIPLE_CHOICE"], bert["MASKED_LM"], gpt2["TOKEN_CLS"],
                 gpt2["QUESTION_ANS"]):  # fmt: skip
        yield Cell(head, "LORA", LORA, 2e-3)
    yield Cell(bert["MASKED_LM"], "FULL", METHODS["FULL"], 1e-3)
    for head in (bert["MASKED_LM"], bert["template"]):
        yield Cell(head, "P_TUNING-lstm", METHODS["P_TUNING-lstm"])
    for case, section in VARIANTS.items():
        yield Cell(bert["SEQ_CLS"], case, section, 2e-3)
    for case in ("LORA-all-linear", "LORA-dora"):
        yield Cell(gpt2["CAUSAL_LM"], case, VARIANTS[case], 2e-3)
    for head in ("SEQ_CLS", "CAUSAL_LM"):
        yield Cell(gpt2[head], "ADAPTION_PROMPT", ADAPTION_PROMPT)
    # What PEFT's classifiers read behind a prompt.
    for heads, case in ((bert, "PROMPT_TUNING"), (bert, "P_TUNING-mlp"), (cell_heads.ROBERTA, "PROMPT_TUNING")):
        yield Cell(dataclasses.replace(heads["SEQ_CLS"], variant="first"), case, METHODS[case], task=FIRST_POSITION)
    for heads, tasks in FAMILIES:
        for task, cases in tasks.items():
            for case in cases:
                section = ADAPTION_PROMPT if case == "ADAPTION_PROMPT" else (METHODS | VARIANTS)[case]
                yield Cell(heads[task], case, section, 1e-3 if case == "FULL" else 2e-3 if "LORA" in case else 1e-2)


# What is recorded of the other families: each head, and the methods that meet what is special to one.
FAMILIES = [
    (cell_heads.ROBERTA, {
        "SEQ_CLS": ["LORA", "PREFIX_TUNING", "PROMPT_TUNING", "IA3"], "TOKEN_CLS": ["LORA", "BITFIT"],
        "QUESTION_ANS": ["PREFIX_TUNING"], "MULTIPLE_CHOICE": ["LORA"], "MASKED_LM": ["LORA", "FULL"]}),
    (cell_heads.LLAMA, {
        "CAUSAL_LM": ["LORA", "ADALORA", "IA3", "PREFIX_TUNING", "PROMPT_TUNING", "P_TUNING-mlp", "ADAPTION_PROMPT",
                      "FULL", "LORA-dora", "LORA-all-linear"],
        "SEQ_CLS": ["LORA", "PREFIX_TUNING", "ADAPTION_PROMPT"], "TOKEN_CLS": ["LORA"],
        "QUESTION_ANS": ["LORA", "PREFIX_TUNING"]}),
    (cell_heads.MISTRAL, {"CAUSAL_LM": ["LORA", "PREFIX_TUNING"], "SEQ_CLS": ["IA3"]}),
    (cell_heads.QWEN2, {"CAUSAL_LM": ["LORA", "IA3", "PREFIX_TUNING", "FULL"]}),
    (cell_heads.BLOOM, {
        "CAUSAL_LM": ["LORA", "IA3", "PREFIX_TUNING", "PROMPT_TUNING", "FULL"], "SEQ_CLS": ["LORA", "BITFIT"],
        "TOKEN_CLS": ["LORA"], "QUESTION_ANS": ["PREFIX_TUNING"]}),
    ({"SEQ_2_SEQ_LM": cell_heads.T5}, {
        "SEQ_2_SEQ_LM": ["LORA", "ADALORA", "IA3", "PREFIX_TUNING", "PROMPT_TUNING", "P_TUNING-mlp", "P_TUNING-lstm",
                         "FULL", "LORA-dora"]}),
    ({"SEQ_2_SEQ_LM": cell_heads.T5_GATED}, {
        "SEQ_2_SEQ_LM": ["LORA", "ADALORA", "IA3", "PREFIX_TUNING", "FULL"]}),
    ({"SEQ_2_SEQ_LM": cell_heads.MT5}, {"SEQ_2_SEQ_LM": ["LORA", "ADALORA", "IA3", "PROMPT_TUNING", "FULL"]}),
]  # fmt: skip


if __name__ == "__main__":
    check_versions()
    tiny_llama.keep_precision()
    tiny_bloom.keep_precision()
    tiny_t5.keep_precision()
    for cell in cells():
        if len(sys.argv) == 1 or any(part in cell.name for part in sys.argv[1:]):
            cell.write()
