"""The tiny BERT that golden files are about: its vocabulary, configuration, three sequences, and how it is loaded."""

import string

from safetensors.torch import load_file
from transformers import BertConfig, BertModel

from golden import TESTS, draw_head

SEED = 20240611
NAME = "ModelsTests/Golden/tiny-bert"
CHECKPOINT = TESTS / NAME

VOCABULARY = (
    ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", ",", "?", "'"]
    + list(string.ascii_lowercase)
    + ["##" + letter for letter in string.ascii_lowercase]
)
# Lengths 13, 7 and 10; the third has no answer, which is the span of [CLS].
BATCH = [
    {
        "input_ids": [2, 31, 39, 23, 8, 3, 9, 47, 52, 17, 40, 5, 3],
        "token_type_ids": [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1],
        "start": 7,
        "end": 9,
    },
    {"input_ids": [2, 60, 7, 3, 12, 33, 3], "token_type_ids": [0, 0, 0, 0, 1, 1, 1], "start": 4, "end": 4},
    {
        "input_ids": [2, 28, 14, 3, 55, 1, 20, 20, 6, 3],
        "token_type_ids": [0, 0, 0, 0, 1, 1, 1, 1, 1, 1],
        "start": 0,
        "end": 0,
    },
]


def configuration(activation="gelu", **more):
    return BertConfig(
        vocab_size=len(VOCABULARY), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=37,
        max_position_embeddings=64, type_vocab_size=2, hidden_act=activation, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, layer_norm_eps=1e-12, pad_token_id=0, attn_implementation="eager", **more,
    )  # fmt: skip


def load(model_class, activation, dtype, **more):
    """The model with the checkpoint's numbers, a head it lacks drawn, without a path in its configuration."""
    model = model_class(configuration(activation, **more))
    tensors = load_file(CHECKPOINT / "model.safetensors")
    if model_class is BertModel:
        tensors = {name.removeprefix("bert."): tensor for name, tensor in tensors.items()}
    drawn = draw_head(SEED, model, set(tensors))
    model.load_state_dict({name: tensors[name] for name in model.state_dict() if name in tensors}, strict=not drawn)
    return model.to(dtype).train()


def keep_token_types(model):
    """PEFT's forward for QUESTION_ANS takes `token_type_ids` and does not pass them on; here they reach the embeddings.

    P-tuning v2 and BERT itself mark the second text, so that is what is compared with.
    """
    model.register_forward_pre_hook(
        lambda module, args, kwargs: setattr(module, "given_types", kwargs.get("token_type_ids")), with_kwargs=True)

    def put_back(module, args, kwargs):
        assert kwargs.get("token_type_ids") is None or not kwargs["token_type_ids"].any(), "PEFT passes them on now"
        return args, kwargs | ({} if model.given_types is None else {"token_type_ids": model.given_types})

    model.base_model.bert.embeddings.register_forward_pre_hook(put_back, with_kwargs=True)
    return model
