"""The tasks of `exchange.py`: tiny data, what is asked of trained models, and what PEFT or transformers answers to it."""

import dataclasses
import json
import pathlib

import torch
import transformers
from transformers.models.gpt2.tokenization_gpt2 import bytes_to_unicode

import cell_heads
import tiny_bert
import tiny_bloom
import tiny_gpt2
import tiny_llama
import tiny_roberta
import tiny_t5
from cell_methods import prompted
from golden import fill, write_json

PAIRS = [
    ("a cat sat", "it sat", "yes"), ("the dog ran", "a cat ran", "no"), ("who is it", "no one", "maybe"),
    ("one, two, three", "two", "yes"), ("the sun", "a moon", "no"), ("is it so?", "it may be", "maybe"),
    ("he said so", "so he said", "yes"), ("we go up", "we go down.", "no"),
]  # fmt: skip
WORDS = [
    (["ann", "went", "to", "rome", "."], ["B-PER", "O", "O", "B-LOC", "O"]),
    (["bo", "li", "saw", "new", "york"], ["B-PER", "I-PER", "O", "B-LOC", "I-LOC"]),
    (["it", "is", "late"], ["O", "O", "O"]),
    (["in", "oslo", "ann", "sat"], ["O", "B-LOC", "B-PER", "O"]),
]
QUESTIONS = [
    ("who sat?", "the cat sat on a mat, and the dog ran up the hill to see it.", "the cat"),
    ("where?", "on a mat", "mat"),
    ("what ran?", "a cat sat. the dog ran.", "the dog"),
    ("who?", "it is ann who went to rome by sea and came by land.", "ann"),
]
TEXTS = [
    "the king is in the city.", "the queen and the king live near the river", "there is nothing else",
    "where the old stone bridge runs under the land", "are they there too?", "1, 2, 3 and 4",
]  # fmt: skip
CHOICES = [
    ("the sun", ["is up", "ran", "is a cat"], 0), ("a cat", ["is two", "sat"], 1), ("we go", ["up", "so", "one"], 0),
    ("who", ["is it?", "the"], 0),
]  # fmt: skip
WINDOW, STRIDE = 40, 8


