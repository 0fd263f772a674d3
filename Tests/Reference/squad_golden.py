"""Writes Tests/TasksTests/Golden/{squad.json,squad_windows.json,squad_answers.json,squad_scores.json}.

Made with transformers 4.57.6, tokenizers 0.22.2, numpy 2.4.6, seed 7. Run after tokenizer_golden.py: python squad_golden.py
The questions are of our own making. Windows come from the fast tokenizer's truncation; the search follows transformers'
question-answering example (utils_qa.py); scores are put together, as the
scripts of v1.1 and v2.0 do, from transformers.data.metrics.squad_metrics; accepted answers that normalise to nothing are kept,
as in the scores that were published for v2.0's predictions.
"""

import json

import numpy as np
from transformers import BertTokenizerFast
from transformers.data.metrics.squad_metrics import compute_exact, compute_f1, get_tokens, normalize_answer

from golden import TESTS, check_versions

check_versions()
GOLDEN = TESTS / "TasksTests/Golden"
TOKENIZER = BertTokenizerFast(vocab_file=str(GOLDEN / "vocab.txt"))

CONTEXTS = [
    ("The café by the river opened in 1985. Its owner, Zoë Weiß, played the piano there until the great flood of 2002.", [
        ("  When did the café open?", ["1985"]), ("Who owned it?", ["Zoë Weiß", "Weiß"]), ("What came in 2002?", ["the great flood", "flood"]),
        ("Which token?", ["98"]), ("What is the first word?", ["The"]), ("What is the last word?", ["2002."]), ("Who sang?", [])]),
    ("中文字典。東京タワーは1958年に完成した。高さは333メートル。", [("東京タワーはいつ完成?", ["1958年"]), ("高さは?", ["333メートル"]), ("何?", ["中文"])]),
    (" \u200bAn emoji 😀 and [SEP] and e\u0301 stand here,  with  two spaces \u0007 ", [
        ("Which emoji?", ["😀"]), ("Which token?", ["[SEP]"]), ("Which accent?", ["e\u0301", "\u0301"]), ("How many spaces?", ["two spaces", " two", "  "]), ("Ends how?", ["\u0007"])]),
    ("x", [("x?", ["x"]), ("y?", [])]),
]


def data_set():
    paragraphs = []
    for c, (context, questions) in enumerate(CONTEXTS):
        qas = [{"id": f"q{c}-{i}", "question": q, "is_impossible": not a, "answers": [{"text": t, "answer_start": context.index(t)} for t in a]}
               for i, (q, a) in enumerate(questions)]
        paragraphs.append({"context": context, "qas": qas})
    return {"version": "v2.0", "data": [{"title": "one", "paragraphs": paragraphs[:1]}, {"title": "others", "paragraphs": paragraphs[1:]}]}


def questions(data):
    return [(p["context"], q) for article in data["data"] for p in article["paragraphs"] for q in p["qas"]]


