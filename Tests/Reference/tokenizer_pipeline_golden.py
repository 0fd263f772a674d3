"""Writes Tests/TasksTests/Golden/pipelines/: tokenizer.json files of every component that is read, and what they make of texts.

Made with transformers 4.57.6, tokenizers 0.22.2, sentencepiece 0.2.3 (protobuf 7.36.2), seed 7. Run: python tokenizer_pipeline_golden.py
Vocabularies are trained on the texts in tokenizer_texts.py. `<name>.json` is a tokenizer.json; `cases.json` holds for each of them the texts'
token ids, character offsets and what the ids decode to, with special tokens and without; pairs with segments; the ids of split words.
`steps.json` holds single steps: what normalizers make of texts, and where pre-tokenizers cut them.
`*.model` are SentencePiece models, with what LlamaTokenizerFast and T5TokenizerFast make of them.
"""


import io
import json
import pathlib
import shutil
import sys
import tempfile

import sentencepiece
import tokenizers
from sentencepiece import sentencepiece_model_pb2 as spm
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import LlamaTokenizerFast, T5TokenizerFast

import tokenizer_training
from golden import TESTS, check_versions
from tokenizer_texts import PAIRS, TEXTS, TRAINING, WORDS, texts
from tokenizer_training import byte_pairs, parts, pieces_of

check_versions()
if (tokenizers.__version__, sentencepiece.__version__) != ("0.22.2", "0.2.3"):
    sys.exit("these golden files belong to tokenizers 0.22.2 and sentencepiece 0.2.3")
FOLDER = TESTS / "TasksTests/Golden/pipelines"
SPECIAL = ["<unk>", "<s>", "</s>", "<pad>", "<mask>"]
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
BLOOM = r" ?[^(\s|[.,!?…。，、।۔،])]+"
CASES = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
CLIP = r"""<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"""


def bpe(size, pre=None, norm=None, alphabet=(), trained=None, **options):
    prefix, suffix = (options.get(key, "") for key in ("continuing_subword_prefix", "end_of_word_suffix"))
    counts = pieces_of(TRAINING, trained or pre, norm)
    vocab, merges = byte_pairs(counts, SPECIAL + sorted(alphabet), size, prefix, suffix)
    if options.get("byte_fallback"):
        for byte in range(256):
            vocab.setdefault(f"<0x{byte:02X}>", len(vocab))
    return built(models.BPE(vocab=vocab, merges=merges, unk_token="<unk>", **options), pre, norm)


def unigram(size, pre=None, norm=None, byte_fallback=False, trained=None):
    vocab = tokenizer_training.unigram(pieces_of(TRAINING, trained or pre, norm), SPECIAL, size)
    if byte_fallback:
        vocab += [(f"<0x{byte:02X}>", -20.0) for byte in range(256)]
    return built(models.Unigram(vocab, 0, byte_fallback), pre, norm)


def words(kind, pre, norm=None):
    """WordPiece of words and their parts, or WordLevel of words, as the pre-tokenizer cuts them."""
    counts = pieces_of(TRAINING, pre, norm)
    if kind == "WordLevel":
        tokens = SPECIAL + sorted(counts, key=lambda word: (-counts[word], word))[:70]
        return built(models.WordLevel({t: i for i, t in enumerate(tokens)}, unk_token="<unk>"), pre, norm)
    tokens = SPECIAL + parts(counts, 160, 6, "##")[0]
    return built(models.WordPiece({t: i for i, t in enumerate(tokens)}, unk_token="<unk>", max_input_chars_per_word=50), pre, norm)


def built(model, pre, norm):
    tokenizer = Tokenizer(model)
    if norm:
        tokenizer.normalizer = norm
    if pre:
        tokenizer.pre_tokenizer = pre
    return tokenizer


def template(single, pair, tokenizer):
    names = [t for t in SPECIAL if t in pair or t in single]
    return processors.TemplateProcessing(single=single, pair=pair, special_tokens=[(t, tokenizer.token_to_id(t)) for t in names])


