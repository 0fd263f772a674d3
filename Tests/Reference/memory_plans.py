"""Planned against measured peak memory of short trainings and scorings over many methods and shapes.

    python Tests/Reference/memory_plans.py PROGRAM MODELS DATA [--only WORD] [--dtype TYPE] [--steps N] [--json FILE]

PROGRAM is a built `peftexp`, MODELS a folder with the checkpoint `all-MiniLM-L6-v2` (`experiments/fetch-model.sh`) and any of `bert-base`, `gpt2`,
`t5-small`, `bert-tiny` (of any weights; cases without their checkpoint are left out), and DATA a folder with `squad`, `sst2`, `e2e` and `text`
as the shared data of the tests. Needs nothing but Python 3. The peak is the program's own figure in `result.json`; the last line
says how many cases are further off than a tenth, which is also the exit status. Seed 11 in each manifest.
"""
import argparse, json, pathlib, subprocess, sys, tempfile


def cases(data, short):
    """Name, checkpoint, and manifest sections of each case."""
    squad = ("{task_type: QUESTION_ANS, max_seq_length: 384, doc_stride: 128}",
             f"{{format: squad, train: {data}/squad/dev-v1.1.json, max_train_samples: 1500, eval: {data}/squad/eval.json, max_eval_samples: 24}}")
    sst2 = ("{task_type: SEQ_CLS, max_seq_length: 128}", f"{{format: tsv, train: {data}/sst2/train.tsv, eval: {data}/sst2/dev.tsv, max_eval_samples: 200}}")
    text = lambda kind, length, more="": (f"{{task_type: {kind}, max_seq_length: {length}{more}}}",
                                 f"{{format: text, train: {data}/text/wikitext2-valid.txt, eval: {short}}}")
    e2e = ("{task_type: SEQ_2_SEQ_LM}", f"{{format: csv, train: {data}/e2e/devset.csv, text_column: mr, target_column: ref, max_train_samples: 1000}}")
    prefix = lambda n: f"{{peft_type: PREFIX_TUNING, num_virtual_tokens: {n}}}"
    lora, full, linear = "{peft_type: LORA, r: 8, lora_alpha: 16}", "{peft_type: FULL}", "{peft_type: LINEAR}"
    minilm = [
        ("squad prefix 16", squad, prefix(16), 16), ("squad lora", squad, lora, 8), ("sst2 lora", sst2, lora, 32),
        ("sst2 full", sst2, full, 32), ("sst2 linear", sst2, linear, 32), ("sst2 bitfit", sst2, "{peft_type: BITFIT}", 32),
        ("sst2 prompt", sst2, "{peft_type: PROMPT_TUNING, num_virtual_tokens: 20}", 32),
        ("sst2 p-tuning lstm", sst2, "{peft_type: P_TUNING, num_virtual_tokens: 16, encoder_reparameterization_type: LSTM, encoder_hidden_size: 384}", 32),
        ("sst2 bottleneck", sst2, "{peft_type: BOTTLENECK}", 32), ("sst2 ia3", sst2, "{peft_type: IA3}", 32),
        ("sst2 adalora", sst2, "{peft_type: ADALORA, tinit: 1, tfinal: 1, total_step: 20}", 32),
        ("sst2 pissa", sst2, "{peft_type: LORA, r: 8, init_lora_weights: pissa}", 32),
        ("sst2 dora", sst2, "{peft_type: LORA, r: 8, use_dora: true, lora_dropout: 0.1}", 32),
        ("new masked head", text("MASKED_LM", 128, ", mlm_probability: 0.15"), full, 16),
    ]
    for name, (task, files), method, size in minilm:
        yield f"minilm {name}", "all-MiniLM-L6-v2", task, files, method, size
    for name, model, (task, files), method, size in [
        ("bert-base squad prefix 128", "bert-base", squad, prefix(128), 8),
        ("bert-base squad lora", "bert-base", squad, lora, 8),
        ("bert-base sst2 full", "bert-base", sst2, full, 16),
        ("gpt2 text lora", "gpt2", text("CAUSAL_LM", 512), lora, 4),
        ("gpt2 text prefix 32", "gpt2", text("CAUSAL_LM", 512), prefix(32), 4),
        ("t5 e2e lora", "t5-small", e2e, lora, 16), ("t5 e2e prefix 16", "t5-small", e2e, prefix(16), 16),
        ("small bert sst2 lora", "bert-tiny", sst2, lora, 8),
        ("small bert sst2 full", "bert-tiny", sst2, full, 8),
    ]:
        yield name, model, task, files, method, size


def run(program, folder, name, sections, steps, more):
    model, task, data, method, size = sections
    manifest = folder / "manifest.yaml"
    manifest.write_text(
        f"name: memory\nseed: 11\nmodel: {model}\ntask: {task}\ndata: {data}\npeft: {method}\n"
        f"train: {{max_steps: {steps}, per_device_train_batch_size: {size}{more}}}\n")
    done = subprocess.run([program, "run", str(manifest), "--results", str(folder), "--force"], capture_output=True, text=True)
    results = sorted(folder.glob("memory/*/result.json"), key=lambda p: p.stat().st_mtime)
    if done.returncode != 0 or not results:
        print(f"{name}: {done.stderr[-600:]}", file=sys.stderr)
        return None
    record = json.loads(results[-1].read_text())
    memory = record["plan"]["peak_rss_bytes"]
    return {"case": name, "planned": memory["planned"], "measured": memory["actual"], "tokens_per_second": record.get("tokens_per_second")}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program"), parser.add_argument("models"), parser.add_argument("data")
    parser.add_argument("--only"), parser.add_argument("--steps", type=int, default=4), parser.add_argument("--json")
    parser.add_argument("--dtype", default="float32")
    arguments = parser.parse_args()
    rows = []
    models, data = (pathlib.Path(p).resolve() for p in (arguments.models, arguments.data))
    short = pathlib.Path(tempfile.mkdtemp()) / "short.txt"
    short.write_text((data / "text" / "wikitext2-test.txt").read_text()[:20000])
    for name, model, *sections in cases(data, short):
        if not (models / model).is_dir(): continue
        sections.insert(0, f"{{path: {models / model}, dtype: {arguments.dtype}}}")
        for kind, steps, more in [("", arguments.steps, ""), (", checkpointing", arguments.steps, ", gradient_checkpointing: true"), (", scoring", 0, "")]:
            if arguments.only and arguments.only not in name + kind: continue
            with tempfile.TemporaryDirectory() as folder:
                row = run(arguments.program, pathlib.Path(folder), name + kind, sections, steps, more)
            if row is None: continue
            rows.append(row)
            print(f"{row['case']:48} {row['planned'] / 1e6:8.0f} MB {row['measured'] / 1e6:8.0f} MB {row['planned'] / row['measured']:6.2f}", flush=True)
    if arguments.json: pathlib.Path(arguments.json).write_text(json.dumps(rows, indent=1) + "\n")
    far = sum(abs(row["planned"] / row["measured"] - 1) > 0.1 for row in rows)
    print(f"{far} of {len(rows)} further off than a tenth")
    sys.exit(min(far, 100))


main()
