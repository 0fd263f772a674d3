#!/usr/bin/env python3
"""Bottleneck adapters go to the library `adapters` and come from it.

    make build
    pip install adapters==1.3.0
    python Tests/Reference/exchange_bottleneck.py [--program .build/release/peftexp]

Trains tiny models, lets the library load what was exported, and asks the program about what the library saved. Writes what it found
into `exchange_bottleneck_outcome.json` and exits with 1 when a case differs by more than `TOLERANCE`.
"""

import argparse
import pathlib
import sys
import tempfile

import adapters
import torch
from adapters import BnConfig

from bottleneck_golden import ADAPTERS_VERSION, METHODS
from exchange import HEADS, HERE, SEED, TOLERANCE, Exchange, difference, rounded
from exchange_tasks import TASKS
from golden import VERSIONS, check_versions, draw, write_json

OUTCOME = HERE / "exchange_bottleneck_outcome.json"
# With `ln_before` two names share a tensor, which the library cannot write as safetensors.
SHARED = {"scaled_par_bn", "norms"}
# Without a norm in the block the library has no residual to take after the sum.
WITHOUT = {("post_add", "gpt2")}
NAMES = ("SEQ_CLS", "TOKEN_CLS", "gpt2-SEQ_CLS")


class Bottlenecks(Exchange):
    """The library's models instead of PEFT's."""

    def bare(self, name):
        model = TASKS[name].load()
        adapters.init(model)
        return model

    def exported(self, case, name, section):
        """A run's adapter in the library's hands, and again in ours."""
        run = self.train(case, name, {"peft_type": "BOTTLENECK"} | section)
        ours, _ = self.predict(name, run)
        place, _ = self.ask("export", run, "--format", "peft", "--output", self.folder / "exported" / f"{case}-{name}")
        adapter = pathlib.Path(place.strip())
        model = self.bare(name)
        model.load_adapter(str(adapter), load_as="default", set_active=True, use_safetensors=True)
        found = {"difference": difference(ours, TASKS[name].answers(model.eval(), self.tokenizers[name]))}
        model.set_active_adapters(None)
        if not difference(ours, TASKS[name].answers(model, self.tokenizers[name])) > 1e-2:
            raise RuntimeError("the adapter changes nothing")
        (adapter / "training_state.safetensors").unlink()
        read, _ = self.predict(name, "--model", TASKS[name].checkpoint, "--adapter", adapter, *TASKS[name].overrides)
        found["read_back"] = difference(read, ours)
        return found

    def imported(self, case, name, section):
        """An adapter with its head that the library saved, in the program's hands."""
        model = self.bare(name)
        model.add_adapter("default", config=BnConfig(**section))
        with torch.no_grad():
            for key, parameter in model.named_parameters():
                if ".adapters." in key or key.startswith(HEADS):
                    mean = 1.0 if "norm" in key and key.endswith("weight") or key.endswith("scaling") else 0.0
                    parameter.copy_(draw(SEED, key, parameter.shape, mean, 0.3))
        model.set_active_adapters("default")
        folder = self.folder / "saved" / f"{case}-{name}"
        folder.mkdir(parents=True)
        model.save_adapter(str(folder), "default", with_head=True, use_safetensors=True)
        expected = TASKS[name].answers(model.eval(), self.tokenizers[name])
        words = ("--model", TASKS[name].checkpoint, "--adapter", folder, *TASKS[name].overrides)
        ours, talk = self.predict(name, *words)
        if "note:" in talk:
            raise RuntimeError(talk)
        return {"difference": difference(ours, expected)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=HERE.parent.parent / ".build/release/peftexp", type=pathlib.Path)
    options = parser.parse_args()
    check_versions()
    outcome = {"versions": VERSIONS | {"adapters": ADAPTERS_VERSION}, "tolerance": TOLERANCE}
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        exchange = Bottlenecks(options.program.resolve(), pathlib.Path(folder))
        for case, section in METHODS.items():
            for name in NAMES:
                if (case, TASKS[name].backbone) in WITHOUT:
                    continue
                for kind, attempt in (("export", exchange.exported), ("import", exchange.imported)):
                    if kind == "import" and case in SHARED:
                        continue
                    try:
                        found = attempt(case, name, section)
                        found = rounded(found) | {"ok": max(found.values()) <= TOLERANCE}
                    except Exception as error:
                        found = {"ok": False, "error": f"{type(error).__name__}: {error}".replace(folder, "…")}
                    failures += not found["ok"]
                    print(f"{kind}/{TASKS[name].name}-{case}: {found}", flush=True)
                    outcome.setdefault(kind, {})[f"{TASKS[name].name}-{case}"] = found
    write_json(OUTCOME, outcome)
    print(f"{failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
