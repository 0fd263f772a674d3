#!/usr/bin/env python3
"""Makes reading-train.json and reading-eval.json: reading comprehension in SQuAD's layout, all of it invented.

    python3 experiments/data/make_reading.py

A paragraph tells a few facts about an invented person, town, ship or fair; a question asks for one of them, and other
towns, years, people or numbers stand in the same paragraph, so the question has to be read. Evaluation uses other
names and, for half of its sentences and questions, wordings that training never shows. The same seed writes the same
bytes. The text and the data are this project's own.
"""

import json
import pathlib
import random
import string

from reading_words import COLOUR, FAMILY, GIVEN, RIVER, SHIP, TOWN, WORDS

SEED = 11
FOLDER = pathlib.Path(__file__).parent
# Paragraphs, facts in each, questions asked about each.
SETS = {"train": (600, 4, 3), "eval": (150, 4, 2)}
PRONOUNS = {
    "she": {"He": "She", "he": "she", "him": "her", "His": "Her", "his": "her"},
    "he": {"He": "He", "he": "he", "him": "him", "His": "His", "his": "his"},
}


def read_templates(path):
    """Facts by kind of paragraph: the wordings of the fact, and by slot the wordings of its question."""
    subjects = {}
    for line in path.read_text(encoding="utf8").splitlines():
        if line.startswith("["):
            facts = subjects[line.strip("[]")] = []
            new = True
        elif line.startswith("= "):
            if new:
                facts.append(([], {}))
            facts[-1][0].append(line[2:])
            new = False
        elif line.startswith("? "):
            _, slot, question = line.split(" ", 2)
            facts[-1][1].setdefault(slot, []).append(question)
        else:
            new = True
    return subjects


class Filler:
    """The words of one paragraph, drawn when first asked for; words of one kind differ."""

    def __init__(self, part, stream):
        self.part, self.stream = part, stream
        self.words = dict(PRONOUNS[stream.choice(["she", "he"])])
        self.gender = "she" if self.words["he"] == "she" else "he"
        self.years = [stream.randrange(1760, 1900)]
        self.years += [self.years[0] + stream.randrange(20 * n, 20 * n + 18) for n in (1, 2, 3)]

    def __getitem__(self, slot):
        while slot not in self.words:
            word = self.draw(slot.rstrip(string.digits), int(slot[-1]))
            if word not in self.words.values():
                self.words[slot] = word
        return self.words[slot]

    def draw(self, kind, index):
        choose = self.stream.choice
        if kind == "person":
            gender = self.gender if index == 1 else choose(["she", "he"])
            return choose(GIVEN[self.part][gender].split()) + " " + choose(FAMILY[self.part].split())
        if kind == "year":
            return str(self.years[index - 1])
        if kind == "number":
            return str(choose([self.stream.randrange(3, 100), self.stream.randrange(100, 1000)]))
        if kind == "ship":
            return choose(SHIP[self.part].split("|"))
        if kind in ("town", "river", "colour"):
            return choose({"town": TOWN, "river": RIVER, "colour": COLOUR}[kind][self.part].split())
        return choose(WORDS[kind].split("|"))


def fill(template, words):
    """The text of a template, and where each slot's word begins in it."""
    text, places = "", {}
    for literal, slot, _, _ in string.Formatter().parse(template):
        text += literal
        if slot:
            places[slot] = len(text)
            text += words[slot]
    return text[0].upper() + text[1:], places


def pick(wordings, part, stream):
    """One wording; the last is for evaluation alone, which takes it every other time."""
    if part == "eval" and stream.random() < 0.5:
        return wordings[-1]
    return stream.choice(wordings[:-1])


def paragraph(subjects, number, part, stream):
    _, facts, questions = SETS[part]
    subject = stream.choice(sorted(subjects))
    first, *others = subjects[subject]
    chosen = [first] + [others[i] for i in sorted(stream.sample(range(len(others)), facts - 1))]
    words, context, asked = Filler(part, stream), "", []
    for sentences, wordings in chosen:
        text, places = fill(pick(sentences, part, stream), words)
        start = len(context) + 1 if context else 0
        context += " " * (start > 0) + text
        asked += [(slot, start + places[slot], wordings[slot]) for slot in wordings]
    qas = []
    for index, (slot, start, wordings) in enumerate(stream.sample(asked, questions)):
        answer = context[start : start + len(words[slot])]
        question, _ = fill(pick(wordings, part, stream), words)
        qas.append({
            "id": f"{part}-{number}-{index}",
            "question": question,
            "answers": [{"text": answer, "answer_start": start}],
        })
    return subject, {"context": context, "qas": qas}


def make(part, subjects):
    """One article per kind of subject, as SQuAD groups its paragraphs."""
    stream = random.Random(f"{SEED}/{part}")
    articles = {subject: [] for subject in subjects}
    for number in range(SETS[part][0]):
        subject, made = paragraph(subjects, number, part, stream)
        articles[subject].append(made)
    data = [{"title": subject, "paragraphs": paragraphs} for subject, paragraphs in articles.items()]
    return {"version": "1.1", "data": data}


if __name__ == "__main__":
    templates = read_templates(FOLDER / "reading_templates.txt")
    for part in SETS:
        path = FOLDER / f"reading-{part}.json"
        path.write_text(json.dumps(make(part, templates), ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf8")
        print(path.name, path.stat().st_size, "bytes")
