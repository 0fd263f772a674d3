#!/usr/bin/env python3
"""Adapters go to PEFT and come from it: what the program writes PEFT reads, and the other way round.

    make build
    python Tests/Reference/exchange.py [--program .build/release/peftexp] [--keep FOLDER] [part of a case's name ...]

Trains tiny models with every method that PEFT has, exports them, loads the files with PEFT and transformers, and compares
what both say; then saves adapters with PEFT and asks the program. Writes what it found into `exchange_outcome.json` beside
this script, and exits with 1 when a case differs by more than `TOLERANCE`. README.md tells what is in the file.
"""

import argparse
import functools
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import warnings

import torch
import transformers
from peft import PeftModel
from safetensors.torch import load_file

from cell_methods import LORA, PROMPTS, attach
from exchange_cases import CONFIGURATIONS, EXPORTS, IMPORTS, MERGED, RANKED, WITHOUT_WEIGHTS, remark
from exchange_tasks import TASKS
from golden import VERSIONS, check_versions, draw, write_json
from tiny_bert import keep_token_types

SEED = 20240614
TOLERANCE = 1e-4
# An adapter that changes less than this is no test of anything.
LEAST_EFFECT = 1e-2
HERE = pathlib.Path(__file__).resolve().parent
HEADS = ("classifier.", "score.", "qa_outputs.")
TRAIN = {"max_steps": 6, "per_device_train_batch_size": 4, "learning_rate": 0.05, "lr_scheduler_type": "constant"}


def check_notes(talk, task, section, is_bare):
    """Of what is read nothing is remarked but where a classifier reads that PEFT's files do not say."""
    told = [line for line in talk.splitlines() if "note:" in line]
    expected = is_bare and section["peft_type"] in PROMPTS and task.task_type == "SEQ_CLS" and task.has_own_reading
    if len(told) != expected or expected and "first_position" not in told[0]:
        raise RuntimeError(talk)


