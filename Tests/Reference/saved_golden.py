#!/usr/bin/env python3
"""What PEFT writes for each method: golden folders for export and for reading adapters.

    python Tests/Reference/saved_golden.py [case ...]

Writes `TunersTests/Golden/<case>/`; README.md tells the layout.
"""

import os
import sys

import torch

import cell_heads
import tiny_llama
import tiny_t5
from adapter_files import write_adapter
from cell_methods import ADAPTION_PROMPT, LORA, METHODS, VARIANTS
from cells_golden import Cell, allocate
from golden import TESTS, check_versions
from ten_steps import take_steps

ADAPTERS = TESTS / "TunersTests/Golden"
CLASSIFIER, LANGUAGE_MODEL = cell_heads.BERT["SEQ_CLS"], cell_heads.GPT2["CAUSAL_LM"]
CASES = {
    "lora": (CLASSIFIER, LORA),
    "lora-dora": (CLASSIFIER, VARIANTS["LORA-dora"]),
    "lora-bias": (CLASSIFIER, VARIANTS["LORA-bias-lora_only"]),
    "lora-modules": (CLASSIFIER, VARIANTS["LORA-modules"]),
    "lora-patterns": (CLASSIFIER, VARIANTS["LORA-patterns"]),
    "adalora": (CLASSIFIER, METHODS["ADALORA"]),
    "adalora-ranked": (CLASSIFIER, METHODS["ADALORA"]),
    "ia3": (CLASSIFIER, METHODS["IA3"]),
    "prompt": (CLASSIFIER, METHODS["PROMPT_TUNING"]),
    "p-tuning-mlp": (CLASSIFIER, METHODS["P_TUNING-mlp"]),
    "p-tuning-lstm": (CLASSIFIER, METHODS["P_TUNING-lstm"]),
    "lora-gpt2": (LANGUAGE_MODEL, LORA),
    "adaption-prompt": (LANGUAGE_MODEL, ADAPTION_PROMPT),
    "prompt-gpt2": (LANGUAGE_MODEL, METHODS["PROMPT_TUNING"]),
    # Two heads share their keys and values.
    "prefix-llama": (cell_heads.LLAMA["CAUSAL_LM"], METHODS["PREFIX_TUNING"]),
    "adaption-prompt-llama": (cell_heads.LLAMA["CAUSAL_LM"], ADAPTION_PROMPT),
    "lora-llama-answers": (cell_heads.LLAMA["QUESTION_ANS"], LORA),
    "ia3-qwen2": (cell_heads.QWEN2["CAUSAL_LM"], METHODS["IA3"]),
    "prompt-bloom": (cell_heads.BLOOM["CAUSAL_LM"], METHODS["PROMPT_TUNING"]),
    "lora-roberta": (cell_heads.ROBERTA["SEQ_CLS"], LORA),
    "lora-t5": (cell_heads.T5, LORA),
    "ia3-t5": (cell_heads.T5_GATED, METHODS["IA3"]),
    "prompt-t5": (cell_heads.T5, METHODS["PROMPT_TUNING"]),
    "p-tuning-lstm-t5": (cell_heads.T5, METHODS["P_TUNING-lstm"]),
    # The encoder has three layers, the decoder two.
    "prefix-t5": (cell_heads.T5_GATED, METHODS["PREFIX_TUNING"]),
}


def write(case):
    cell = Cell(CASES[case][0], case, CASES[case][1])
    model = cell.make(torch.float64)
    if case == "adalora-ranked":
        # After its ten steps some ranks are gone, and the configuration says which.
        take_steps(model, cell.forward, cell.learning_rate, allocate)
    write_adapter(model, ADAPTERS / case)


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        # PEFT writes sets as lists, in the order of their hashes.
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | {"PYTHONHASHSEED": "0"})
    check_versions()
    tiny_llama.keep_precision()
    tiny_t5.keep_precision()
    for name in sys.argv[1:] or CASES:
        write(name)
