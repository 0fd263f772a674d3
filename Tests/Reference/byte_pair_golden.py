"""Writes Tests/TasksTests/Golden/byte-pairs/ and byte_pair_cases.json: byte-level BPE as the reference does it, and what WordPiece decodes.

Made with transformers 4.57.6, tokenizers 0.22.2, seed 7. Run: python byte_pair_golden.py (after tokenizer_golden.py)
The vocabulary is trained on the texts below: six special tokens, 256 bytes, 300 merges. For each set of options a case holds the text's
token ids, character offsets and what the ids decode to; `single`, `pairs` and `words` hold ids with special tokens, and of split words.
"""

import json
import pathlib
import random
import shutil
import tempfile

from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import BertTokenizerFast, GPT2TokenizerFast, PreTrainedTokenizerFast, RobertaTokenizerFast

from golden import TESTS, check_versions

check_versions()
GOLDEN = TESTS / "TasksTests/Golden"
FOLDER = GOLDEN / "byte-pairs"
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "<|endoftext|>"]
TEXTS = [
    "", " ", "  ", "\n", "\t\r\n", " \n ", "a", " a", "a ", "  a  ", "the river is the river", "The tokenizers of the rivers", "unbelievably unbelievable",
    "I'm you're he's they've we'll she'd don't can't", "I'M YOU'RE DON'T", "'s 't 're 've 'm 'll 'd 'x '", "''s '' ' 's", "don't've'd'm're't'", "’s don’t",
    "12 123 1234 12345 1.5 3,000 ½ ² Ⅳ ٣ 四 a1b2", "a.b.c ... !? -- x=y; #hash @at $5 + 3 = 8 < 9 > ^ ` | ~", "a  b   c    d", "a \t b\n\nc \n d\r\n\r\ne", "x   !   1   \n",
    "a\u00a0b\u00a0\u00a0c \u00a0 d\u00a0", "\u00a0x", "a\u3000b\u2003c\u202fd\u2028e\u0085f\u200bg\ufeffh\u180ei", "a\u0000b\u0001c\u007fd\u00ade",
    "Café CAFÉ cafe\u0301 naïve nai\u0308ve straße İstanbul", "\u0301 \u0301a e\u0301\u0302\u0303", "中文字 日本語テキスト 한국어 ไทย हिन्दी עִבְרִית العَرَبِيَّة", "中 文", "𠀀 𪜀",
    "emoji 😀 here😀😀 👩‍👩‍👧 🇩🇪 ❤️", "€5 £3 ¥7 «a» “b” ‘c’ — – …", "<s>", "a<s>b", "<s> the <mask> is </s>", "<mask>", " <mask> ", "a  <mask>  b<mask>", "<|endoftext|>",
    "the<|endoftext|>the", " <|endoftext|> ", "<|endoftext", "<<mask>>", "x<unk>y <pad>", "a" * 70, "the" * 40, " " * 40 + "x", "\n" * 9 + "x", "é" * 40, "ab" * 90 + "c",
    "Ġthe Ċ", "\U000e0001 \ue000 \u0378", "line\nline\n", "\ufffd", "ﬁ ǅ ᾳ",
]
WORDS = [["the", "river"], ["The", " spaced", "x ", "", "  ", "don't", "12a", "!"], ["é", "中文", "😀"], ["", "a"], ["<s>", "the", "<mask>", "<|endoftext|>x"], ["\t", "\u00a0a", "a b"]]
PAIRS = [("the river", "is"), ("", "a"), ("a", ""), ("don't", " is it?")]


def random_texts(count):
    rng = random.Random(7)
    pool = [c for text in TEXTS for c in text[:60]] + list("  the river is'  \n" * 12) + SPECIAL
    return ["".join(rng.choice(pool) for _ in range(rng.randrange(1, 24))) for _ in range(count)]


def train():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=562, initial_alphabet=alphabet, special_tokens=SPECIAL, show_progress=False)
    tokenizer.train_from_iterator(TEXTS * 2, trainer)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    tokenizer.model.save(str(FOLDER))
    return str(FOLDER / "vocab.json"), str(FOLDER / "merges.txt")


def cases(tokenizer, texts, words, pairs):
    rows = []
    for text in texts:
        got = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        ids = got["input_ids"]
        rows.append({"text": text, "ids": ids, "offsets": [x for pair in got["offset_mapping"] for x in pair], "decoded": tokenizer.decode(ids)})
    split = [{"words": w, "ids": split_ids(tokenizer, w)} for w in words]
    single = [{"text": a, "ids": tokenizer(a)["input_ids"]} for a, _ in pairs]
    both = []
    for a, b in pairs:
        got = tokenizer([a], [b], return_token_type_ids=True)  # in a batch an empty second text is one
        both.append({"texts": [a, b], "ids": got["input_ids"][0], "types": got["token_type_ids"][0]})
    return {"texts": rows, "words": split, "single": single, "pairs": both}