def charsmap():
    """A small table of characters, as SentencePiece makes it of rules."""
    rules = {
        "\ufb01": "fi", "\u2460": "1", "\u3000": " ", "\t": " ", "\n": " ", "\u00a0": " ", "\u212b": "\u00c5", "e\u0301": "\u00e9", "\ufdfa": "\u0635\u0644 \u0644\u0647",
        "\u200b": "", "\u2026": "...", "\u00bd": " 1/2", "\u0130": "I", "\uff46": "f",
    }
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "rules.tsv"
        path.write_text("".join(f"{' '.join(f'{ord(c):X}' for c in old)}\t{' '.join(f'{ord(c):X}' for c in new)}\n" for old, new in sorted(rules.items())))
        return train_spm("unigram", 90, normalization_rule_tsv=str(path), pad_id=0, eos_id=1, unk_id=2, bos_id=-1)


def train_spm(kind, size, **options):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TRAINING), model_writer=model, model_type=kind, vocab_size=size, num_threads=1, minloglevel=2, hard_vocab_limit=False, **options)
    proto = spm.ModelProto()
    proto.ParseFromString(model.getvalue())
    proto.normalizer_spec.normalization_rule_tsv = proto.trainer_spec.model_prefix = ""  # a folder that is gone
    return proto.SerializeToString(deterministic=True)


def map_of(model):
    proto = spm.ModelProto()
    proto.ParseFromString(model)
    return proto.normalizer_spec.precompiled_charsmap


def cases(tokenizer, seed, count=25, with_words=True):
    rows = []
    for text in texts(seed, count):
        got = tokenizer.encode(text, add_special_tokens=False)
        row = {"text": text, "ids": got.ids, "offsets": [x for pair in got.offsets for x in pair], "decoded": tokenizer.decode(got.ids, skip_special_tokens=False)}
        plain = tokenizer.decode(got.ids)
        if plain != row["decoded"]:
            row["plain"] = plain
        rows.append(row)
    single = [{"text": a, "ids": tokenizer.encode(a).ids} for a, _ in PAIRS]
    both = [{"texts": list(p), "ids": tokenizer.encode(*p).ids, "types": tokenizer.encode(*p).type_ids} for p in PAIRS]
    split = []
    for list_ in WORDS if with_words else []:
        got = tokenizer.encode(list_, is_pretokenized=True, add_special_tokens=False)
        split.append({"words": list_, "ids": [[i for i, w in zip(got.ids, got.word_ids) if w == place] for place in range(len(list_))]})
    return {"texts": rows, "single": single, "pairs": both, "words": split}


def llama_old():
    norm = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    t = bpe(150, norm=norm, trained=pre_tokenizers.Metaspace(), byte_fallback=True, fuse_unk=True)
    t.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    t.add_special_tokens([AddedToken("<s>", normalized=True), AddedToken("</s>", normalized=False), AddedToken("<mask>", normalized=False, lstrip=True, rstrip=True)])
    t.post_processor = template("<s> $A", "<s> $A <s>:1 $B:1", t)
    return t


def llama_new():
    t = bpe(150, pre=pre_tokenizers.Metaspace(prepend_scheme="first", split=False), trained=pre_tokenizers.Metaspace(), fuse_unk=True)
    t.decoder = decoders.Metaspace(prepend_scheme="first")
    t.add_special_tokens(["<s>", "</s>"])
    t.add_tokens([AddedToken("<mask>", normalized=False), AddedToken("river", single_word=True)])
    t.post_processor = template("<s> $A </s>", "<s> $A </s> $B </s>", t)
    return t


def llama3():
    pre = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(LLAMA3), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    t = bpe(330, pre=pre, alphabet=pre_tokenizers.ByteLevel.alphabet(), ignore_merges=True)
    t.decoder = decoders.ByteLevel()
    t.add_special_tokens(["<s>", "</s>", "<mask>"])
    t.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=True, add_prefix_space=False), template("<s> $A", "<s> $A <s>:1 $B:1", t)])
    return t


def byte_nfc():
    t = bpe(330, pre=pre_tokenizers.ByteLevel(add_prefix_space=True), norm=normalizers.NFC(), alphabet=pre_tokenizers.ByteLevel.alphabet())
    t.decoder = decoders.ByteLevel()
    t.add_special_tokens(["<s>", "</s>"])
    t.add_tokens([AddedToken("<mask>", lstrip=True, normalized=True)])
    t.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 1), trim_offsets=True, add_prefix_space=True)
    return t


def clip():
    norm = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    pre = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(CLIP), "removed", invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    t = bpe(400, norm=norm, pre=pre, alphabet=pre_tokenizers.ByteLevel.alphabet(), end_of_word_suffix="</w>")
    t.decoder = decoders.BPEDecoder(suffix="</w>")
    t.add_special_tokens(["<s>", "</s>"])
    t.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 1), trim_offsets=False, add_prefix_space=False)
    return t