class Exchange:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.sections = {name: task.write(folder) for name, task in TASKS.items()}
        self.tokenizers = {
            name: transformers.AutoTokenizer.from_pretrained(task.checkpoint) for name, task in TASKS.items()
        }

    def ask(self, *words, status=0):
        """Runs the program; gives its output, and what it said."""
        ended = subprocess.run([self.program, *map(str, words)], capture_output=True, text=True, cwd=self.folder)
        if ended.returncode != status:
            raise RuntimeError(f"{' '.join(map(str, words))}: status {ended.returncode}\n{ended.stderr}")
        return ended.stdout, ended.stderr

    def predict(self, name, *words):
        """What the program tells of the inputs of a task, and what it says beside that."""
        out, talk = self.ask("predict", *words, "--input", self.folder / f"{TASKS[name].name}.inputs", "--logits")
        return TASKS[name].told([json.loads(line) for line in out.splitlines()]), talk

    def train(self, case, name, section):
        """Trains a few steps; gives the run's folder."""
        manifest = {"name": f"{case}-{TASKS[name].name}", "seed": SEED, "model": {"path": str(TASKS[name].checkpoint)},
                    "peft": section, "train": TRAIN} | self.sections[name]  # fmt: skip
        if section["peft_type"] == "FULL":
            manifest["train"] = TRAIN | {"learning_rate": 0.002}
        file = self.folder / f"{manifest['name']}.json"
        file.write_text(json.dumps(manifest), encoding="utf8")
        self.ask("run", file, "--results", self.folder / "results")
        (run,) = (self.folder / "results" / manifest["name"]).glob("*/result.json")
        return run.parent

    def reference(self, model, name, section, token_types=True):
        """What PEFT's tensors say to the inputs: by PEFT where it is right, else by definition."""
        task = TASKS[name]
        by_definition = section["peft_type"] in PROMPTS and task.has_own_reading
        if task.task_type == "QUESTION_ANS" and task.backbone == "bert" and token_types and not by_definition:
            keep_token_types(model)
        return task.answers(model, self.tokenizers[name], by_definition, token_types)

    def effect(self, name, tensors, expected):
        """How far the adapter moves the logits: those of its head on the bare backbone are taken away."""
        model = TASKS[name].load()
        names = {re.sub(r"^base_model\.(model\.)?", "", key): value for key, value in tensors.items()}
        model.load_state_dict({key: names[key] for key in model.state_dict() if key in names
                               and key.startswith(HEADS)}, strict=False)  # fmt: skip
        moved = difference(TASKS[name].answers(model, self.tokenizers[name]), expected)
        if not moved > LEAST_EFFECT:
            raise RuntimeError(f"the adapter changes nothing: {moved:.1e}")

    def exported(self, case, name, section):
        """A run's adapter in PEFT's hands; then the same files, without what only this program reads, in ours."""
        run = self.train(case, name, section)
        ours, _ = self.predict(name, run)
        place, _ = self.ask("export", run, "--format", "peft")
        adapter = pathlib.Path(place.strip())
        tensors = load_file(adapter / "adapter_model.safetensors")
        # PEFT may warn of what it misses in the file or does not know in the configuration.
        with Warned() as warned:
            model = PeftModel.from_pretrained(TASKS[name].load(), adapter).eval()
        expected = self.reference(model, name, section)
        self.effect(name, tensors, expected)
        found = {"difference": difference(ours, expected)}
        found |= {"warnings": warned} if warned else {}
        if section["peft_type"] in PROMPTS and TASKS[name].has_own_reading:
            plain = TASKS[name].answers(model, self.tokenizers[name])
            same = [a.shape == b.shape for a, b in zip(plain, expected)]
            found["peft_itself"] = difference(plain, expected) if all(same) else "logits of virtual tokens too"
        bare = self.folder / "bare" / run.name
        bare.mkdir(parents=True)
        for file in ("adapter_config.json", "adapter_model.safetensors"):
            shutil.copy(adapter / file, bare)
        again = []
        for folder in (bare, adapter, run / "adapter"):
            read, talk = self.predict(
                name, "--model", TASKS[name].checkpoint, "--adapter", folder, *TASKS[name].overrides)
            again.append(difference(read, ours))
            check_notes(talk, TASKS[name], section, is_bare=folder == bare)
        found["read_back"] = max(again)
        return found, max(found["difference"], found["read_back"])

    def saved(self, case, name, section):
        """A PEFT model with drawn parameters, saved."""
        model = TASKS[name].load()
        with torch.no_grad():
            for key, parameter in model.named_parameters():
                if key.startswith(HEADS):
                    parameter.copy_(draw(SEED, key, parameter.shape, 0.0, 0.3))
        model = attach(model, TASKS[name].head, section, SEED).eval()
        if case == "ADALORA":
            self.allocate(model, name)
        folder = self.folder / "saved" / f"{case}-{name}"
        model.save_pretrained(folder)
        return model, folder

    def allocate(self, model, name):
        """AdaLoRA's budget after some updates: ranks are gone."""
        for step in range(1, RANKED["total_step"]):
            model.zero_grad()
            row = TASKS[name].rows(self.tokenizers[name], TASKS[name].inputs[step])[0]
            model(torch.tensor([row["input_ids"]])).logits.square().sum().backward()
            model.base_model.update_and_allocate(step)
        kept = model.peft_config["default"].rank_pattern
        if all(all(marks) for marks in kept.values()):
            raise RuntimeError("all ranks are left")

    def imported(self, case, name, section):
        """An adapter that PEFT saved, in the program's hands."""
        model, folder = self.saved(case, name, section)
        expected = self.reference(model, name, section)
        self.effect(name, load_file(folder / "adapter_model.safetensors"), expected)
        words = ("--model", TASKS[name].checkpoint, "--adapter", folder, *TASKS[name].overrides)
        ours, talk = self.predict(name, *words)
        found = {"difference": difference(ours, expected)}
        check_notes(talk, TASKS[name], section, is_bare=True)
        if name == "QUESTION_ANS" and section["peft_type"] not in PROMPTS:
            # As PEFT itself computes it.
            plain = TASKS[name].answers(model, self.tokenizers[name], token_types=False)
            ours, _ = self.predict(name, *words, "task.return_token_type_ids=false")
            found["without_token_types"] = difference(ours, plain)
        return found, max(found.values())

    def merged(self, case, name, section):
        """A checkpoint without adapter in transformers' hands, and in ours."""
        run = self.train(f"{case}-merged", name, section)
        ours, _ = self.predict(name, run)
        place, _ = self.ask("export", run, "--format", "merged", "--output", self.folder / "merged" / run.name)
        folder = pathlib.Path(place.strip())
        with Warned() as warned:
            model = TASKS[name].load(folder)
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        found = {"difference": difference(ours, TASKS[name].answers(model, tokenizer))}
        found |= {"warnings": warned} if warned else {}
        again, _ = self.predict(name, "--model", folder, f"task.task_type={TASKS[name].task_type}",
                                *TASKS[name].overrides)  # fmt: skip
        found["read_back"] = difference(again, ours)
        return found, max(found["difference"], found["read_back"])

    def refused(self, case, name, section):
        """A method that no weights can stand for: a sentence, and no folder."""
        run = self.train(f"{case}-merged", name, section)
        folder = self.folder / "refused" / case
        _, talk = self.ask("export", run, "--format", "merged", "--output", folder, status=1)
        if folder.exists() or section["peft_type"] not in talk:
            raise RuntimeError(f"{folder} exists, or: {talk}")
        return {"message": talk.strip().replace(str(self.folder), "…")}, 0

    def configuration(self, case, change, status, mentioned):
        """PEFT's adapter with another `adapter_config.json`."""
        model, folder = self.saved("LORA-" + case, "SEQ_CLS", LORA)
        file = folder / "adapter_config.json"
        file.write_text(json.dumps(change(json.loads(file.read_text(encoding="utf8"))), indent=2), encoding="utf8")
        words = ("--model", TASKS["SEQ_CLS"].checkpoint, "--adapter", folder, *TASKS["SEQ_CLS"].overrides)
        if status == 0:
            ours, talk = self.predict("SEQ_CLS", *words)
            found = {"difference": difference(ours, self.reference(model, "SEQ_CLS", LORA))}
        else:
            _, talk = self.ask("predict", *words, "--input", self.folder / "bert-SEQ_CLS.inputs", status=status)
            found = {}
        if missing := [word for word in mentioned if word not in talk]:
            raise RuntimeError(f"{missing} is not in: {talk}")
        talk = "\n".join(line for line in talk.splitlines() if not line.startswith("predicting"))
        found |= {"message": talk.strip().replace(str(self.folder), "…")} if talk.strip() else {}
        return found, found.get("difference", 0)

    def cases(self):
        """Kind, name, remark, and what tries it."""
        for kind, table, attempt in (
            ("export", EXPORTS, self.exported), ("import", IMPORTS, self.imported), ("merged", MERGED, self.merged),
        ):  # fmt: skip
            for case, (section, names) in table.items():
                refused = kind == "merged" and section["peft_type"] in WITHOUT_WEIGHTS
                for name in names.split():
                    said = "refused" if refused else remark(TASKS[name], section) if kind != "merged" else None
                    what = functools.partial(self.refused if refused else attempt, case, name, section)
                    yield kind, f"{TASKS[name].name}-{case}", said, what
        for case, (said, *rest) in CONFIGURATIONS.items():
            yield "configuration", case, said, functools.partial(self.configuration, case, *rest)


