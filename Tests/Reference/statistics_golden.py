"""Writes Tests/ResultsTests/Golden/statistics.json: what scipy and numpy say of samples and of paired predictions.

Made with scipy 1.17.1, numpy 2.4.6, seed 17. Run: python statistics_golden.py
The bootstrap is computed twice: from its definition with the program's own random numbers (splitmix64), which it must give to the
last digits, and by scipy with other random numbers, which it can only come near. The p-values are those of all exchanges.
"""

import json
import random
import sys
from importlib.metadata import version

import numpy as np
from scipy import stats

from golden import TESTS

for name, wanted in {"scipy": "1.17.1", "numpy": "2.4.6"}.items():
    if version(name) != wanted:
        sys.exit(f"{name} is {version(name)}; these golden files belong to {name} {wanted}")
stream = random.Random(17)
MASK = (1 << 64) - 1


def splitmix64(state):
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def normals(count, mean, deviation):
    return [stream.gauss(mean, deviation) for _ in range(count)]


def distribution():
    """Tails of Student's t and where they begin, far out and for few degrees of freedom too."""
    tails = [{"t": t, "freedom": f, "tails": 2 * float(stats.t.sf(t, f))}
             for f in [1, 1.5, 2, 3.7, 10, 29, 1000, 1e6] for t in [0, 1e-3, 0.5, 1, 2, 4.3, 12, 80]]
    quantiles = [{"tails": p, "freedom": f, "t": float(stats.t.isf(p / 2, f))}
                 for f in [1, 2, 3, 4.25, 9, 40, 5000] for p in [0.5, 0.1, 0.05, 0.01, 1e-4]]
    return {"tails": tails, "quantiles": quantiles}


def sample(values):
    interval = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=stats.sem(values))
    return {"values": values, "mean": float(np.mean(values)), "deviation": float(np.std(values, ddof=1)),
            "half": float((interval[1] - interval[0]) / 2)}


def comparison(first, second, paired):
    test = stats.ttest_rel(second, first) if paired else stats.ttest_ind(second, first, equal_var=False)
    interval = test.confidence_interval(0.95)
    return {"first": first, "second": second, "paired": paired, "p": float(test.pvalue), "freedom": float(test.df),
            "lower": float(interval.low), "upper": float(interval.high)}


def mean(rows):
    return rows[..., 0].mean(axis=-1)


def f1(rows):
    hits, predicted, actual = (rows[..., term].sum(axis=-1) for term in range(3))
    return 2 * hits / (predicted + actual)


def spearmanr(rows):
    if rows.ndim > 2:
        return np.array([spearmanr(some) for some in rows])
    return stats.spearmanr(rows[:, 0], rows[:, 1])[0]


MEASURES = {"mean": mean, "f1": f1, "spearmanr": spearmanr}


def resampling(measure, first, second, seed, resamples, by_scipy=True):
    a, b, rule = np.array(first, float), np.array(second, float), MEASURES[measure]
    numbers, count = splitmix64(seed), len(first)
    chosen = np.array([[next(numbers) * count >> 64 for _ in range(count)] for _ in range(resamples)])
    differences = np.array([rule(b[rows]) - rule(a[rows]) for rows in chosen])
    lower, upper = np.percentile(differences[np.isfinite(differences)], [2.5, 97.5])

    def difference(places, axis=-1):
        places = np.asarray(places, int)
        return rule(b[places]) - rule(a[places])

    near = stats.bootstrap((np.arange(count),), difference, method="percentile", n_resamples=20000, vectorized=True,
                           rng=np.random.default_rng(3)).confidence_interval if by_scipy else None
    case = {"measure": measure, "first": first, "second": second, "seed": seed, "resamples": resamples,
            "lower": float(lower), "upper": float(upper)}
    return case | {"near": [float(near.low), float(near.high)]} if near else case


def exchange(measure, first, second):
    a, b, rule = np.array(first, float), np.array(second, float), MEASURES[measure]
    every = np.array([[pattern >> place & 1 for place in range(len(a))] for pattern in range(1 << len(a))], bool)[..., None]
    differences = rule(np.where(every, a, b)) - rule(np.where(every, b, a))
    far = np.abs(differences) >= abs(rule(b) - rule(a)) - 1e-12
    p = float(far.mean())
    if measure == "mean":
        test = stats.permutation_test((a[:, 0], b[:, 0]), lambda x, y, axis=-1: y.mean(axis) - x.mean(axis), permutation_type="samples",
                                      n_resamples=np.inf, vectorized=True)
        assert abs(test.pvalue - p) < 1e-12
    return {"measure": measure, "first": first, "second": second, "p": p}


def answers(count, share):
    return [[1.0 if stream.random() < share else 0.0] for _ in range(count)]


def spans(count):
    rows = []
    for _ in range(count):
        actual, predicted = stream.randrange(4), stream.randrange(4)
        rows.append([stream.randint(0, min(actual, predicted)), predicted, actual])
    return rows


def numbers(count):
    truth = normals(count, 0, 1)
    return [[[t + stream.gauss(0, noise), t] for t in truth] for noise in (0.5, 1.5)]


cases = {
    "distribution": distribution(),
    "samples": [sample(normals(2, 0.8, 0.01)), sample(normals(3, 80, 2)), sample(normals(10, -1, 1e-3)), sample(normals(40, 1e6, 1))],
    "comparisons": [
        comparison(normals(2, 0.8, 0.01), normals(2, 0.9, 0.01), True), comparison(normals(5, 0.8, 0.1), normals(5, 0.8, 0.01), True),
        comparison(normals(3, 0.8, 0.01), normals(3, 0.9, 0.1), False), comparison(normals(2, 5, 1), normals(7, 5, 2), False),
        comparison(normals(12, 1e3, 1), normals(9, 1e3, 5), False),
    ],
    "bootstrap": [
        resampling("mean", answers(60, 0.8), answers(60, 0.6), 1, 2000), resampling("f1", spans(50), spans(50), 7, 2000),
        resampling("spearmanr", *numbers(25), 3, 300, by_scipy=False),
    ],
    "exchange": [
        exchange("mean", answers(9, 0.9), answers(9, 0.2)), exchange("mean", answers(5, 0.5), answers(5, 0.5)),
        exchange("mean", [[x] for x in normals(8, 1, 1)], [[x] for x in normals(8, 0, 1)]), exchange("f1", spans(9), spans(9)),
        exchange("spearmanr", *numbers(8)),
    ],
}
target = TESTS / "ResultsTests/Golden/statistics.json"
target.parent.mkdir(exist_ok=True)
target.write_text(json.dumps(cases, separators=(",", ":")) + "\n", encoding="utf8")