def t5():
    norm = normalizers.Sequence([normalizers.Precompiled(map_of(charsmap())), normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), "▁")])
    t = unigram(120, norm=norm, pre=pre_tokenizers.Metaspace())
    t.decoder = decoders.Metaspace()
    t.add_special_tokens([AddedToken("<s>", normalized=False), AddedToken("</s>", normalized=False), AddedToken("<mask>", rstrip=True, normalized=False)])
    t.post_processor = template("$A </s>", "$A </s> $B </s>", t)
    return t


def albert():
    norm = normalizers.Sequence([normalizers.Replace("``", '"'), normalizers.Replace("''", '"'), normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()])
    t = unigram(110, norm=norm, pre=pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="always")]))
    t.decoder = decoders.Metaspace()
    t.add_special_tokens(["<s>", "</s>"])
    t.post_processor = template("<s> $A </s>", "<s> $A </s> $B:1 </s>:1", t)
    return t


def unigram_bytes():
    t = unigram(110, pre=pre_tokenizers.Metaspace(prepend_scheme="never", split=False), trained=pre_tokenizers.Metaspace(), byte_fallback=True)
    t.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace(prepend_scheme="never")])
    t.post_processor = processors.BertProcessing(("</s>", 2), ("<s>", 1))
    return t


def pieces():
    norm = normalizers.Sequence([normalizers.NFKC(), normalizers.Strip()])
    t = words("WordPiece", pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Punctuation(), pre_tokenizers.Digits()]), norm)
    t.decoder = decoders.WordPiece()
    t.add_special_tokens([AddedToken("<s>"), AddedToken("<mask>", lstrip=True)])
    t.post_processor = template("<s> $A", "<s> $A $B:1", t)
    return t


def levels():
    norm = normalizers.Sequence([normalizers.BertNormalizer(lowercase=True, strip_accents=False), normalizers.NFD()])
    t = words("WordLevel", pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("merged_with_previous")]), norm)
    return t


def prefixed():
    t = bpe(150, pre=pre_tokenizers.Sequence([pre_tokenizers.CharDelimiterSplit("_"), pre_tokenizers.BertPreTokenizer(), pre_tokenizers.Digits(individual_digits=True)]), continuing_subword_prefix="##")
    t.decoder = decoders.WordPiece(cleanup=False)
    t.add_special_tokens(["<s>", "</s>"])
    return t


def characters():
    vocab = {c: i for i, c in enumerate(["<unk>", "<|endoftext|>", "<mask>"] + sorted(set("".join(TRAINING))))}
    t = Tokenizer(models.BPE(vocab=vocab, merges=[], unk_token="<unk>"))
    t.decoder = decoders.Fuse()
    t.add_special_tokens(["<unk>", "<|endoftext|>", "<mask>"])
    return t


