#!/usr/bin/env python3
"""Makes the plain texts of pretrain-then-tune from the paragraphs of the reading set, all of it invented.

    python3 experiments/data/make_texts.py

`people-*.txt` tells of people and towns, `voyages-*.txt` of ships and fairs; a line is a paragraph. What is scored on comes from the
evaluation set, whose names and half of whose wordings training never shows. The same files give the same bytes.
"""

import json
import pathlib

FOLDER = pathlib.Path(__file__).parent
TEXTS = {"people": ("person", "town"), "voyages": ("ship", "fair")}
PARTS = {"train": "reading-train.json", "eval": "reading-eval.json"}


def main():
    for part, file in PARTS.items():
        data = json.loads((FOLDER / file).read_text(encoding="utf8"))["data"]
        for name, titles in TEXTS.items():
            lines = [paragraph["context"] for article in data if article["title"] in titles
                     for paragraph in article["paragraphs"]]  # fmt: skip
            (FOLDER / f"{name}-{part}.txt").write_text("\n".join(lines) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
