"""Writes Tests/TasksTests/Golden/{vocab.txt,tokenizer.json,tokenizer_cases.json,tokenizer_scalars.json}: WordPiece as the reference does it.

Made with transformers 4.57.6, tokenizers 0.22.2, seed 7. Run: python tokenizer_golden.py
`tokenizer_cases.json` holds for each set of options the token ids and character offsets of every text;
`tokenizer.json` has the same vocabulary and some added tokens, for the set of options named `added`.
"""

import json
import pathlib
import random
import tempfile
import unicodedata

from tokenizers import AddedToken
from tokenizers.normalizers import BertNormalizer
from transformers import BertTokenizerFast

from golden import TESTS, check_versions

check_versions()
GOLDEN = TESTS / "TasksTests/Golden"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = "the token ##izer ##s un ##believ ##able play ##ing river 19 ##85 cafe café naive straße İstanbul istanbul #".split()
MODES = {
    "uncased": {},
    "cased": dict(do_lower_case=False),
    "lower, accents kept": dict(strip_accents=False),
    "cased, accents stripped": dict(do_lower_case=False, strip_accents=True),
    "Chinese unsplit": dict(tokenize_chinese_chars=False),
}
TEXTS = [
    "", " ", "\t\r\n", "The tokenizers", "unbelievable", "Unbelievably", "playing, play-ing!", "don't", "a.b.c", "1985", "19 85",
    "Café CAFÉ cafe\u0301 CAFE\u0301", "naïve na\u00efve nai\u0308ve", "straße STRASSE ẞ", "İstanbul ISTANBUL ıstanbul I\u0307stanbul",
    "ΟΔΟΣ οδός Σ", "Ёлка ёлка е\u0308лка Й", "Æsop œuvre Ø đ ł", "Ǆ ǅ ǆ ﬁ ﬂ", "K Å Ω",
    "中文字", "a中b", "東京タワー", "ガ カ\u3099", "豈 更 車", "漢\u0301字", "㐀䶵 𠀀 𪜀 \U0002b820 \U0002f800",
    "한국어", "가 각", "\u1100\u1161\u11a8", "ไทยกำ", "हिन्दी", "עִבְרִית", "العَرَبِيَّة", "বাংলা ো",
    "a\u0000b", "a\ufffdb", "\u0001a\u0002", "a\u007fb", "a\u0085b", "a\u00adb", "zero\u200bwidth\u200djoin\u200c", "\ufeffbom", "a\u2028b\u2029c",
    "a\u00a0b\u3000c\u2003d\u202fe", "a\u180eb", "a\ue000b", "a\u0378b", "\u200e\u200fab", "tab\ttab", "line\r\nline", "a\u000bb\u000cc",
    "emoji 😀 here", "👩‍👩‍👧 🇩🇪 ❤️", "a😀b", "½ ² ① Ⅳ", "€5 £3 ¥7 ¢", "$5 + 3 = 8 < 9 > ^ ` | ~", "≠ ≮ ≯ =\u0338", "\u037e \u0387 \u1fef",
    "«a» “b” ‘c’ — – … ‐ ‑", "¿que? ¡no! § ¶ ·", "、。「」【】！（）：；？～", "_under_score_", "#hash ##ing", "⁂ ⸮ \u2e43 \u061d",
    "[SEP]", "a[SEP]b", "[CLS] the [MASK] [SEP]", "[sep]", "[MASK][MASK]", "[ MASK ]", "[MASK", "[[MASK]]", "x[UNK]y [PAD]", "[SEP]\u0301",
    "a" * 100, "a" * 101, "é" * 100 + " " + "é" * 101, "e\u0301" * 100, "가" * 50, "가" * 51, "the" * 40, "a" * 99 + "中" + "a" * 99,
    "\u0301", "\u0301a", "a\u0301\u0302\u0303b", "\u0301\u0302", "e\u0301\u0301", "x\u0301 y", "\U0001d15e \U0001d165", "\U00011938", "\u1734a\u1cf7",
    "q\u0323\u0307 q\u0307\u0323", "ậ ặ ộ", "ΐ ΰ ᾳ ᾷ", "ŉ ǰ ẖ", "ſ K µ", "\u0130\u0130", "ᏸ Ꭰ ꭰ", "𐐀 𐐨 𞤀", "ა Ა",
]


