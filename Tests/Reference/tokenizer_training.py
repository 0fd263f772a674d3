"""Tiny vocabularies of a few texts, the same on every run (the trainers of the libraries break ties by chance)."""

import collections
import math


def pieces_of(texts, pre, norm):
    """The pieces that tokens do not cross, with their counts."""
    counts = collections.Counter()
    for text in texts:
        text = norm.normalize_str(text) if norm else text
        counts.update(piece for piece, _ in (pre.pre_tokenize_str(text) if pre else [(text, None)]))
    return counts


def byte_pairs(counts, start, size, prefix="", suffix=""):
    """A vocabulary that begins with `start`, and merges, the most frequent pair first."""
    words = {}
    for piece, count in counts.items():
        last = len(piece) - 1
        words[tuple((prefix if i else "") + c + (suffix if i == last else "") for i, c in enumerate(piece))] = count
    vocab = list(dict.fromkeys(list(start) + sorted({symbol for word in words for symbol in word})))
    merges = []
    while len(vocab) < size:
        pairs = collections.Counter()
        for word, count in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += count
        if not pairs:
            break
        left, right = min(pairs, key=lambda pair: (-pairs[pair], pair))
        whole = left + right[len(prefix):]
        merges.append((left, right))
        if whole not in vocab:
            vocab.append(whole)
        merged = {}
        for word, count in words.items():
            out = []
            for symbol in word:
                if out and out[-1] == left and symbol == right:
                    out[-1] = whole
                else:
                    out.append(symbol)
            merged[tuple(out)] = merged.get(tuple(out), 0) + count
        words = merged
    return {token: index for index, token in enumerate(vocab)}, merges


def parts(counts, size, longest, inner=""):
    """The most frequent parts of pieces and all their characters; those inside of a piece begin with `inner`."""
    found = collections.Counter()
    for piece, count in counts.items():
        for start in range(len(piece)):
            for end in range(start + 1, min(len(piece), start + longest) + 1):
                found[(inner if start else "") + piece[start:end]] += count
    single = sorted(part for part in found if len(part.removeprefix(inner) if inner else part) == 1)
    longer = sorted((part for part in found if part not in single and found[part] > 1), key=lambda part: (-found[part] * len(part), part))
    return single + longer[:max(0, size - len(single))], found


def unigram(counts, start, size):
    """Parts of pieces with scores: the logarithm of their share, weighted by their length."""
    chosen, found = parts(counts, size - len(start), 7)
    total = sum(found[part] for part in chosen)
    return [(token, 0.0) for token in start] + [(part, round(math.log(found[part] / total) + 0.4 * (len(part) - 1), 4)) for part in chosen]
