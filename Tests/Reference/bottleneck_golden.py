#!/usr/bin/env python3
"""Golden cells for bottleneck adapters, and what the library `adapters` writes of them.

    pip install adapters==1.3.0
    python Tests/Reference/bottleneck_golden.py [part of a cell's name ...]

Writes `ExperimentTests/Golden/cells/*-BOTTLENECK-*` and `TunersTests/Golden/bottleneck*/`. PEFT has no such method;
`adapters` comes into an environment of its own beside the other libraries, since it replaces classes of transformers.
"""

import json
import pathlib
import re
import shutil
import sys
import tempfile

import adapters
import adapters.models.t5.modeling_t5
import torch
from adapters import BnConfig
from safetensors.torch import load_file, save_file

import cell_heads
import tiny_llama
import tiny_t5
from cells_golden import SEED, Cell
from golden import TESTS, VERSIONS, check_versions, draw, float32, write_json
from ten_steps import short, take_steps, trained_parameters

ADAPTERS_VERSION = "1.3.0"
ADAPTERS = TESTS / "TunersTests/Golden"
# The library's default adapter is "seq_bn", Pfeiffer's; "double_seq_bn" is Houlsby's.
SEQ_BN = {
    "mh_adapter": False, "output_adapter": True, "reduction_factor": 4, "non_linearity": "relu",
    "original_ln_before": True, "original_ln_after": True, "residual_before_ln": True,
    "adapter_residual_before_ln": False, "ln_before": False, "ln_after": False, "is_parallel": False, "scaling": 1.0,
}  # fmt: skip
DOUBLE_SEQ_BN = SEQ_BN | {"mh_adapter": True, "original_ln_before": False, "non_linearity": "swish"}
PAR_BN = SEQ_BN | {"original_ln_before": False, "is_parallel": True, "scaling": 4.0}
BOTH = {"mh_adapter": True}
METHODS = {
    "seq_bn": SEQ_BN,
    "double_seq_bn": DOUBLE_SEQ_BN,
    "par_bn": PAR_BN,
    "scaled_par_bn": PAR_BN | BOTH | {"scaling": "learned", "ln_before": True},
    "norms": SEQ_BN | BOTH | {
        "ln_before": True, "ln_after": True, "adapter_residual_before_ln": True, "residual_before_ln": False,
        "scaling": 0.5, "non_linearity": "gelu"},
    "norm_after": DOUBLE_SEQ_BN | {"ln_after": True, "scaling": 2.0, "reduction_factor": 12},
    "plus": SEQ_BN | {"original_ln_after": False, "residual_before_ln": False, "scaling": "channel"},
    "post_add": SEQ_BN | BOTH | {"residual_before_ln": "post_add"},
}  # fmt: skip
DRAWN = [
    (r"adapter_norm_\w+\.weight$", 1.0, 0.2),
    (r"scaling$", 1.0, 0.3),
    (r"adapter_.*bias$", 0.0, 0.1),
    (r"adapter_.*weight$", 0.0, 0.3),
]


def check_defaults():
    """The sections above are the library's named configurations, but for the reduction factor."""
    for name, section in [("seq_bn", SEQ_BN), ("double_seq_bn", DOUBLE_SEQ_BN), ("par_bn", PAR_BN)]:
        named = adapters.AdapterConfig.load(name, reduction_factor=4).to_dict()
        assert section == {key: named[key] for key in section}, name


class BottleneckCell(Cell):
    """Adapters with one head."""

    def make(self, dtype):
        plain = self.head.load(dtype)
        model = self.head.load(dtype)
        adapters.init(model)
        model.add_adapter("default", config=BnConfig(**{k: v for k, v in self.section.items() if k != "peft_type"}))
        model.train_adapter("default")
        model = model.to(dtype)
        with torch.no_grad():
            for name, parameter in trained_parameters(model).items():
                for pattern, mean, deviation in DRAWN:
                    if re.search(pattern, short(name)):
                        parameter.copy_(draw(SEED, short(name), parameter.shape, mean, deviation))
                        break
            model.set_active_adapters(None)
            for row in self.head.batch:
                assert torch.equal(self.logits(model, row), self.logits(plain, row)), "the model itself has changed"
            model.set_active_adapters("default")
        return model

    def take(self, dtype):
        return take_steps(self.make(dtype), self.forward, self.learning_rate)

    def source(self):
        return {"reference": "adapters", "versions": VERSIONS | {"adapters": ADAPTERS_VERSION}}


def cells():
    for case, section in METHODS.items():
        for head in (cell_heads.BERT["SEQ_CLS"], cell_heads.GPT2["CAUSAL_LM"]):
            # Without a norm in the block the library has no residual to take after the sum: it fails.
            if case != "post_add" or head.backbone == "bert":
                yield BottleneckCell(head, f"BOTTLENECK-{case}", {"peft_type": "BOTTLENECK"} | section, 2e-3)
    for head in (cell_heads.ROBERTA["TOKEN_CLS"], cell_heads.LLAMA["CAUSAL_LM"], cell_heads.T5):
        section = {"peft_type": "BOTTLENECK"} | DOUBLE_SEQ_BN
        yield BottleneckCell(head, "BOTTLENECK-double_seq_bn", section, 2e-3)


def write_saved(folder, cell):
    """Configuration and tensors as `save_adapter` writes them, the names and shapes in its files, and our parameters."""
    model = cell.make(torch.float64)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as written:
        # With `ln_before` two names share a tensor, which the library cannot write as safetensors.
        safe = not cell.section["ln_before"]
        model.save_adapter(written, "default", use_safetensors=safe)
        written = pathlib.Path(written)
        for name in ("adapter_config.json", "head_config.json"):
            shutil.copyfile(written / name, folder / name)
        listing = {}
        for file in sorted(written.glob("*.safetensors" if safe else "*.bin")):
            tensors = load_file(file) if safe else torch.load(file)
            listing[file.name] = {name: list(tensor.shape) for name, tensor in sorted(tensors.items())}
            if safe:
                save_file(float32(tensors), folder / file.name)
    write_json(folder / "tensors.json", listing)
    made_from = {short(name): p for name, p in trained_parameters(model).items()}
    save_file(float32(made_from), folder / "parameters.safetensors")
    assert json.loads((folder / "adapter_config.json").read_text())["version"] == f"adapters.{ADAPTERS_VERSION}"


if __name__ == "__main__":
    check_versions()
    check_defaults()
    tiny_llama.keep_precision()
    tiny_t5.keep_precision()
    of_library = adapters.models.t5.modeling_t5
    tiny_t5.keep_softmax(of_library, of_library.T5AttentionWithAdapters)
    for cell in cells():
        if len(sys.argv) > 1 and not any(part in cell.name for part in sys.argv[1:]):
            continue
        cell.write()
        if cell.name in ("bert-SEQ_CLS-BOTTLENECK-double_seq_bn", "gpt2-CAUSAL_LM-BOTTLENECK-norms"):
            write_saved(ADAPTERS / ("bottleneck" if cell.head.backbone == "bert" else "bottleneck-gpt2"), cell)
