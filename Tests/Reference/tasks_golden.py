"""Writes Tests/TasksTests/Golden/task_features.json: texts, pairs, words and choices as transformers lays them out.

Made with transformers 4.57.6, tokenizers 0.22.2. Run after tokenizer_golden.py: python tasks_golden.py
"""

import json

from transformers import BertTokenizerFast

from golden import TESTS, check_versions

check_versions()
GOLDEN = TESTS / "TasksTests/Golden"
TOKENIZER = BertTokenizerFast(vocab_file=str(GOLDEN / "vocab.txt"))

TEXTS = [
    ("The café by the river opened in 1985.", None), ("", None), ("the great flood of 2002 and the piano", None),
    ("the river", "the café by the river opened in 1985 and the great flood came in 2002"),
    ("the café by the river opened in 1985 and the great flood came in 2002", "the river"),
    ("the river and the café by the river", "the great flood and the piano by the river"), ("", "the river"), ("the river", ""), ("", ""),
    ("中文字典。", "東京タワーは1958年に完成した。"), ("[SEP] 😀 e\u0301", "\u200b the_river"),
]
SENTENCES = [
    ["The", "café", "opened", "in", "1985", "."], ["\u200b", "river", "\u0007", "floods"], ["great", "unaffable-floods", "of", "2002"],
    ["two words", "中文", "", "river"], ["river"] * 20,
]
CHOICES = [
    ("the café by the river", ["opened in 1985", "the great flood"]), ("the river", ["the great flood of 2002 came by the piano in 1985", "", "x"]),
    ("", ["the river", "the piano"]),
]


def texts(length):
    return [{"text": a, "pair": b, "ids": got["input_ids"][0], "types": got["token_type_ids"][0]}
            # As a batch of one: alone, transformers takes an empty second text for none.
            for a, b in TEXTS for got in [TOKENIZER([a], None if b is None else [b], truncation="longest_first", max_length=length)]]


def sentences(length):
    out = []
    for words in SENTENCES:
        got = TOKENIZER(words, is_split_into_words=True, truncation=True, max_length=length)
        ids = got.word_ids()
        first = [ids.index(w) if w in ids else None for w in range(len(words))]
        out.append({"words": words, "ids": got["input_ids"], "first": first})
    return out


def choices(length):
    out = []
    for context, options in CHOICES:
        got = TOKENIZER([context] * len(options), options, truncation=True, max_length=length)
        out.append({"context": context, "choices": options, "ids": got["input_ids"], "types": got["token_type_ids"]})
    return out


cases = [{"max_seq_length": n, "texts": texts(n), "sentences": sentences(n), "choices": choices(n)} for n in (128, 16, 11, 8)]
(GOLDEN / "task_features.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n", encoding="utf8")
