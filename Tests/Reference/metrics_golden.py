"""Writes Tests/TasksTests/Golden/metrics.json: what scikit-learn, scipy and seqeval say of predictions.

Made with scikit-learn 1.9.1, scipy 1.17.1, seqeval 1.2.2, seed 5. Run: python metrics_golden.py
The strict schemes go through seqeval's `mode="strict"`; BMES is IOBES with another letter. What is not defined is null.
"""

import json
import math
import random
import sys
import warnings
from importlib.metadata import version

from scipy import stats
from seqeval import metrics as spans
from seqeval.scheme import IOBES
from sklearn import metrics

from golden import TESTS

for name, wanted in {"scikit-learn": "1.9.1", "scipy": "1.17.1", "seqeval": "1.2.2"}.items():
    if version(name) != wanted:
        sys.exit(f"{name} is {version(name)}; these golden files belong to {name} {wanted}")
warnings.simplefilter("ignore")
stream = random.Random(5)


def number(value):
    return None if math.isnan(value) else float(value)


def classes(predicted, actual, positive=1):
    kept = {"zero_division": 0}
    binary = {"labels": [positive], "average": "micro", **kept}
    return {"predicted": predicted, "actual": actual, "positive": positive, "metrics": {
        "accuracy": metrics.accuracy_score(actual, predicted),
        "f1": metrics.f1_score(actual, predicted, **binary),
        "precision": metrics.precision_score(actual, predicted, **binary),
        "recall": metrics.recall_score(actual, predicted, **binary),
        "f1_macro": metrics.f1_score(actual, predicted, average="macro", **kept),
        "f1_micro": metrics.f1_score(actual, predicted, average="micro", **kept),
        "matthews_correlation": number(metrics.matthews_corrcoef(actual, predicted))}}


def flags(predicted, actual):
    kept = {"zero_division": 0}
    return {"predicted": predicted, "actual": actual, "metrics": {
        "accuracy": metrics.accuracy_score(actual, predicted),
        "f1_micro": metrics.f1_score(actual, predicted, average="micro", **kept),
        "f1_macro": metrics.f1_score(actual, predicted, average="macro", **kept),
        "precision": metrics.precision_score(actual, predicted, average="micro", **kept),
        "recall": metrics.recall_score(actual, predicted, average="micro", **kept)}}


def values(predicted, actual):
    return {"predicted": predicted, "actual": actual, "metrics": {
        "pearson": number(stats.pearsonr(predicted, actual)[0]),
        "spearmanr": number(stats.spearmanr(predicted, actual)[0]),
        "mse": metrics.mean_squared_error(actual, predicted)}}


def tags(predicted, actual, scheme="BIO"):
    strict = {} if scheme == "BIO" else {"mode": "strict", "scheme": IOBES}
    both = [[[t.replace("M-", "I-", 1) if scheme == "BMES" else t for t in s] for s in x] for x in (actual, predicted)]
    return {"predicted": predicted, "actual": actual, "scheme": scheme, "metrics": {
        "f1": float(spans.f1_score(*both, zero_division=0, **strict)),
        "precision": float(spans.precision_score(*both, zero_division=0, **strict)),
        "recall": float(spans.recall_score(*both, zero_division=0, **strict)),
        "accuracy": spans.accuracy_score(*both)}}


def draw(count, choices):
    return [stream.choice(choices) for _ in range(count)]


def sentences(choices):
    lengths = [7, 1, 12, 4]
    actual = [draw(n, choices) for n in lengths]
    # Half of the tags are right, so that some spans are.
    predicted = [[t if stream.random() < 0.8 else stream.choice(choices) for t in s] for s in actual]
    return predicted, actual


BIO = ["O", "O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
IOB_ES = BIO + ["E-PER", "S-LOC", "E-LOC"]
ODD = IOB_ES + ["B", "I", "X-PER", "PER", ".", "B-a-b", "I-a-b", "I-"]

cases = {
    "classes": [
        classes(draw(20, [0, 1]), draw(20, [0, 1])), classes(draw(30, [0, 1, 2]), draw(30, [0, 1, 2]), 2),
        classes([0, 0, 0], [0, 0, 0]), classes([1, 1], [1, 1]), classes([0, 0, 0, 0], [0, 1, 1, 0]), classes([1, 1, 0], [0, 0, 0]),
        classes([2, 3, 2, 0], [0, 3, 3, 0], 3), classes([1], [1]), classes([1], [0]), classes([0, 0, 2], [0, 0, 1], 2),
    ],
    "flags": [
        flags([draw(4, [0, 1]) for _ in range(9)], [draw(4, [0, 1]) for _ in range(9)]),
        flags([[0, 0], [0, 0]], [[1, 0], [1, 0]]), flags([[0, 0], [0, 0]], [[0, 0], [0, 0]]), flags([[1, 0], [1, 0]], [[1, 0], [1, 0]]),
    ],
    "values": [
        values([stream.gauss(0, 1) for _ in range(15)], [stream.gauss(3, 2) for _ in range(15)]),
        values([1.0, 2.0, 2.0, 4.0, 2.0], [1.0, 1.0, 3.0, 4.0, 0.0]), values([1.0, 1.0, 1.0], [0.0, 1.0, 2.0]),
        values([3.0, 1.0, 2.0], [5.0, 5.0, 5.0]), values([1.0, 2.0, 3.0], [2.0, 4.0, 6.0]), values([1.0, 2.0], [2.0, 1.0]),
        values([0.1, 0.2, 0.3], [-1e6, 0.0, -1e7]),
    ],
    "tags": [
        tags(*sentences(BIO)), tags(*sentences(BIO)), tags(*sentences(IOB_ES)), tags(*sentences(IOB_ES)), tags(*sentences(IOB_ES), "IOBES"),
        tags(*sentences(IOB_ES), "IOBES"), tags(*sentences([t.replace("I-", "M-") for t in IOB_ES]), "BMES"), tags([["O", "O"]], [["O", "O"]]),
        tags([["O", "B-PER"]], [["O", "O"]]), tags([["O", "O"]], [["I-PER", "I-PER"]]), tags([["O", "B-PER"], ["I-PER", "O"]], [["O", "B-PER"], ["I-PER", "O"]]),
        tags([["B-PER", "I-LOC", "I-PER"]], [["B-PER", "I-PER", "I-PER"]]), tags([["B-PER", "I-PER", "E-PER", "S-LOC"]], [["B-PER", "I-PER", "E-PER", "S-LOC"]], "IOBES"),
        tags([["B-PER", "I-PER", "O"]], [["B-PER", "E-PER", "O"]], "IOBES"), tags([["B-PER", "E-LOC", "S-LOC"]], [["B-PER", "E-PER", "S-LOC"]], "IOBES"),
    ] + [tags(*sentences(ODD)) for _ in range(6)],
}
(TESTS / "TasksTests/Golden/metrics.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n", encoding="utf8")