@dataclasses.dataclass
class Task:
    """One task on one backbone."""

    name: str
    backbone: str
    task_type: str
    model_class: type
    # What stands in the files for training and for questions, line by line or as a whole.
    examples: object
    inputs: list
    labels: int = 0
    data: dict = dataclasses.field(default_factory=lambda: {"format": "jsonl"})
    settings: dict = dataclasses.field(default_factory=lambda: {"max_seq_length": 48})
    # The folder of the model; `write` sets it.
    checkpoint: pathlib.Path = None

    @property
    def head(self):
        heads = getattr(cell_heads, self.backbone.upper())
        return heads if isinstance(heads, cell_heads.Head) else heads[self.task_type]

    @property
    def has_own_reading(self):
        """Whether behind a prompt the head on BERT reads the real tokens alone, which PEFT does not do."""
        return self.backbone == "bert" and not self.reads_first_position

    @property
    def reads_first_position(self):
        return self.settings.get("classifier_position") == "first_position"

    @property
    def overrides(self):
        """What `predict --model` is told of the task; PEFT has no name for multiple choice."""
        other = {"task_type": self.task_type} if self.task_type == "MULTIPLE_CHOICE" else {}
        return [f"task.{key}={value}" for key, value in (self.settings | other).items()]

    def write(self, folder):
        """Writes the data, and tells a manifest's sections `data` and `task`."""
        name = f"tiny-{self.backbone}"
        self.checkpoint = tiny_bert.CHECKPOINT if self.backbone == "bert" else write_model(folder / name, self.backbone)
        if self.data["format"] == "jsonl":
            text = "".join(json.dumps(line) + "\n" for line in self.examples)
        else:
            text = self.examples if isinstance(self.examples, str) else json.dumps(self.examples)
        (folder / f"{self.name}.train").write_text(text, encoding="utf8")
        lines = "".join(json.dumps(line) + "\n" for line in self.inputs)
        (folder / f"{self.name}.inputs").write_text(lines, encoding="utf8")
        return {
            "data": self.data | {"train": str(folder / f"{self.name}.train")},
            "task": {"task_type": self.task_type} | self.settings,
        }

    def load(self, folder=None):
        """transformers' model of a checkpoint, the tiny one unless given."""
        more = {"num_labels": self.labels} if self.labels and folder is None else {}
        return self.model_class.from_pretrained(folder or self.checkpoint, attn_implementation="eager", **more).eval()

    def rows(self, tokenizer, line):
        """The sequences of one line of the inputs."""
        if self.task_type == "SEQ_CLS":
            return [tokenizer(line["text"], line.get("text_pair"))]
        if self.task_type == "TOKEN_CLS":
            return [tokenizer(line["tokens"], is_split_into_words=True)]
        if self.task_type == "QUESTION_ANS":
            found = tokenizer(line["question"], line["context"], truncation="only_second", max_length=WINDOW,
                              stride=STRIDE, return_overflowing_tokens=True)  # fmt: skip
            keys = [key for key in ("input_ids", "token_type_ids") if key in found]
            return [{key: found[key][i] for key in keys} for i in range(len(found["input_ids"]))]
        if self.task_type == "MULTIPLE_CHOICE":
            return [tokenizer(line["context"], choice) for choice in line["choices"]]
        if self.task_type == "SEQ_2_SEQ_LM":
            target = tokenizer(line["target"])["input_ids"] + [tokenizer.vocab_size - 1]
            return [{"input_ids": tokenizer(line["text"])["input_ids"], "labels": target}]
        return [tokenizer(line["text"])]

    def answers(self, model, tokenizer, by_definition=False, token_types=True):
        """What the model says to each line of the inputs, as one row of numbers; each sequence goes alone.

        By definition virtual tokens stand in front, and the head reads the real tokens alone.
        """
        with torch.no_grad():
            return [self.answer(model, self.rows(tokenizer, line), by_definition, token_types) for line in self.inputs]

    def answer(self, model, rows, by_definition, token_types):
        if self.task_type == "SEQ_2_SEQ_LM":
            given = {key: torch.tensor([ids]) for key, ids in rows[0].items()}
            return model(attention_mask=torch.ones_like(given["input_ids"]), **given).loss[None]
        logits = [self.logits(model, row, by_definition, token_types) for row in rows]
        if self.task_type == "CAUSAL_LM":
            ids = torch.tensor(rows[0]["input_ids"])
            # Behind virtual tokens PEFT gives logits for these too.
            own = logits[0][-len(ids) :]
            return torch.nn.functional.cross_entropy(own[:-1], ids[1:])[None]
        if self.task_type == "QUESTION_ANS":
            return torch.cat([one[:, 0] for one in logits] + [one[:, 1] for one in logits])
        return torch.cat([one.flatten() for one in logits])

    def logits(self, model, row, by_definition, token_types):
        if by_definition:
            return prompted(model, self.head, row)
        ids = torch.tensor([row["input_ids"]])
        given = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        if self.backbone == "bert" and token_types:
            given["token_type_ids"] = torch.tensor([row["token_type_ids"]])
        if self.task_type == "MULTIPLE_CHOICE":
            given = {key: value[None] for key, value in given.items()}
        out = model(**given)
        if self.task_type == "QUESTION_ANS":
            return torch.stack([out.start_logits[0], out.end_logits[0]], dim=1)
        return out.logits[0]

    def told(self, lines):
        """The same numbers in what `predict` tells."""
        if self.task_type in ("CAUSAL_LM", "SEQ_2_SEQ_LM"):
            return [torch.tensor([line["loss"]]) for line in lines]
        if self.task_type == "QUESTION_ANS":
            return [torch.tensor(line["start_logits"] + line["end_logits"]) for line in lines]
        return [torch.tensor(line["logits"]).flatten() for line in lines]


def write_model(folder, backbone):
    """A tiny model with every byte in its vocabulary: the golden GPT-2's tokens behind the 256, and weights of its kind.

    Of LLaMA the bare model is saved: from that transformers loads it under whatever name the head's class has for it.
    """
    if folder.exists():
        return folder
    tokens, merges = tiny_gpt2.vocabulary()
    letters = list(bytes_to_unicode().values())
    special = ["<s>", "<pad>", "</s>", "<unk>"] if backbone == "roberta" else []
    tokens = special + letters + [token for token in tokens if token not in letters]
    if backbone == "roberta":
        tokens = tokens[:-1] + ["<mask>"]
    end = {"vocab_size": len(tokens), "bos_token_id": len(tokens) - 1, "eos_token_id": len(tokens) - 1}
    if backbone == "gpt2":
        configuration = tiny_gpt2.configuration()
        for key, value in end.items():
            setattr(configuration, key, value)
        model, seed = transformers.GPT2LMHeadModel(configuration), tiny_gpt2.SEED
    elif backbone == "roberta":
        configuration = tiny_roberta.configuration()
        configuration.vocab_size, configuration.max_position_embeddings = len(tokens), 64
        model, seed = transformers.RobertaForMaskedLM(configuration), tiny_roberta.SEED
    elif backbone == "bloom":
        configuration = tiny_bloom.configuration()
        for key, value in end.items():
            setattr(configuration, key, value)
        model, seed = transformers.BloomForCausalLM(configuration), tiny_bloom.SEED
    elif backbone == "t5":
        model, seed = transformers.T5ForConditionalGeneration(tiny_t5.configuration(backbone, **end)), tiny_t5.SEED
    else:
        more = {"sliding_window": 64} if backbone == "mistral" else {}
        configuration = tiny_llama.configuration(backbone, **end | more | {"tie_word_embeddings": True})
        model, seed = transformers.AutoModel.from_config(configuration), tiny_llama.SEED
    fill(model, seed, 0.3)
    if backbone == "t5":
        tiny_t5.scale_queries(model)
    model.save_pretrained(folder)
    write_json(folder / "vocab.json", {token: index for index, token in enumerate(tokens)})
    lines = ["#version: 0.2"] + [" ".join(pair) for pair in merges]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf8")
    kind = "RobertaTokenizer" if backbone == "roberta" else "GPT2Tokenizer"
    write_json(folder / "tokenizer_config.json", {"add_prefix_space": False, "tokenizer_class": kind})
    return folder