class Warned:
    """What Python libraries warn of meanwhile, without what each run may say."""

    def __enter__(self):
        self.lines, self.catcher = [], warnings.catch_warnings(record=True)
        self.caught = self.catcher.__enter__()
        warnings.simplefilter("always")
        return self.lines

    def __exit__(self, *error):
        self.catcher.__exit__(*error)
        self.lines += sorted({str(one.message).splitlines()[0] for one in self.caught if one.category is UserWarning})


def difference(ours, expected):
    """The largest difference between two lists of rows; infinite where their shapes differ."""
    if [a.shape for a in ours] != [b.shape for b in expected]:
        return float("inf")
    return max((a - b).abs().max().item() for a, b in zip(ours, expected))


def rounded(found):
    """Differences to one digit: the others depend on the machine."""
    return {key: float(f"{value:.0e}") if isinstance(value, float) else value for key, value in found.items()}


def record(tried, names):
    """Writes what was found, beside what is known of the other cases."""
    file = HERE / "exchange_outcome.json"
    known = json.loads(file.read_text(encoding="utf8")) if file.exists() else {}
    outcome = {"versions": VERSIONS, "tolerance": TOLERANCE}
    for kind, case in names:
        found = tried.get((kind, case)) or known.get(kind, {}).get(case)
        if found:
            outcome.setdefault(kind, {})[case] = found
    write_json(file, outcome)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=HERE.parent.parent / ".build/release/peftexp", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("parts", nargs="*")
    options = parser.parse_args()
    check_versions()
    folder = options.keep or pathlib.Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    tried, names, failures = {}, set(), 0
    for kind, case, said, attempt in Exchange(options.program.resolve(), folder.resolve()).cases():
        names.add((kind, case))
        if options.parts and not any(part in f"{kind}/{case}" for part in options.parts):
            continue
        try:
            found, worst = attempt()
            found = rounded(found) | {"ok": worst <= TOLERANCE}
        except Exception as error:
            found = {"ok": False, "error": re.sub(r"(/[^/\s]+){3,}/", "…/", f"{type(error).__name__}: {error}")}
        found |= {"remark": said} if said else {}
        failures += not found["ok"]
        print(f"{kind}/{case}: {found}", flush=True)
        tried[kind, case] = found
    record(tried, names)
    if not options.keep:
        shutil.rmtree(folder)
    print(f"{failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
