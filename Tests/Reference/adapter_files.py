"""What PEFT leaves of a model on disk, and the parameters it was made from."""

import pathlib
import shutil
import tempfile

from safetensors.torch import load_file, save_file

from golden import float32
from ten_steps import short, trained_parameters


def write_adapter(model, folder):
    """Writes PEFT's `save_pretrained` of a float64 model, its tensors rounded, and the trained parameters under our names.

    Some of what PEFT saves is computed (a projected prefix), in float64 here so that no machine's rounding is in it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as written:
        model.save_pretrained(written)
        shutil.copyfile(pathlib.Path(written) / "adapter_config.json", folder / "adapter_config.json")
        tensors = load_file(pathlib.Path(written) / "adapter_model.safetensors")
    save_file(float32(tensors), folder / "adapter_model.safetensors", metadata={"format": "pt"})
    made_from = {short(name): p for name, p in trained_parameters(model).items()}
    save_file(float32(made_from), folder / "parameters.safetensors")
