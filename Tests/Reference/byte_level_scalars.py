"""Prints Sources/Tasks/BytePairs/BytePairScalars.swift, the Unicode classes by which byte-level tokenizers split.

Made with tokenizers 0.22.2. Run: python byte_level_scalars.py > ../../Sources/Tasks/BytePairs/BytePairScalars.swift
Each class is read off the reference's behaviour, scalar by scalar, since its Unicode version need not be Swift's.
"""

import sys
import textwrap

import tokenizers
from tokenizers.pre_tokenizers import ByteLevel

if tokenizers.__version__ != "0.22.2":
    sys.exit(f"tokenizers is {tokenizers.__version__}; the tables belong to 0.22.2")

SCALARS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
SPLIT = ByteLevel(add_prefix_space=False)


def joins(start, c):
    """Whether the scalar stands in one piece with `start`."""
    return len(SPLIT.pre_tokenize_str(start + chr(c))) == 1


def boundaries(members):
    """Where membership changes, in order: inside begins at even places, outside at odd ones."""
    out = []
    for c in members:
        if out and out[-1] == c:
            out[-1] = c + 1
        else:
            out += [c, c + 1]
    return out


letters = [c for c in SCALARS if joins("a", c)]
numbers = [c for c in SCALARS if joins("1", c)]
others = {c for c in SCALARS if joins("!", c)}
known = set(letters) | set(numbers) | others
classes = {
    "letter": ("Part of a word.", letters),
    "number": ("Part of a number.", numbers),
    "space": ("White space.", [c for c in SCALARS if c not in known]),
}

print("// Printed by Tests/Reference/byte_level_scalars.py (tokenizers 0.22.2); do not edit.\n")
print("/// The Unicode classes by which byte-level tokenizers split a text; they are the reference's.")
print("enum BytePairScalars {")
for i, (name, (meaning, members)) in enumerate(classes.items()):
    if i:
        print()
    print(f"    /// {meaning}")
    print(f"    static let {name} = ScalarSet(boundaries: [")
    print(textwrap.fill(", ".join(f"0x{b:X}" for b in boundaries(members)) + ",", 112, initial_indent=" " * 8, subsequent_indent=" " * 8))
    print("    ])")
print("}")