def split_ids(tokenizer, words):
    """The ids of each word."""
    out = [[] for _ in words]
    got = tokenizer(words, is_split_into_words=True, add_special_tokens=False)
    for word, token in zip(got.word_ids(), got["input_ids"]):
        out[word].append(token)
    return out


def added(tokenizer):
    tokenizer.add_tokens([
        AddedToken("Naïve Thing"), AddedToken("naive", single_word=True), AddedToken("<ent>", normalized=False, lstrip=True),
        AddedToken("<end>", normalized=False, rstrip=True), AddedToken("<ent>x", normalized=False), AddedToken("文中"), AddedToken("play", lstrip=True, rstrip=True),
    ])
    return tokenizer


vocabulary, merges = train()
files = dict(vocab_file=vocabulary, merges_file=merges)
texts = TEXTS + random_texts(60)
extra = [
    "a Naïve Thing naive", "naives naive, unnaive naive", "a  <ent> b<ent>", "a <end>  b <end>", "<ent>x <ent>y", "文中 文 中 a文中b", "x play  ing playplay", " play  play ",
    "<ent>  <ent>", "  <ent>  <end>  <ent>", "<end>  <ent>", "\u00a0<ent>\u00a0x<end>\u00a0", "the <ent>the<end> the",
]
golden = {
    "gpt2": cases(GPT2TokenizerFast(**files), texts, [], PAIRS),
    "gpt2 spaced": cases(GPT2TokenizerFast(**files, add_prefix_space=True), texts, WORDS, PAIRS),
    "gpt2 begun": cases(GPT2TokenizerFast(**files, add_bos_token=True), TEXTS[:20], [], PAIRS),
    "roberta": cases(RobertaTokenizerFast(**files), texts, [], PAIRS),
    "roberta spaced": cases(RobertaTokenizerFast(**files, add_prefix_space=True), texts, WORDS, PAIRS),
    "bert": cases(BertTokenizerFast(vocab_file=str(GOLDEN / "vocab.txt")), texts, WORDS, PAIRS),
    "bert, pieces cleaned": cases(
        BertTokenizerFast(vocab_file=str(GOLDEN / "vocab.txt"), clean_up_tokenization_spaces=False), TEXTS, [], []),
}
for row in golden["gpt2"]["pairs"]:
    row["types"] = [0] * len(row["ids"])  # GPT-2 has no segments
for row in golden["gpt2 spaced"]["pairs"]:
    row["types"] = [0] * len(row["ids"])
with tempfile.TemporaryDirectory() as folder:
    added(GPT2TokenizerFast(**files)).save_pretrained(folder)
    file = json.loads((pathlib.Path(folder) / "tokenizer.json").read_text(encoding="utf8"))
(FOLDER / "tokenizer.json").write_text(json.dumps(file, ensure_ascii=False) + "\n", encoding="utf8")
for name, pre, post in [
    ("added", dict(add_prefix_space=False), None),
    ("added, trimmed", dict(add_prefix_space=True), processors.ByteLevel(add_prefix_space=True, trim_offsets=True)),
    ("added, trimmed, unspaced", dict(add_prefix_space=True), processors.ByteLevel(add_prefix_space=False, trim_offsets=True)),
    ("added, unsplit", dict(add_prefix_space=False, use_regex=False), None),
]:
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(**pre)
    if post:
        tokenizer.post_processor = post
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, add_prefix_space=pre["add_prefix_space"])
    golden[name] = cases(fast, (texts if name == "added" else TEXTS) + extra, WORDS if pre["add_prefix_space"] else [], [])
# Indices that end inside of a scalar, or that no token has.
golden["broken"] = [
    {"ids": x, "decoded": Tokenizer.from_file(str(FOLDER / "tokenizer.json")).decode(x, skip_special_tokens=False)}
    for x in [[100], [150, 200, 250], [7, 230, 8], [100000, 40], list(range(6, 262)), list(range(261, 5, -1))]
]
with open(GOLDEN / "byte_pair_cases.json", "w") as file:
    rows = []
    for name, value in golden.items():
        lists = value.items() if isinstance(value, dict) else [(None, value)]
        parts = [(f"{json.dumps(key)}: " if key else "") + "[\n  " + ",\n  ".join(json.dumps(c, separators=(",", ":")) for c in part) + "]" for key, part in lists]
        rows.append(f" {json.dumps(name)}: " + ("{" + ",\n ".join(parts) + "}" if isinstance(value, dict) else parts[0]))
    file.write("{\n" + ",\n".join(rows) + "\n}\n")
