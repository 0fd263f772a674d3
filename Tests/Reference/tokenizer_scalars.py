"""Prints Sources/Tasks/WordPiece/BertScalars+Tables.swift, the Unicode classes of the BERT tokenizers.

Made with tokenizers 0.22.2. Run: python tokenizer_scalars.py > ../../Sources/Tasks/WordPiece/BertScalars+Tables.swift
Each class is read off the reference's behaviour, scalar by scalar, because its Unicode tables are older than Swift's.
"""

import sys
import textwrap

import tokenizers
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

if tokenizers.__version__ != "0.22.2":
    sys.exit(f"tokenizers is {tokenizers.__version__}; the tables belong to 0.22.2")

SCALARS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]


def normalizer(**options):
    plain = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return BertNormalizer(**{**plain, **options}).normalize_str


def words(c):
    return len(BertPreTokenizer().pre_tokenize_str("a" + chr(c) + "b"))


def boundaries(members):
    """Where membership changes, in order: inside begins at even places, outside at odd ones."""
    out = []
    for c in members:
        if out and out[-1] == c:
            out[-1] = c + 1
        else:
            out += [c, c + 1]
    return out


clean, strip, chinese = normalizer(clean_text=True), normalizer(strip_accents=True), normalizer(handle_chinese_chars=True)
classes = {
    "control": ("Dropped when text is cleaned.", [c for c in SCALARS if clean(chr(c)) == ""]),
    "whitespace": ("Ends a word.", [c for c in SCALARS if words(c) == 2]),
    "punctuation": ("A word of its own.", [c for c in SCALARS if words(c) == 3]),
    "chinese": ("Set apart by spaces.", [c for c in SCALARS if chinese(chr(c)) != chr(c)]),
    "decomposed": ("Taken apart when accents are stripped.", [c for c in SCALARS if strip(chr(c)) not in ("", chr(c))]),
    "accent": ("Dropped when accents are stripped.", [c for c in SCALARS if strip(chr(c)) == ""]),
}

print("// Printed by Tests/Reference/tokenizer_scalars.py (tokenizers 0.22.2); do not edit.\n")
print("extension BertScalars {")
for i, (name, (meaning, members)) in enumerate(classes.items()):
    if i:
        print()
    print(f"    /// {meaning}")
    print(f"    static let {name} = ScalarSet(boundaries: [")
    print(textwrap.fill(", ".join(f"0x{b:X}" for b in boundaries(members)) + ",", 112, initial_indent=" " * 8, subsequent_indent=" " * 8))
    print("    ])")
print("}")
