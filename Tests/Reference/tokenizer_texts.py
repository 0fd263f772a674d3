"""The texts that tiny vocabularies of tokenizers are trained on, and those that they are asked about."""

import random

TRAINING = [
    "the river runs to the sea and the sea runs to the river", "a small boat goes down the river in the morning",
    "the morning was cold, and the boat was small", "he said: there is no boat in the river!", "the seas, the rivers and the boats of 1999",
    "running, runner, runs; going, goer, goes", "In the morning 12 boats were seen; in the evening 7.", "un petit bateau à la rivière, déjà vu",
    "the Boat and the River are old friends, aren't they?", "it's a river, it isn't a sea; they're the same in the end",
    "小船在河里 河水很冷 小船很小", "река и море, море и река", "one two three four five six seven eight nine ten",
]

TEXTS = [
    "", " ", "  ", "\n", "\t\r\n", " \n ", "a", " a", "a ", "  a  ", "the river is the river", "The  Boats   of the\tRivers\n\nrun ",
    "I'm you're he's they've we'll she'd don't can't", "I'M YOU'RE DON'T 's ſ 'ſ", "''s '' ' 's", "12 123 1234 12345 1.5 3,000 ½ ² Ⅳ ٣ 四 a1b2",
    "a.b.c ... !? -- x=y; #hash @at $5 + 3 < 8 ^ ` | ~", "a \t b\n\nc \n d\r\n\r\ne", "x   !   1   \n", "a\u00a0b\u00a0\u00a0c \u00a0 d\u00a0",
    "a\u3000b\u2003c\u202fd\u2028e\u0085f\u200bg\ufeffh\u180ei", "a\u0001c\u007fd\u00ade", "Café CAFÉ cafe\u0301 naïve nai\u0308ve straße İstanbul",
    "\u0301 \u0301a e\u0301\u0302\u0323 q\u0323\u0307 q\u0307\u0323", "ﬁ ǅ ᾳ ① ㎏ ｆｕｌｌ ﷺ Å Ω", "가각 \u1100\u1161\u11a8 한국어", "中文字 日本語テキスト ไทย हिन्दी עִבְרִית العَرَبِيَّة",
    "小船在河里，很小。", "𠀀 𪜀 😀 here😀😀 👩‍👩‍👧 🇩🇪 ❤️", "€5 £3 ¥7 «a» “b” ‘c’ — – …", "▁ ▁▁a ▁ b▁c", "Ġthe Ċ ##er </w>",
    "<s>", "a<s>b", "<s> the <mask> is </s>", " <mask> ", "a  <mask>  b<mask>", "<<mask>>", "x<unk>y <pad>", "<0x41> <0xE4>",
    "a" * 70, "the" * 40, " " * 40 + "x", "\n" * 9 + "x", "é" * 40, "ab" * 60 + "c", "x" * 120, "the river " * 20, "line\nline\n", "\ufffd", "zq zq  jzq",
    "``quoted'' ''x``", "a-b_c d--e__f", "1a2b33 4 55", "foo_bar ａ＿ｂ x\u0301y",
]
WORDS = [["the", "river"], ["The", " spaced", "x ", "", "  ", "don't", "12a", "!"], ["é", "中文", "😀"], ["<s>", "the", "<mask>"]]
PAIRS = [("the river", "is"), ("", "a"), ("a", ""), ("don't", " is it?")]


def texts(seed, count, extra=()):
    """The texts above, and as many that are drawn from their characters."""
    rng = random.Random(seed)
    pool = [c for text in TEXTS for c in text[:60]] + list("  the river's boat  \n" * 12) + ["<s>", "<mask>", "</s>"] + list(extra)
    return TEXTS + ["".join(rng.choice(pool) for _ in range(rng.randrange(1, 24))) for _ in range(count)]
