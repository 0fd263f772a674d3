"""What the reference scripts share: the versions they hold for, seeded numbers, and how golden files are written."""

import json
import pathlib
import random
import re
import sys

import peft
import torch
import transformers

VERSIONS = {"torch": "2.15.0", "transformers": "4.57.6", "peft": "0.21.2"}
TESTS = pathlib.Path(__file__).resolve().parent.parent


def check_versions():
    """Stops unless the libraries are the ones the golden files were made with."""
    for module in (torch, transformers, peft):
        name, found = module.__name__, module.__version__.split("+")[0]
        if found != VERSIONS[name]:
            sys.exit(f"{name} is {found}; these golden files belong to {name} {VERSIONS[name]}")
    transformers.logging.set_verbosity_error()
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)


def draw(seed, name, shape, mean=0.0, deviation=1.0):
    """Normal numbers that depend on the seed and the name alone, rounded to float32."""
    stream = random.Random(f"{seed}/{name}")
    count = torch.Size(shape).numel()
    return torch.tensor([stream.gauss(mean, deviation) for _ in range(count)], dtype=torch.float32).reshape(shape)


def fill(model, seed, deviation):
    """Gives every parameter numbers large enough to bend the softmax and the activation."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            fill_one(seed, name, parameter, deviation)


def fill_one(seed, name, parameter, deviation):
    if re.search(r"((?i:layer_?norm)|\bnorm|\bln_\w+)\.weight$", name):
        parameter.copy_(draw(seed, name, parameter.shape, 1.0, 0.2))
    elif name.endswith("bias"):
        parameter.copy_(draw(seed, name, parameter.shape, 0.0, 0.1))
    else:
        parameter.copy_(draw(seed, name, parameter.shape, 0.0, deviation))


def draw_head(seed, model, known):
    """Draws the parameters that the checkpoint, which holds the names in `known`, lacks; gives their names."""
    missing = {name: p for name, p in model.named_parameters() if name not in known}
    with torch.no_grad():
        for name, parameter in missing.items():
            fill_one(seed, name, parameter, 0.3)
    return list(missing)


def float32(tensors):
    """The tensors as safetensors want them: float32, contiguous, on their own memory."""
    return {name: tensor.detach().to(torch.float32).clone().contiguous() for name, tensor in tensors.items()}


def write_json(path, value):
    """Writes sorted JSON; a list of numbers stands on one line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(value) + "\n", encoding="utf8")


def render(value, indent=""):
    inner = indent + "  "
    if isinstance(value, dict) and value:
        rows = [f"{inner}{json.dumps(key)}: {render(value[key], inner)}" for key in sorted(value)]
        return "{\n" + ",\n".join(rows) + "\n" + indent + "}"
    if isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        return "[\n" + ",\n".join(inner + render(item, inner) for item in value) + "\n" + indent + "]"
    if isinstance(value, list):
        return "[" + ", ".join(render(item) for item in value) + "]"
    return format(value, ".9g") if isinstance(value, float) else json.dumps(value)
