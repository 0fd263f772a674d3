"""Writes Tests/TasksTests/Golden/text_metrics.json: what sacreBLEU and rouge_score say of generated texts.

Made with sacrebleu 2.6.0, rouge-score 0.1.2, seed 7. Run: python text_metrics_golden.py
For each corpus: BLEU, the mean F of ROUGE, and for each text the counts of BLEU and its F-measures, the best reference counting for each.
"""

import json
import random
import sys
from importlib.metadata import version

from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU

from golden import TESTS

for name, wanted in {"sacrebleu": "2.6.0", "rouge-score": "0.1.2"}.items():
    if version(name) != wanted:
        sys.exit(f"{name} is {version(name)}; these golden files belong to {name} {wanted}")
stream = random.Random(7)
KINDS = ["rouge1", "rouge2", "rougeL"]
SCORER = RougeScorer(KINDS, use_stemmer=False)


def corpus(texts):
    """`texts`: pairs of a text and its references."""
    width = max(len(references) for _, references in texts)
    columns = [[references[k] if k < len(references) else None for _, references in texts] for k in range(width)]
    hypotheses = [text for text, _ in texts]
    bleu = BLEU(force=True)
    counts = bleu._extract_corpus_statistics(hypotheses, columns)
    rouge = [SCORER.score_multi(references, text) for text, references in texts]
    return {
        "bleu": float(BLEU(force=True).corpus_score(hypotheses, columns).score),
        **{kind: sum(score[kind].fmeasure for score in rouge) / len(rouge) for kind in KINDS},
        "texts": [{"text": text, "references": references, "counts": count, "tokens": bleu._preprocess_segment(text),
                   **{kind: float(score[kind].fmeasure) for kind in KINDS}}
                  for (text, references), count, score in zip(texts, counts, rouge)],
    }


AWKWARD = [
    ("The Vaults pub near Café Adriatic has a 5 star rating .", ["The Vaults pub near Café Adriatic has a 5 star rating . Prices start at £ 30 ."]),
    ("Prices are £20-25, i.e. 1,234.50 or 3.14; U.S. $5.00!", ["Prices are £20 - 25, i.e. 1234.50, or 3.14; US $5!", "prices: 1,234.5 or 3."]),
    ("", ["not empty", ""]), ("not empty at all", [""]), ("   \n\t ", ["a b"]), ("a", ["a"]), ("a b c", ["a b c", "a b c d e f"]), ("a b c d", ["a b c d"]),
    ("a a a a a a", ["a a", "b a a a"]), ("Hello,world.", ["Hello , world ."]), ("...,,,.,.1.,2,.3 ..", [". . 1 2 3"]), ("x&amp;y &lt;b&gt; &quot;q&quot; &amp;lt; &apos;", ["x & y < b > \" q \" <"]),
    ("a<skipped>b -\nc line-\nbreak\nnew", ["ab c linebreak new"]), ("state-of-the-art 5-year 10-", ["state - of - the - art 5 - year 10 -"]),
    ("don't can't O'Neil's 'quoted'", ["don't can't O'Neil's ' quoted '"]), ("naïve Straße İstanbul ΑΣ ﬁne Ⅷ ２０", ["naive strasse istanbul ας fine viii 20"]),
    ("e\u0301 é", ["é e\u0301"]), ("中文字典。 東京タワー", ["中文 字典 。"]), ("😀 👩‍👩‍👧 ok", ["😀 ok"]), ("a\u00a0b\u2003c\u200bd\u0085e\u001cf", ["a b c d e f"]),
    ("{braces} [brackets] `tick` ~tilde~ ^caret^ under_score back\\slash", ["{ braces } [ brackets ] ` tick ` ~ tilde ~ ^ caret ^ under_score"]),
    ("(a/b)*c+d=e;f:g?h!i@j#k$l%m", ["( a / b ) * c + d = e ; f : g ? h ! i @ j # k $ l % m"]), ("Kelvin \u212a 5\u00b0C 1\u00bd", ["kelvin k 5 c 1"]),
    ("trailing space   ", ["trailing space"]), ("The cat sat on the mat", ["the cat sat on the mat .", "A cat was on the mat", "There is a cat on the mat"]),
    ("one two three four five six", ["six five four three two one"]), ("_ _ _", ["_"]), ("<>&", ["&lt;&gt;&amp;"]), ("3.,4 5,.6 .7 ,8 9. 10,", ["3 . , 4"]),
]
WORDS = "the a pub near Café river , . ; 5 £20 3.5 high-priced isn't & \" ( ) / é 中 -".split()


def sentence(low, high):
    return "".join(word + stream.choice([" ", " ", " ", ""]) for word in stream.choices(WORDS, k=stream.randint(low, high)))


def changed(text):
    parts = [part for part in text.split(" ") if stream.random() > 0.2]
    return " ".join(parts if stream.random() < 0.7 else parts[::-1])


def drawn(count, low, high, references):
    texts = []
    for _ in range(count):
        targets = [sentence(low, high) for _ in range(stream.randint(*references))]
        texts.append((changed(stream.choice(targets)), targets))
    return texts


corpora = [
    corpus(AWKWARD), corpus(drawn(30, 5, 25, (1, 1))), corpus(drawn(30, 3, 30, (1, 5))), corpus(drawn(12, 0, 4, (1, 3))), corpus([("", ["a b"]), ("", ["c"])]),
    corpus([("x y z w", ["a b c d"])]), corpus([("a b", ["a b c"])]), corpus([("a b c x d e", ["a b x c d e f g"])]), corpus([("the the the cat", ["the cat sat there"])]),
] + [corpus([pair]) for pair in AWKWARD]
(TESTS / "TasksTests/Golden/text_metrics.json").write_text(json.dumps(corpora, ensure_ascii=True, separators=(",", ":")) + "\n", encoding="utf8")