def steps():
    """What single components make of each text."""
    charmap = map_of(charsmap())
    norms = {
        "nfc": normalizers.NFC(), "nfd": normalizers.NFD(), "nfkc": normalizers.NFKC(), "nfkd": normalizers.NFKD(), "lower": normalizers.Lowercase(),
        "accents": normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents()]), "strip": normalizers.Strip(), "left": normalizers.Strip(right=False),
        "prepend": normalizers.Prepend("▁x"), "replace": normalizers.Replace("the", "a b c"), "gone": normalizers.Replace(Regex("[aeiou]"), ""),
        "bert": normalizers.BertNormalizer(), "map": normalizers.Precompiled(charmap),
    }
    splits = {
        "gpt2": (GPT2, "isolated", False), "llama3": (LLAMA3, "isolated", False), "qwen2": (QWEN2, "isolated", False), "bloom": (BLOOM, "isolated", False),
        "cases": (CASES, "removed", True), "clip": (CLIP, "removed", True), "digits": (r"\d{1,3}", "contiguous", False),
        "space previous": (r"\s", "merged_with_previous", False), "space next": (r"\s", "merged_with_next", False), "space contiguous": (r"\s", "contiguous", False),
        "space removed": (r"\s+", "removed", False), "lazy": (r"[a-z]+?e|[^a-z]{2,}", "isolated", False), "possessive": (r"(?:ab)++c|a*+b?", "isolated", False),
        "words": (r"\w+|[^\w\s]+", "removed", True), "classes": (r"[^a-m\s[0-9]]+|\p{Lu}\P{L}|[\-\]x]", "isolated", False), "empty": (r"", "isolated", False),
        "ends": (r"^\s*a|e$", "isolated", False), "not": (r"(?!the)[a-z]{3}", "isolated", False), "group": (r"(?:he|th|ri){1,2}v?|(a|b)c*", "isolated", False),
    }
    pres = {
        "bert": pre_tokenizers.BertPreTokenizer(), "whitespace": pre_tokenizers.Whitespace(), "split": pre_tokenizers.WhitespaceSplit(), "digits": pre_tokenizers.Digits(),
        "each digit": pre_tokenizers.Digits(individual_digits=True), "bytes": pre_tokenizers.ByteLevel(), "bytes whole": pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        "meta": pre_tokenizers.Metaspace(), "meta first": pre_tokenizers.Metaspace("_", "first", False), "meta never": pre_tokenizers.Metaspace(prepend_scheme="never"),
        "delimiter": pre_tokenizers.CharDelimiterSplit("-"),
    }
    for behavior in ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]:
        pres[f"punctuation {behavior}"] = pre_tokenizers.Punctuation(behavior)
    out = {"normalizers": {}, "splitters": {}}
    for name, step in norms.items():
        out["normalizers"][name] = {"step": json.loads(step.__getstate__()), "texts": [step.normalize_str(t) for t in TEXTS]}
    for name, (pattern, behavior, invert) in splits.items():
        pres[name] = pre_tokenizers.Split(Regex(pattern), behavior, invert)
    pres["literal"] = pre_tokenizers.Split("he", "merged_with_next")
    for name, step in pres.items():
        rows = [[[piece, *place] for piece, place in step.pre_tokenize_str(t)] for t in TEXTS]
        out["splitters"][name] = {"step": json.loads(step.__getstate__()), "texts": rows}
    return out


def spm_cases():
    """Models of SentencePiece, and what transformers' fast tokenizers make of them.

    `add_prefix_space` is given: without it the conversion takes None for false, which the slow tokenizers do not.
    """
    files = {
        "bpe.model": train_spm("bpe", 400, byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False, user_defined_symbols=["<mask>"], split_digits=True),
        "unigram.model": charsmap(),
    }
    out = {}
    for name, data in files.items():
        (FOLDER / name).write_bytes(data)
    for name, file, make in [
        ("llama", "bpe.model", lambda f: LlamaTokenizerFast(vocab_file=f, add_prefix_space=True)),
        ("llama new", "bpe.model", lambda f: LlamaTokenizerFast(vocab_file=f, add_prefix_space=True, legacy=False, add_eos_token=True)),
        ("llama unspaced", "bpe.model", lambda f: LlamaTokenizerFast(vocab_file=f, add_prefix_space=False, add_bos_token=False)),
        ("t5", "unigram.model", lambda f: T5TokenizerFast(vocab_file=f, add_prefix_space=True)),
        ("t5 new", "unigram.model", lambda f: T5TokenizerFast(vocab_file=f, add_prefix_space=True, legacy=False, extra_ids=7)),
    ]:
        tokenizer = make(str(FOLDER / file))
        out[name] = cases(tokenizer.backend_tokenizer, 7, 25, with_words=name in ("llama", "t5"))
        if name == "llama":
            assert tokenizer.backend_tokenizer.model.byte_fallback
    return out


def write(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace('},{"text"', '},\n{"text"').replace('"},"', '"},\n"') + "\n", encoding="utf8")


shutil.rmtree(FOLDER, ignore_errors=True)
FOLDER.mkdir()
golden = {}
for seed, make in enumerate([llama_old, llama_new, llama3, byte_nfc, clip, t5, albert, unigram_bytes, pieces, levels, prefixed, characters]):
    tokenizer, name = make(), make.__name__
    write(FOLDER / f"{name}.json", json.loads(tokenizer.to_str()))
    golden[name] = cases(Tokenizer.from_file(str(FOLDER / f"{name}.json")), seed, with_words=name not in ("llama3", "unigram_bytes"))
write(FOLDER / "cases.json", golden)
write(FOLDER / "steps.json", steps())
write(FOLDER / "models.json", spm_cases())