def squad():
    paragraphs = [
        {"context": context, "qas": [{"id": str(i), "question": question,
         "answers": [{"text": answer, "answer_start": context.index(answer)}]}]}
        for i, (question, context, answer) in enumerate(QUESTIONS)
    ]  # fmt: skip
    return {"version": "1.1", "data": [{"title": "tiny", "paragraphs": paragraphs}]}


def pairs(first, second):
    return [{first: a, second: b} for a, b, _ in PAIRS]


CLASSES = [{"text": a, "text_pair": b, "label": label} for a, b, label in PAIRS]
TASKS = {
    "SEQ_CLS": Task("bert-SEQ_CLS", "bert", "SEQ_CLS", transformers.BertForSequenceClassification, CLASSES,
                    pairs("text", "text_pair"), 3, {"format": "jsonl", "text_pair_field": "text_pair"}),
    "TOKEN_CLS": Task("bert-TOKEN_CLS", "bert", "TOKEN_CLS", transformers.BertForTokenClassification,
                      [{"tokens": words, "tags": tags} for words, tags in WORDS], [{"tokens": w} for w, _ in WORDS], 5),
    "QUESTION_ANS": Task("bert-QUESTION_ANS", "bert", "QUESTION_ANS", transformers.BertForQuestionAnswering, squad(),
                         [{"question": question, "context": context} for question, context, _ in QUESTIONS],
                         data={"format": "squad"}, settings={"max_seq_length": WINDOW, "doc_stride": STRIDE}),
    "MULTIPLE_CHOICE": Task("bert-MULTIPLE_CHOICE", "bert", "MULTIPLE_CHOICE", transformers.BertForMultipleChoice,
                            [{"context": c, "choices": many, "label": right} for c, many, right in CHOICES],
                            [{"context": c, "choices": many} for c, many, _ in CHOICES]),
    "CAUSAL_LM": Task("gpt2-CAUSAL_LM", "gpt2", "CAUSAL_LM", transformers.GPT2LMHeadModel,
                      "".join(text + "\n" for text in TEXTS), [{"text": text} for text in TEXTS],
                      data={"format": "text", "documents": "lines"}),
    "gpt2-SEQ_CLS": Task("gpt2-SEQ_CLS", "gpt2", "SEQ_CLS", transformers.GPT2ForSequenceClassification,
                         [{"text": text, "label": "yes no maybe".split()[i % 3]} for i, text in enumerate(TEXTS)],
                         [{"text": text} for text in TEXTS], 3),
    "roberta-SEQ_CLS": Task("roberta-SEQ_CLS", "roberta", "SEQ_CLS", transformers.RobertaForSequenceClassification, CLASSES,
                            pairs("text", "text_pair"), 3, {"format": "jsonl", "text_pair_field": "text_pair"}),
    "llama-SEQ_CLS": Task("llama-SEQ_CLS", "llama", "SEQ_CLS", transformers.LlamaForSequenceClassification,
                          [{"text": text, "label": "yes no maybe".split()[i % 3]} for i, text in enumerate(TEXTS)],
                          [{"text": text} for text in TEXTS], 3),
    "llama-QUESTION_ANS": Task("llama-QUESTION_ANS", "llama", "QUESTION_ANS", transformers.LlamaForQuestionAnswering, squad(),
                               [{"question": question, "context": context} for question, context, _ in QUESTIONS],
                               data={"format": "squad"}, settings={"max_seq_length": WINDOW, "doc_stride": STRIDE}),
    "SEQ_2_SEQ_LM": Task("t5-SEQ_2_SEQ_LM", "t5", "SEQ_2_SEQ_LM", transformers.T5ForConditionalGeneration,
                         pairs("text", "target"), pairs("text", "target"),
                         data={"format": "jsonl", "target_field": "target"},
                         settings={"max_source_length": 48, "max_target_length": 48}),
}  # fmt: skip
TASKS["SEQ_CLS-first"] = dataclasses.replace(
    TASKS["SEQ_CLS"], name="bert-SEQ_CLS-first",
    settings=TASKS["SEQ_CLS"].settings | {"classifier_position": "first_position"})
for backbone, kind in (("llama", "Llama"), ("mistral", "Mistral"), ("bloom", "Bloom")):
    TASKS[f"{backbone}-CAUSAL_LM"] = dataclasses.replace(
        TASKS["CAUSAL_LM"], name=f"{backbone}-CAUSAL_LM", backbone=backbone,
        model_class=getattr(transformers, kind + "ForCausalLM"))  # fmt: skip