def write_vocabulary(texts):
    pieces = set()
    for text in texts:
        for form in (text, unicodedata.normalize("NFD", text)):
            for c in form + form.lower() + "".join(x.lower() for x in form):
                pieces.add(c)
    known = sorted(c for c in pieces if unicodedata.category(c) not in ("Cc", "Zs", "Zl", "Zp", "So") and c not in "qQ字")
    vocabulary = SPECIAL + WORDS + [c for c in known if c not in WORDS] + ["##" + c for c in known]
    (GOLDEN / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf8")


def random_texts(count):
    rng = random.Random(7)
    pool = [c for text in TEXTS for c in text] + list(" aeiou  " * 30) + SPECIAL * 4 + ["\u0301"] * 20
    return ["".join(rng.choice(pool) for _ in range(rng.randrange(1, 24))) for _ in range(count)]


def cases(tokenizer, texts):
    out = []
    for text in texts:
        got = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        out.append({"text": text, "ids": got["input_ids"], "offsets": [x for pair in got["offset_mapping"] for x in pair]})
    return out


texts = TEXTS + random_texts(60)
write_vocabulary(TEXTS)
golden = {}
for name, options in MODES.items():
    golden[name] = cases(BertTokenizerFast(vocab_file=str(GOLDEN / "vocab.txt"), **options), texts)

tokenizer = BertTokenizerFast(vocab_file=str(GOLDEN / "vocab.txt"))
tokenizer.add_tokens([
    AddedToken("Naïve Thing", normalized=True), AddedToken("naive", normalized=True, single_word=True), AddedToken("the", normalized=False, single_word=True),
    AddedToken("<ent>", normalized=False, lstrip=True), AddedToken("<end>", normalized=False, rstrip=True), AddedToken("<ent>x", normalized=False),
    AddedToken("文中", normalized=True), AddedToken("play", normalized=True, lstrip=True, rstrip=True),
])
with tempfile.TemporaryDirectory() as folder:
    tokenizer.save_pretrained(folder)
    (GOLDEN / "tokenizer.json").write_text((pathlib.Path(folder) / "tokenizer.json").read_text(encoding="utf8"), encoding="utf8")
golden["added"] = cases(tokenizer, texts + [
    "a naïve  thing", "NAIVE THING Naïve Thing naïve thing", "naives naive, unnaive naive", "the the. thethe _the the中", "a  <ent> b<ent>", "a <end>  b <end>",
    "<ent>x <ent>y", "文中 文 中 a文中b", "x play  ing playplay", " play  play ", "<ent>  <ent>", "  <ent>  <end>  <ent>", "<end>  <ent>", "the\u0301 the",
])
with open(GOLDEN / "tokenizer_cases.json", "w") as file:
    file.write("{\n" + ",\n".join(f" {json.dumps(name)}: [\n  " + ",\n  ".join(json.dumps(c, separators=(",", ":")) for c in rows) + "]" for name, rows in golden.items()) + "\n}\n")


def scalar_outcomes(lowercase):
    """What every scalar becomes that is changed; Hangul syllables but for some, whose decomposition is a formula."""
    normalize = BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=lowercase).normalize_str
    out = {}
    for c in range(0x110000):
        if 0xD800 <= c <= 0xDFFF or 0xAC00 <= c < 0xD7A4 and c % 97:
            continue
        got = normalize(chr(c))
        if got and got != chr(c):
            out[f"{c:x}"] = " ".join(f"{ord(x):x}" for x in got)
    return out


outcomes = {"uncased": scalar_outcomes(True), "accents stripped": scalar_outcomes(False)}
with open(GOLDEN / "tokenizer_scalars.json", "w") as file:
    json.dump(outcomes, file, separators=(",", ":"))
    file.write("\n")
