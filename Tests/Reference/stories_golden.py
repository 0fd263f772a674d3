#!/usr/bin/env python3
"""The negative log-likelihood of tokens under a real model, which is not part of the project.

    python Tests/Reference/stories_golden.py FOLDER_OF_STORIES260K TEXT_FILE

Writes the tokens of what the model says greedily and of the beginning of a text, and for each the negative log-likelihoods.
"""

import sys

import torch
import transformers

from golden import TESTS, check_versions, write_json


def surprises(model, ids):
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0, :-1]
    return torch.nn.functional.cross_entropy(logits, torch.tensor(ids[1:]), reduction="none").tolist()


if __name__ == "__main__":
    check_versions()
    folder, text = sys.argv[1:]
    model = transformers.LlamaForCausalLM.from_pretrained(folder, attn_implementation="sdpa").to(torch.float64).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    spoken = model.generate(torch.tensor([[1]]), max_new_tokens=80, do_sample=False)[0].tolist()
    read = tokenizer(open(text, encoding="utf8").read(1200))["input_ids"][:400]
    facts = {"spoken": spoken, "read": read}
    facts |= {f"{name}_losses": surprises(model, ids) for name, ids in list(facts.items())}
    write_json(TESTS / "ModelsTests/Golden/stories260k.json", facts)
    print({name: sum(facts[f"{name}_losses"]) / len(facts[f"{name}_losses"]) for name in ("spoken", "read")})
