#!/usr/bin/env python3
"""What transformers and PEFT generate from the models of golden cells, and what their filters leave to be drawn from.

    python Tests/Reference/generation_golden.py

Writes `GenerationTests/Golden/texts.json` and `filters.json`; README.md tells the layout. A text is only recorded when no other token
was nearly as likely as one of its own. Where PEFT's generation goes another way than whole forward passes of its own model, these count.
"""

import torch
from transformers import GenerationConfig, LogitsProcessorList
from transformers.generation import logits_process

import tiny_bloom
import tiny_llama
from cells_golden import cells
from golden import TESTS, VERSIONS, check_versions, draw, write_json
from tiny_gpt2 import SEQUENCES

SEED = 20240616
FOLDER = TESTS / "GenerationTests/Golden"
NEW_TOKENS = 20
PROMPTS = [SEQUENCES[0][:6], SEQUENCES[1], SEQUENCES[2][:1]]
BEAMS = {"num_beams": 3, "length_penalty": 0.6, "no_repeat_ngram_size": 2}
METHODS = ("FULL", "LORA", "LORA-dora", "IA3", "PREFIX_TUNING", "PROMPT_TUNING", "P_TUNING-mlp", "ADAPTION_PROMPT")
# What is tried with the model itself, beside what is tried with all.
OWN = [
    {"num_beams": 4, "early_stopping": True, "eos_token_id": [17, 60], "num_return_sequences": 3},
    {"num_beams": 4, "early_stopping": False, "eos_token_id": [17, 60], "length_penalty": 2.0},
    {"num_beams": 3, "early_stopping": "never", "eos_token_id": 17, "length_penalty": 1.5, "num_return_sequences": 3},
    {"num_beams": 2, "early_stopping": "never", "eos_token_id": 17, "length_penalty": -1.0},
    {"num_beams": 3, "min_new_tokens": 9, "eos_token_id": [17, 60]},
    {"repetition_penalty": 1.7},
    {"no_repeat_ngram_size": 3, "repetition_penalty": 0.8},
    {"no_repeat_ngram_size": 1},
    {"min_length": 12, "eos_token_id": [17, 60, 3, 44]},
]
FILTERS = [
    {"temperature": 0.7}, {"top_k": 5}, {"top_p": 0.8}, {"top_p": 0.05}, {"min_p": 0.1}, {"top_k": 12, "top_p": 0.6},
    {"temperature": 1.9, "top_k": 20, "top_p": 0.9, "min_p": 0.02}, {"temperature": 0.3, "top_p": 0.95}, {"top_k": 1},
]  # fmt: skip


class Nearness(logits_process.LogitsProcessor):
    """Watches how close the first token that is not taken comes to the last one that is."""

    def __init__(self, taken):
        self.taken, self.least = taken, float("inf")

    def __call__(self, input_ids, scores):
        top = torch.topk(scores, min(self.taken + 1, scores.shape[-1]), dim=-1)[0].double()
        self.least = min(self.least, (top[:, :-1] - top[:, 1:]).min().item())
        return scores


def generated(model, prompt, settings, **more):
    watch = Nearness(2 * settings.get("num_beams", 1) if settings.get("num_beams", 1) > 1 else 1)
    ids = torch.tensor([prompt])
    given = {"eos_token_id": None, "pad_token_id": 0} | settings
    config = GenerationConfig(max_new_tokens=NEW_TOKENS, do_sample=False, **given)
    read = 1 if model.config.is_encoder_decoder else len(prompt)
    out = model.generate(
        input_ids=ids, attention_mask=torch.ones_like(ids), generation_config=config,
        logits_processor=LogitsProcessorList([watch]), **more)  # fmt: skip
    ends = settings.get("eos_token_id", [])
    ends = [ends] if isinstance(ends, int) else ends
    texts = []
    for row in out.tolist():
        row = row[read:]
        place = next((i for i, token in enumerate(row) if token in ends), len(row))
        texts.append(row[:place])
    return texts, watch.least


def step_by_step(model, prompt):
    """The likeliest tokens by whole forward passes: what the method is by definition."""
    source = torch.tensor([prompt])
    is_source = model.config.is_encoder_decoder
    ids = torch.tensor([[model.config.decoder_start_token_id]]) if is_source else source
    first = ids.shape[1]
    with torch.no_grad():
        for _ in range(NEW_TOKENS):
            given = {"input_ids": source, "decoder_input_ids": ids} if is_source else {"input_ids": ids}
            logits = model(attention_mask=torch.ones_like(given["input_ids"]), **given).logits
            ids = torch.cat([ids, logits[:, -1:].argmax(-1)], 1)
    return [ids[0, first:].tolist()]


def write_texts():
    texts = []
    for cell in cells():
        case = cell.name.split("_LM-")[-1]
        if cell.head.task_type not in ("CAUSAL_LM", "SEQ_2_SEQ_LM") or case not in METHODS:
            continue
        model = cell.make(torch.float64).eval()
        # Else these would come in where the settings have no end token.
        for one in (model, model.get_base_model() if hasattr(model, "get_base_model") else model):
            one.generation_config.eos_token_id = None
        settings = [{}, BEAMS] + (OWN if case == "FULL" and cell.head.backbone in ("gpt2", "llama", "t5") else [])
        for index, prompt in enumerate(PROMPTS):
            defined = step_by_step(model, prompt)
            likeliest, _ = generated(model, prompt, {})
            if likeliest != defined:
                # Its own way of going on differs from its forward passes, so nothing else of it is asked.
                print(cell.name, index, "generates something else than its forward passes say")
                texts.append({"cell": cell.name, "prompt": prompt, "settings": {}, "texts": defined})
                continue
            for one in settings:
                rows, least = generated(model, prompt, one)
                if least < 1e-4:
                    print(cell.name, one, index, f"left out, for two tokens are equally likely: {least:.1e}")
                    continue
                texts.append({"cell": cell.name, "prompt": prompt, "settings": one, "texts": rows})
    write_json(FOLDER / "texts.json", {"seed": SEED, "texts": texts, "versions": VERSIONS})


def write_filters():
    cases = []
    for index, settings in enumerate(FILTERS):
        scores = draw(SEED, f"scores.{index}", (1, 40), 0, 2)
        scores[0, 7] = -float("inf")
        warpers = LogitsProcessorList()
        if "temperature" in settings:
            warpers.append(logits_process.TemperatureLogitsWarper(settings["temperature"]))
        if "top_k" in settings:
            warpers.append(logits_process.TopKLogitsWarper(settings["top_k"]))
        if "top_p" in settings:
            warpers.append(logits_process.TopPLogitsWarper(settings["top_p"]))
        if "min_p" in settings:
            warpers.append(logits_process.MinPLogitsWarper(settings["min_p"]))
        left = torch.softmax(warpers(torch.zeros(1, 1, dtype=torch.long), scores.clone().double()), -1)[0]
        cases.append({
            "settings": settings, "scores": [None if s == -float("inf") else s for s in scores[0].tolist()],
            "probabilities": left.tolist()})  # fmt: skip
    write_json(FOLDER / "filters.json", {"cases": cases, "seed": SEED, "versions": VERSIONS})


if __name__ == "__main__":
    check_versions()
    tiny_llama.keep_precision()
    tiny_bloom.keep_precision()
    write_filters()
    write_texts()
