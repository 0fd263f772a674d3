"""The other side of the benchmark: what a manifest says, done with PyTorch, transformers and PEFT. `peftexp-bench` starts it.

    python Tests/Reference/peer.py versions
    python Tests/Reference/peer.py products '{"threads": 2}'
    python Tests/Reference/peer.py train '{"manifest": "case.json", "dtype": "bfloat16", "steps": 5, "threads": 2, "seed": 11}'
    python Tests/Reference/peer.py generate '{"config": {"model_type": "gpt2"}, "texts": 8, "tokens": 64, "threads": 2}'

The last line of the output is a JSON object. Beside `manifest`, `train` takes `dtype` (bfloat16 is autocast), `pad` (longest, or max
for the manifest's max_seq_length), `group_by_length`, `compile`, and `steps`: without them the manifest's epochs are trained.
"""
import json
import os
import random
import sys
import time
import warnings

warnings.filterwarnings("ignore")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
COLD_STEPS = 1


def process_seconds():
    """Seconds since this process was started, interpreter included."""
    ticks = int(open("/proc/self/stat").read().rsplit(")", 1)[1].split()[19])
    return float(open("/proc/uptime").read().split()[0]) - ticks / os.sysconf("SC_CLK_TCK")


def peak_bytes():
    """The most memory that this process has held."""
    line = next(line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


# Data: each example is a dict of lists and numbers, nothing padded.

def questions(path, limit, tokenizer, task):
    examples = []
    rows = ((qa, paragraph["context"]) for article in json.load(open(path, encoding="utf8"))["data"]
            for paragraph in article["paragraphs"] for qa in paragraph["qas"])
    for number, (qa, context) in enumerate(rows):
        if number == limit:
            break
        windows = tokenizer(
            qa["question"].strip(), context, truncation="only_second", max_length=task["max_seq_length"],
            stride=task["doc_stride"], return_overflowing_tokens=True, return_offsets_mapping=True)
        answer = qa["answers"][0]
        first, last = answer["answer_start"], answer["answer_start"] + len(answer["text"]) - 1
        for window, ids in enumerate(windows["input_ids"]):
            sides = windows.sequence_ids(window)
            spans = windows["offset_mapping"][window]
            starts = [i for i, side in enumerate(sides) if side == 1 and spans[i][0] <= first < spans[i][1]]
            ends = [i for i, side in enumerate(sides) if side == 1 and spans[i][0] <= last < spans[i][1]]
            found = bool(starts and ends)
            examples.append({
                "input_ids": ids, "token_type_ids": windows["token_type_ids"][window],
                "start_positions": starts[0] if found else 0, "end_positions": ends[-1] if found else 0})
    return examples


def sentences(path, limit, tokenizer, task):
    rows = [line.rstrip("\n").rsplit("\t", 1) for line in open(path, encoding="utf8")][:limit]
    labels = sorted({label for _, label in rows})
    return [{**tokenizer(text, truncation=True, max_length=task["max_seq_length"]), "labels": labels.index(label)}
            for text, label in rows]


def windows_of_text(path, limit, tokenizer, task):
    ids, size = tokenizer(open(path, encoding="utf8").read(), add_special_tokens=False)["input_ids"], task["max_seq_length"]
    cut = [ids[start:start + size] for start in range(0, len(ids) - size + 1, size)][:limit]
    return [{"input_ids": window, "labels": window} for window in cut]


def batch_of(examples, padding, width, torch):
    """The examples as tensors, padded to `width`, or to the longest of them."""
    width = width or max(len(example["input_ids"]) for example in examples)
    batch = {"attention_mask": torch.tensor(
        [[1] * len(e["input_ids"]) + [0] * (width - len(e["input_ids"])) for e in examples])}
    for key, value in examples[0].items():
        if key == "attention_mask":
            continue
        if isinstance(value, list):
            fill = padding if key == "input_ids" else -100 if key == "labels" else 0
            batch[key] = torch.tensor([e[key] + [fill] * (width - len(e[key])) for e in examples])
        else:
            batch[key] = torch.tensor([e[key] for e in examples])
    return batch


def tuned(model, task_type, section, peft):
    """The model with the method of the manifest's `peft` section attached."""
    settings = {key: value for key, value in section.items() if key != "peft_type"}
    if section["peft_type"] == "LINEAR":
        for name, parameter in model.named_parameters():
            parameter.requires_grad = name.startswith(("classifier.", "qa_outputs.", "score."))
        return model
    kinds = {"LORA": peft.LoraConfig, "PREFIX_TUNING": peft.PrefixTuningConfig}
    return peft.get_peft_model(model, kinds[section["peft_type"]](task_type=task_type, **settings))


def batches_of_epoch(lengths, size, grouped, seed, torch):
    """The indices of each batch of an epoch, in a drawn order."""
    from transformers.trainer_pt_utils import get_length_grouped_indices
    generator = torch.Generator().manual_seed(seed)
    order = (get_length_grouped_indices(lengths, size, generator=generator) if grouped
             else torch.randperm(len(lengths), generator=generator).tolist())
    batches = [order[start:start + size] for start in range(0, len(order), size)]
    random.Random(seed).shuffle(batches)
    return batches


def stratified(batches, lengths, count, cold):
    """A few batches that stand for an epoch: `cold` of the middle to warm up, then `count` from short to long, evenly, shuffled."""
    full = sorted((b for b in batches if len(b) == max(map(len, batches))), key=lambda b: sum(lengths[i] for i in b))
    chosen = [full[(2 * k + 1) * len(full) // (2 * count)] for k in range(count)]
    random.Random(count).shuffle(chosen)
    middle = len(full) // 2
    return [full[(middle + k) % len(full)] for k in range(cold)] + chosen


def train(job):
    import torch
    import transformers
    import peft
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(job["threads"])
    torch.manual_seed(job["seed"])
    manifest = json.load(open(job["manifest"], encoding="utf8"))
    model_section, task, data, settings = (manifest[key] for key in ("model", "task", "data", "train"))
    path = model_section["path"]

    config = transformers.AutoConfig.from_pretrained(path)
    for key in ("hidden_dropout_prob", "attention_probs_dropout_prob"):
        if key in model_section:
            setattr(config, key, model_section[key])
    before = time.perf_counter()
    tokenizer = transformers.AutoTokenizer.from_pretrained(path)
    readers = {
        "QUESTION_ANS": (questions, transformers.AutoModelForQuestionAnswering),
        "SEQ_CLS": (sentences, transformers.AutoModelForSequenceClassification),
        "CAUSAL_LM": (windows_of_text, transformers.AutoModelForCausalLM)}
    read, kind = readers[task["task_type"]]
    examples = read(data["train"], data.get("max_train_samples"), tokenizer, task)
    reading_seconds = time.perf_counter() - before

    model = tuned(kind.from_pretrained(path, config=config), task["task_type"], manifest["peft"], peft)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=settings["learning_rate"], weight_decay=0.0)
    model.train()
    step_model = torch.compile(model, dynamic=True) if job.get("compile") else model

    lengths = [len(example["input_ids"]) for example in examples]
    size, width = settings["per_device_train_batch_size"], task["max_seq_length"] if job.get("pad") == "max" else None
    epochs = [batches_of_epoch(lengths, size, job.get("group_by_length"), job["seed"] + epoch, torch)
              for epoch in range(1 if job.get("steps") else settings["num_train_epochs"])]
    # Compiled code is compiled again for the first few new shapes.
    cold = 0 if not job.get("steps") else 5 if job.get("compile") else COLD_STEPS
    batches = stratified(epochs[0], lengths, job["steps"], cold) if job.get("steps") else sum(epochs, [])
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: max(0.0, 1 - step / len(batches)))
    times, tokens, losses = [], [], []
    begun = process_seconds()
    first_step_ends = None
    for indices in batches:
        start = time.perf_counter()
        batch = batch_of([examples[i] for i in indices], tokenizer.pad_token_id or 0, width, torch)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=job["dtype"] == "bfloat16"):
            loss = step_model(**batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        times.append(time.perf_counter() - start)
        tokens.append(sum(lengths[i] for i in indices))
        first_step_ends = first_step_ends or process_seconds()
    # What is read is taken to be in a cache, as it is for the program beside which this stands.
    return {
        "tokens_per_second": sum(tokens[cold:]) / sum(times[cold:]), "training_seconds": sum(times),
        "first_step_begins_seconds": begun - reading_seconds, "first_step_ends_seconds": first_step_ends - reading_seconds,
        "reading_seconds": reading_seconds, "peak_rss_bytes": peak_bytes(), "steps": len(times), "tokens": sum(tokens),
        "trainable_parameters": sum(parameter.numel() for parameter in trained),
        "first_loss": losses[0], "last_loss": losses[-1]}


def generate(job):
    """Greedy texts of a model with random weights, keys and values kept."""
    import torch
    import transformers
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(job["threads"])
    torch.manual_seed(1)
    keys = dict(job["config"])
    model = transformers.AutoModelForCausalLM.from_config(transformers.AutoConfig.for_model(keys.pop("model_type"), **keys))
    model.eval()
    texts, count = job["texts"], job["tokens"]
    ids = torch.tensor([[i * 31 % 500 + text for i in range(16)] for text in range(texts)])
    with torch.inference_mode():
        def write(length):
            return model.generate(
                ids, attention_mask=torch.ones_like(ids), do_sample=False, use_cache=True, min_new_tokens=length,
                max_new_tokens=length, pad_token_id=0)
        write(4)
        start = time.perf_counter()
        written = write(count)
    seconds = time.perf_counter() - start
    return {"tokens_per_second": texts * (written.shape[1] - 16) / seconds, "peak_rss_bytes": peak_bytes()}


def products(job):
    """Operations per second of a linear map as large as the benchmark's, in each precision: the best of several."""
    import torch
    torch.set_num_threads(job["threads"])
    rates = {}
    rows, inputs, outputs = 1536, 768, 3072
    for name in ("float32", "bfloat16"):
        x, weight, bias = (torch.ones(shape, dtype=getattr(torch, name)) for shape in ((rows, inputs), (outputs, inputs), (outputs,)))
        times = []
        for _ in range(20):
            start = time.perf_counter()
            torch.nn.functional.linear(x, weight, bias)
            times.append(time.perf_counter() - start)
        rates[name] = 2 * rows * inputs * outputs / min(times)
    return rates


def versions(_):
    import torch
    import transformers
    import peft
    python = ".".join(str(part) for part in sys.version_info[:3])
    return {"python": python, "torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__}


if __name__ == "__main__":
    words = sys.argv[1:]
    jobs = {"train": train, "generate": generate, "products": products, "versions": versions}
    if not words or words[0] not in jobs or len(words) > 2:
        sys.exit(__doc__)
    print(json.dumps(jobs[words[0]](json.loads(words[1]) if len(words) == 2 else {})))
