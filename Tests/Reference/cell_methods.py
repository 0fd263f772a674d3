"""The methods of golden cells: how PEFT attaches each to a model, and the numbers its parameters begin with."""

import re

import peft
import torch
from peft import get_peft_model

from golden import draw
from ten_steps import short, trained_parameters

CONFIGURATIONS = {
    "LORA": peft.LoraConfig, "ADALORA": peft.AdaLoraConfig, "IA3": peft.IA3Config,
    "PREFIX_TUNING": peft.PrefixTuningConfig, "PROMPT_TUNING": peft.PromptTuningConfig,
    "P_TUNING": peft.PromptEncoderConfig, "ADAPTION_PROMPT": peft.AdaptionPromptConfig,
}  # fmt: skip
PROMPTS = ("PROMPT_TUNING", "P_TUNING")

LORA = {"peft_type": "LORA", "r": 4, "lora_alpha": 8}
ADALORA = {
    "peft_type": "ADALORA", "init_r": 4, "target_r": 2, "lora_alpha": 8, "tinit": 2, "tfinal": 2, "deltaT": 2,
    "total_step": 10,
}  # fmt: skip
P_TUNING = {"peft_type": "P_TUNING", "num_virtual_tokens": 5, "encoder_hidden_size": 12}
METHODS = {
    "LORA": LORA,
    "ADALORA": ADALORA,
    "IA3": {"peft_type": "IA3"},
    "PREFIX_TUNING": {"peft_type": "PREFIX_TUNING", "num_virtual_tokens": 5},
    "PROMPT_TUNING": {"peft_type": "PROMPT_TUNING", "num_virtual_tokens": 5},
    "P_TUNING-mlp": P_TUNING | {"encoder_reparameterization_type": "MLP"},
    "P_TUNING-lstm": P_TUNING | {"encoder_reparameterization_type": "LSTM", "encoder_num_layers": 2},
    "LINEAR": {"peft_type": "LINEAR"},
    "FULL": {"peft_type": "FULL"},
    "BITFIT": {"peft_type": "BITFIT"},
}
ADAPTION_PROMPT = {"peft_type": "ADAPTION_PROMPT", "adapter_len": 5, "adapter_layers": 1}
VARIANTS = {
    "LORA-all-linear": LORA | {"target_modules": "all-linear"},
    "LORA-dora": LORA | {"use_dora": True},
    "LORA-patterns": LORA | {
        "use_rslora": True, "rank_pattern": {"query": 2, r"layer\.1\.attention\.self\.value": 3},
        "alpha_pattern": {"value": 12}},
    "LORA-bias-all": LORA | {"bias": "all"},
    "LORA-bias-lora_only": LORA | {"bias": "lora_only"},
    "LORA-modules": LORA | {"modules_to_save": ["pooler"]},
    "LORA-layers": LORA | {"target_modules": ["query", "output.dense"], "layers_to_transform": [1]},
    "LORA-regex": LORA | {"target_modules": r".*\.layer\.0\.(attention\.self\.key|intermediate\.dense)"},
}  # fmt: skip
# What a parameter is drawn from: mean and deviation; the first that fits its name. Others begin as the checkpoint says.
DRAWN = [
    (r"lora_magnitude_vector", 1.7, 0.2),
    (r"\.lora_E$", 0.0, 0.5),
    (r"\.lora_[AB]$", 0.0, 0.2),
    (r"\.lora_[AB]\.", 0.0, 0.3),
    (r"\.ia3_l$", 1.0, 0.3),
    (r"prompt_encoder\.embedding", 0.0, 1.0),
    (r"prompt_encoder\..*bias", 0.0, 0.1),
    (r"prompt_encoder\..*weight", 0.0, 0.3),
    (r"adaption_prompt$", 0.0, 0.4),
    (r"adaption_gate$", 0.5, 0.2),
]


def attach(model, head, section, seed):
    """The model with the method of a manifest's section; parameters that are new are drawn."""
    kind, dtype = section["peft_type"], model.dtype
    if kind in CONFIGURATIONS:
        settings = {key: value for key, value in section.items() if key != "peft_type"}
        # PEFT has no such task types; without one it trains no head unless told.
        if kind in PROMPTS and head.task_type == "MASKED_LM":
            settings["task_type"] = "FEATURE_EXTRACTION"
        elif head.task_type in ("MULTIPLE_CHOICE", "MASKED_LM"):
            settings["modules_to_save"] = settings.get("modules_to_save", []) + ([] if head.frozen else ["classifier"])
        else:
            settings["task_type"] = head.task_type
        model = get_peft_model(model, CONFIGURATIONS[kind](**settings))
        if kind == "ADAPTION_PROMPT" and not head.frozen:
            for name, parameter in model.named_parameters():
                parameter.requires_grad |= short(name).startswith(head.head_names)
        for name, parameter in model.named_parameters():
            # A count, not a weight; PEFT forgets so when the model is not float32.
            parameter.requires_grad &= ".ranknum." not in name
    else:
        for name, parameter in model.named_parameters():
            of_head = name.startswith(head.head_names) if head.head_names else False
            of_method = kind == "FULL" or kind == "BITFIT" and name.endswith(".bias") and not of_head
            parameter.requires_grad = of_method or of_head and not head.frozen
    model = model.to(dtype).train()
    with torch.no_grad():
        for name, parameter in trained_parameters(model).items():
            for pattern, mean, deviation in DRAWN:
                if re.search(pattern, short(name)):
                    parameter.copy_(draw(seed, short(name), parameter.shape, mean, deviation))
                    break
    return model


def prompted(model, head, row):
    """The definition of prompts: virtual embeddings stand before those of words, or where a template put them (id
    `-(k + 1)` for virtual token `k`), then positions, types (0 for virtual tokens), norm and layers as ever; the head
    reads the real tokens alone."""
    base, ids, types = model.base_model, list(row["input_ids"]), list(row["token_type_ids"])
    prompt = model.get_prompt(batch_size=1)[0]
    if min(ids) >= 0:
        ids = [-(k + 1) for k in range(len(prompt))] + ids
        types = [0] * len(prompt) + types
    rows = [prompt[-token - 1] if token < 0 else model.word_embeddings(torch.tensor(token)) for token in ids]
    embeddings = torch.stack(rows)[None]
    if head.backbone == "roberta":
        hidden = base.roberta(inputs_embeds=embeddings)[0]
    elif head.backbone == "bert":
        hidden = base.bert(inputs_embeds=embeddings, token_type_ids=torch.tensor([types]))[0]
    else:
        hidden = base.transformer(inputs_embeds=embeddings)[0]
    return head.read(base, hidden[:, [place for place, token in enumerate(ids) if token >= 0]])


def prefixed(model, head, row):
    """The definition of a prefix: keys and values in front of those of the words, and the head reads the words."""
    ids, prefix = torch.tensor([row["input_ids"]]), model.get_prompt(batch_size=1)
    mask = torch.ones(1, prefix.get_seq_length() + ids.shape[1])
    base = model.base_model
    hidden = getattr(base, head.backbone)(ids, attention_mask=mask, past_key_values=prefix)[0]
    return head.read(base, hidden)


def orthogonality(model):
    """AdaLoRA's penalty: the mean of |A Aᵀ - I| and |Bᵀ B - I| (Frobenius) over all of them."""
    norms = []
    for name, p in trained_parameters(model).items():
        if ".lora_A" in name or ".lora_B" in name:
            product = p @ p.T if ".lora_A" in name else p.T @ p
            norms.append((product - torch.eye(len(product), dtype=p.dtype)).norm())
    return torch.stack(norms).mean()
