"""The heads of golden cells: what each reads, its examples and their labels, and its loss over a batch."""

import dataclasses
import typing

import torch
import transformers
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, mse_loss

import tiny_bert
import tiny_bloom
import tiny_gpt2
import tiny_llama
import tiny_roberta
import tiny_t5

TAGS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
TAGGED = [[[1, 1], [2, 2], [4, 0], [7, 3], [9, 4], [10, 0]], [[1, 3], [4, 0]], [[1, 0], [2, 1], [4, 0], [6, 2]]]
CATEGORIES, VALUES = [2, 0, 1], [0.7, -1.2, 2.5]
FLAGS = [[1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
SPANS = [[7, 9], [4, 4], [0, 0]]
MASK, MASKED = 4, [[[2, 39], [8, 52]], [[5, 33]], [[1, 28], [4, 55], [7, 20]]]
# Sequences with virtual tokens 0 to 4 among the words, as P-tuning v1 has them; places count the words alone.
TEMPLATES = [
    ([2, -1, -2, 4, -3, 31, 39, -4, 5, -5, 3], [[1, 23]]),
    ([2, -1, -2, 4, -3, 60, -4, 5, -5, 3], [[1, 12]]),
    ([2, -1, 28, 14, -2, -3, 4, -4, -5, 3], [[3, 55]]),
]
# Three choices, of one length in the first feature so that the reference can judge them together.
CHOICES = [
    ([2, 31, 39, 3, 47, 52, 3, 2, 31, 39, 3, 17, 40, 3, 2, 31, 39, 3, 5, 8, 3], [4, 3], [7, 14], 1),
    ([2, 60, 7, 8, 3, 12, 3, 2, 60, 7, 8, 3, 33, 21, 9, 3, 2, 60, 7, 8, 3, 50, 13, 3], [5, 2, 5, 4, 5, 3], [7, 16], 2),
]

TINY = {"bert": tiny_bert, "gpt2": tiny_gpt2, "roberta": tiny_roberta, "bloom": tiny_bloom}


@dataclasses.dataclass
class Head:
    """One head on one backbone."""

    backbone: str
    task_type: str
    # In LLaMA's and T5's families the end of the class's name.
    model_class: typing.Any
    # What the data's labels are: kind, names.
    labels: dict
    batch: list
    # Logits of one sequence from the model and its hidden states of real tokens, `[1, sequence, hidden]`.
    read: typing.Callable
    # Parameters of the head by the beginning of their names; frozen under a method where `frozen` is set.
    head_names: tuple = ("classifier.",)
    frozen: bool = False
    settings: dict = dataclasses.field(default_factory=dict)
    variant: str = ""

    @property
    def checkpoint(self):
        if self.backbone in tiny_llama.NAMES:
            return tiny_llama.checkpoint(self.backbone)
        if self.backbone in tiny_t5.OWN:
            return tiny_t5.checkpoint(self.backbone)
        return TINY[self.backbone].NAME

    def load(self, dtype):
        if self.backbone in tiny_llama.NAMES:
            return tiny_llama.load(self.backbone, self.model_class, dtype, **self.settings)
        if self.backbone in tiny_t5.OWN:
            return tiny_t5.load(self.backbone, self.model_class, dtype, **self.settings)
        if self.backbone == "bert":
            return tiny_bert.load(self.model_class, "gelu", dtype, **self.settings)
        return TINY[self.backbone].load(self.model_class, dtype, **self.settings)

    def loss(self, logits, features):
        """The batch's loss from the logits of each feature."""
        if "category" in features[0]:
            return cross_entropy(torch.stack(logits), torch.tensor([f["category"] for f in features]))
        if "flags" in features[0]:
            flags = torch.tensor([f["flags"] for f in features], dtype=logits[0].dtype)
            return binary_cross_entropy_with_logits(torch.stack(logits), flags)
        if "value" in features[0]:
            return mse_loss(torch.cat(logits), torch.tensor([f["value"] for f in features], dtype=logits[0].dtype))
        if "span" in features[0]:
            ends = [cross_entropy(rows.T, torch.tensor(f["span"])) for rows, f in zip(logits, features)]
            return torch.stack(ends).mean()
        rows = [row[[position for position, _ in f["tokens"]]] for row, f in zip(logits, features)]
        return cross_entropy(torch.cat(rows), torch.tensor([t for f in features for _, t in f["tokens"]]))

    def given_labels(self, feature, dtype):
        """The labels of one feature as transformers takes them."""
        if "span" in feature:
            start, end = feature["span"]
            return {"start_positions": torch.tensor([start]), "end_positions": torch.tensor([end])}
        if "category" in feature:
            return {"labels": torch.tensor([feature["category"]])}
        if "value" in feature:
            return {"labels": torch.tensor([feature["value"]], dtype=dtype)}
        if "flags" in feature:
            return {"labels": torch.tensor([feature["flags"]], dtype=dtype)}
        shift = 1 if self.task_type == "CAUSAL_LM" else 0
        labels = torch.full((1, len(feature.get("decoder_input_ids", feature["input_ids"]))), -100)
        for position, target in feature["tokens"]:
            labels[0, position + shift] = target
        return {"labels": labels}

    def answer(self, out):
        """The logits of one sequence from what a transformers model returns for it."""
        if self.task_type == "QUESTION_ANS":
            return torch.stack([out.start_logits[0], out.end_logits[0]], dim=1)
        return out.logits[0]


def features(rows, key, labels):
    return [
        {"input_ids": row["input_ids"], "token_type_ids": row["token_type_ids"], key: label}
        for row, label in zip(rows, labels)
    ]


def masked(rows):
    out = features(rows, "tokens", MASKED)
    for feature in out:
        ids = list(feature["input_ids"])
        for position, _ in feature["tokens"]:
            ids[position] = MASK
        feature["input_ids"] = ids
    return out


def choices():
    out = []
    for ids, parts, breaks, right in CHOICES:
        bounds = [0, *breaks, len(ids)]
        types = []
        for index, (start, end) in enumerate(zip(bounds, bounds[1:])):
            first = parts[2 * index] if len(parts) == 6 else parts[0]
            types += [0] * first + [1] * (end - start - first)
        out.append({"input_ids": ids, "token_type_ids": types, "breaks": breaks, "category": right})
    return out


BERT_ROWS = tiny_bert.BATCH
GPT2_ROWS = [{"input_ids": ids, "token_type_ids": [0] * len(ids)} for ids in tiny_gpt2.SEQUENCES]
NEXT = [[[i, t] for i, t in enumerate(ids[1:])] for ids in tiny_gpt2.SEQUENCES]
NO_LABELS = {"kind": "classes", "names": []}
LABELS = {"kind": "classes", "names": ["no", "maybe", "yes"]}
TAG_LABELS = {"kind": "classes", "names": TAGS}


def pooled(model, hidden):
    return model.classifier(model.bert.pooler(hidden))[0]


def tagged(model, hidden):
    return model.classifier(hidden)[0]


def spanned(model, hidden):
    return model.qa_outputs(hidden)[0]


BERT = {
    "SEQ_CLS": Head("bert", "SEQ_CLS", transformers.BertForSequenceClassification, LABELS,
                    features(BERT_ROWS, "category", CATEGORIES), pooled, settings={"num_labels": 3}),
    "flags": Head("bert", "SEQ_CLS", transformers.BertForSequenceClassification, LABELS | {"kind": "flags"},
                  features(BERT_ROWS, "flags", FLAGS), pooled, variant="flags",
                  settings={"num_labels": 3, "problem_type": "multi_label_classification"}),
    "value": Head("bert", "SEQ_CLS", transformers.BertForSequenceClassification, {"kind": "value", "names": []},
                  features(BERT_ROWS, "value", VALUES), pooled, variant="value",
                  settings={"num_labels": 1, "problem_type": "regression"}),
    "TOKEN_CLS": Head("bert", "TOKEN_CLS", transformers.BertForTokenClassification, TAG_LABELS,
                      features(BERT_ROWS, "tokens", TAGGED), tagged, settings={"num_labels": len(TAGS)}),
    "QUESTION_ANS": Head("bert", "QUESTION_ANS", transformers.BertForQuestionAnswering, NO_LABELS,
                         features(BERT_ROWS, "span", SPANS), spanned, ("qa_outputs.",)),
    "MULTIPLE_CHOICE": Head("bert", "MULTIPLE_CHOICE", transformers.BertForMultipleChoice, NO_LABELS,
                            choices(), pooled),
    "template": Head("bert", "MASKED_LM", transformers.BertForMaskedLM, NO_LABELS,
                     [{"input_ids": ids, "token_type_ids": [0] * len(ids), "tokens": t} for ids, t in TEMPLATES],
                     lambda model, hidden: model.cls(hidden)[0], ("cls.",), frozen=True, variant="template"),
    "MASKED_LM": Head("bert", "MASKED_LM", transformers.BertForMaskedLM, NO_LABELS, masked(BERT_ROWS),
                      lambda model, hidden: model.cls(hidden)[0], ("cls.",), frozen=True),
}  # fmt: skip
GPT2 = {
    "SEQ_CLS": Head("gpt2", "SEQ_CLS", transformers.GPT2ForSequenceClassification, LABELS,
                    features(GPT2_ROWS, "category", CATEGORIES),
                    lambda model, hidden: model.score(hidden[:, -1])[0], ("score.",), settings={"num_labels": 3}),
    "TOKEN_CLS": Head("gpt2", "TOKEN_CLS", transformers.GPT2ForTokenClassification, TAG_LABELS,
                      features(GPT2_ROWS, "tokens", TAGGED), tagged, settings={"num_labels": len(TAGS)}),
    "QUESTION_ANS": Head("gpt2", "QUESTION_ANS", transformers.GPT2ForQuestionAnswering, NO_LABELS,
                         features(GPT2_ROWS, "span", SPANS), spanned, ("qa_outputs.",)),
    "CAUSAL_LM": Head("gpt2", "CAUSAL_LM", transformers.GPT2LMHeadModel, NO_LABELS,
                      features(GPT2_ROWS, "tokens", NEXT), lambda model, hidden: model.lm_head(hidden)[0],
                      (), frozen=True),
}  # fmt: skip


ROBERTA_ROWS = tiny_roberta.BATCH
ROBERTA = {
    "SEQ_CLS": Head("roberta", "SEQ_CLS", transformers.RobertaForSequenceClassification, LABELS,
                    features(ROBERTA_ROWS, "category", CATEGORIES),
                    lambda model, hidden: model.classifier(hidden)[0], settings={"num_labels": 3}),
    "TOKEN_CLS": Head("roberta", "TOKEN_CLS", transformers.RobertaForTokenClassification, TAG_LABELS,
                      features(ROBERTA_ROWS, "tokens", TAGGED), tagged, settings={"num_labels": len(TAGS)}),
    "QUESTION_ANS": Head("roberta", "QUESTION_ANS", transformers.RobertaForQuestionAnswering, NO_LABELS,
                         features(ROBERTA_ROWS, "span", SPANS), spanned, ("qa_outputs.",)),
    "MULTIPLE_CHOICE": Head("roberta", "MULTIPLE_CHOICE", transformers.RobertaForMultipleChoice, NO_LABELS,
                            choices(), None),
    "MASKED_LM": Head("roberta", "MASKED_LM", transformers.RobertaForMaskedLM, NO_LABELS, masked(ROBERTA_ROWS),
                      None, ("lm_head.",), frozen=True),
}  # fmt: skip


def decoder(backbone, classes, token_head):
    """The heads of a decoder; `classes` gives the class for the end of its name."""
    return {
        "SEQ_CLS": Head(backbone, "SEQ_CLS", classes("ForSequenceClassification"), LABELS,
                        features(GPT2_ROWS, "category", CATEGORIES), None, ("score.",), settings={"num_labels": 3}),
        "TOKEN_CLS": Head(backbone, "TOKEN_CLS", classes("ForTokenClassification"), TAG_LABELS,
                          features(GPT2_ROWS, "tokens", TAGGED), None, (token_head,),
                          settings={"num_labels": len(TAGS)}),
        "QUESTION_ANS": Head(backbone, "QUESTION_ANS", classes("ForQuestionAnswering"), NO_LABELS,
                             features(GPT2_ROWS, "span", SPANS), None, ("qa_outputs.",)),
        "CAUSAL_LM": Head(backbone, "CAUSAL_LM", classes("ForCausalLM"), NO_LABELS,
                          features(GPT2_ROWS, "tokens", NEXT), None, (), frozen=True),
    }  # fmt: skip


BLOOM = decoder("bloom", lambda end: getattr(transformers, "Bloom" + end), "classifier.")
LLAMA, MISTRAL, QWEN2 = (decoder(kind, lambda end: end, "score.") for kind in tiny_llama.NAMES)
T5, T5_GATED, MT5 = (
    Head(kind, "SEQ_2_SEQ_LM", "ForConditionalGeneration", NO_LABELS, tiny_t5.BATCH, None, (), frozen=True)
    for kind in tiny_t5.OWN
)