def windows(data, max_length, stride):
    out = []
    for index, (context, q) in enumerate(questions(data)):
        got = TOKENIZER(q["question"].lstrip(), context, truncation="only_second", max_length=max_length, stride=stride,
                        return_overflowing_tokens=True, return_offsets_mapping=True)
        whole = TOKENIZER(context, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
        for i, ids in enumerate(got["input_ids"]):
            offsets = got["offset_mapping"][i]
            inside = [j for j, s in enumerate(got.sequence_ids(i)) if s == 1]
            start = end = 0
            if q["answers"]:
                first = q["answers"][0]["answer_start"]
                last = first + len(q["answers"][0]["text"])
                # Stripped marks and white space at the ends of an answer belong to no token; the example would take the next one.
                first = max(first, min((s for s, e in whole if e > first), default=last))
                last = min(last, max((e for s, e in whole if s < last), default=first))
                if first < last and offsets[inside[0]][0] <= first and offsets[inside[-1]][1] >= last:
                    start = max(j for j in inside if offsets[j][0] <= first)
                    end = min(j for j in inside if offsets[j][1] >= last)
            out.append({"question": index, "ids": ids, "types": got["token_type_ids"][i], "label": [start, end], "start": inside[0],
                        "offsets": [x for j in inside for x in offsets[j]]})
    return out


def search(context, features, n_best, longest, threshold):
    """The best answer of one question, as utils_qa.py finds it; (text, null odds)."""
    null, found = None, []
    for f in features:
        start, end, offsets = f["logits"][0], f["logits"][1], f["map"]
        if null is None or start[0] + end[0] < null:
            null = start[0] + end[0]
        for s in np.argsort(start)[-1:-n_best - 1:-1].tolist():
            for e in np.argsort(end)[-1:-n_best - 1:-1].tolist():
                if offsets[s] is not None and offsets[e] is not None and s <= e < s + longest:
                    found.append((start[s] + end[e], context[offsets[s][0]:offsets[e][1]], start[s], end[e]))
    if threshold is not None:
        found.append((null, "", *([null / 2] * 2)))
    found = sorted(found, key=lambda x: x[0], reverse=True)[:n_best]
    if threshold is not None and not any(x[1] == "" for x in found):
        found.append((null, "", null / 2, null / 2))
    if not found or len(found) == 1 and found[0][1] == "":
        found.insert(0, (np.float32(0), "empty", np.float32(0), np.float32(0)))
    if threshold is None:
        return found[0][1], None
    best = next(x for x in found if x[1] != "")
    odds = null - best[2] - best[3]
    return ("" if odds > threshold else best[1]), float(odds)


def answers(data):
    rng = np.random.default_rng(7)
    rows = questions(data)
    grouped = [[] for _ in rows]
    logits = []
    for w in windows(data, 48, 10):
        length, start = len(w["ids"]), w["start"]
        # No two alike, so that the order among equals does not matter; in 1/1024, so that they are written exactly.
        scores = rng.choice(8192, size=(2, length), replace=False) - 4096
        if rng.random() < 0.5:
            scores[:, 0] += 4096
        if rng.random() < 0.1:
            scores[:, :start] += 8192
        logits.append(scores.tolist())
        pairs = list(zip(w["offsets"][::2], w["offsets"][1::2]))
        grouped[w["question"]].append({"logits": np.float32(scores) / np.float32(1024), "map": [None] * start + pairs + [None]})
    out = []
    for n_best, longest, threshold in [(20, 30, None), (5, 4, None), (1, 1, None), (20, 30, 0.0), (20, 30, -1.5), (3, 8, 2.0)]:
        found = [search(context, features, n_best, longest, threshold) for (context, _), features in zip(rows, grouped)]
        out.append({"n_best_size": n_best, "max_answer_length": longest, "threshold": threshold, "texts": [x[0] for x in found], "odds": [x[1] for x in found]})
    return {"logits": logits, "searches": out}


PAIRS = [
    ("the river", ["river"]), ("The River!", ["a river", "the sea"]), ("river bank", ["river", "bank river"]), ("", ["river"]), ("river", []), ("", []),
    ("the", ["a"]), ("the", ["river"]), ("...", ["!"]), ("a", ["a", "an apple"]), ("an apple a day", ["apple day", "the day"]), ("U.S.", ["US"]), ("don't", ["dont"]),
    ("$5,000", ["5000"]), ("19th-century", ["19th century"]), ("the-river", ["river"]), ("théâtre", ["the\u0301a\u0302tre"]), ("a\u0301", ["\u0301"]), ("the\u2019s", ["\u2019s"]),
    ("ΟΔΟΣ", ["οδος", "οδοσ"]), ("ΟΔΟΣ", ["οδοσ"]), ("Σ", ["σ"]), ("ΑΣ'Α", ["ασα"]), ("Α.Σ.", ["ας"]), ("İstanbul", ["i̇stanbul"]), ("STRASSE", ["straße"]), ("1958年", ["1958"]), ("东京 塔", ["东京塔"]),
    ("a\u001cb", ["a b"]), ("a\u00a0b\u3000c", ["a b c"]), ("a\u200bb", ["a b"]), ("x  y\n z", ["x y z"]), ("the_river", ["river"]), ("½ the ½", ["½ ½"]), ("x a² y", ["x ² y"]), ("“the river”", ["river"]),
    ("to be or not to be", ["not to be", "be be or"]), ("b b b", ["b b"]), ("Ⅳ the Ⅷ", ["ⅳ ⅷ"]), ("ａ river", ["river"]),
]


def v1(prediction, golds):
    def f1(gold):
        a, b = get_tokens(prediction), get_tokens(gold)
        common = sum(min(a.count(w), b.count(w)) for w in set(a))
        return 2 * common / (len(a) + len(b)) if common else 0.0
    return [max((compute_exact(g, prediction) for g in golds), default=0), max((f1(g) for g in golds), default=0.0)]


def v2(prediction, golds):
    golds = golds or [""]
    return [max(compute_exact(g, prediction) for g in golds), max(compute_f1(g, prediction) for g in golds)]


def write(name, value):
    (GOLDEN / name).write_text(json.dumps(value, separators=(",", ":")) + "\n")


data = data_set()
(GOLDEN / "squad.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf8")
write("squad_windows.json", [{"max_seq_length": m, "doc_stride": s, "windows": windows(data, m, s)} for m, s in [(384, 128), (48, 10), (40, 0), (56, 24)]])
write("squad_answers.json", answers(data))
write("squad_scores.json", [{"prediction": p, "answers": g, "normalized": normalize_answer(p), "v1": v1(p, g), "v2": v2(p, g)} for p, g in PAIRS])
