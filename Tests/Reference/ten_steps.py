"""Ten steps of training as the Swift trainer does them, and what is recorded of them."""

import torch
from safetensors.torch import save_file
from transformers import Trainer, get_linear_schedule_with_warmup

from golden import VERSIONS, float32, write_json

STEPS = 10


def short(name):
    """PEFT's parameter name without its wrappers: `qa_outputs.weight`, `prompt_encoder.embedding.weight`."""
    if name.startswith("base_model."):
        name = name.removeprefix("base_model.").removeprefix("model.")
    return name.replace("modules_to_save.default.", "").replace("base_layer.", "").replace(".default", "")


def trained_parameters(model):
    """Trained parameters by name, without the unused originals of what `modules_to_save` copies."""
    return {n: p for n, p in model.named_parameters() if p.requires_grad and ".original_module." not in n}


def take_steps(model, forward, learning_rate, after_step=None):
    """What the untrained model says, its gradients, and ten steps of training.

    `forward` gives the logits of each feature and the loss of all; `after_step`, if any, is called after each update
    with the number of updates so far, before gradients are cleared.
    """
    trained = trained_parameters(model)
    decayed = set(Trainer.get_decay_parameter_names(None, model))
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for name, p in trained.items() if name in decayed], "weight_decay": 0.01},
            {"params": [p for name, p in trained.items() if name not in decayed], "weight_decay": 0.0},
        ],
        lr=learning_rate, betas=(0.9, 0.999), eps=1e-8,
    )  # fmt: skip
    schedule = get_linear_schedule_with_warmup(optimizer, 0, STEPS)
    tensors = {f"initial.{short(name)}": parameter.detach().clone() for name, parameter in trained.items()}
    facts = {"losses": [], "learning_rates": [], "gradient_norms": []}
    for step in range(STEPS):
        logits, loss = forward(model)
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            precision = next(iter(trained.values())).dtype
            assert logits[0].dtype == precision, "the forward pass left the working precision"
            tensors |= {f"logits.{index}": value.detach() for index, value in enumerate(logits)}
            tensors |= {f"gradient.{short(name)}": p.grad.clone() for name, p in trained.items()}
        facts["losses"].append(loss.item())
        facts["learning_rates"].append(schedule.get_last_lr()[0])
        facts["gradient_norms"].append(torch.nn.utils.clip_grad_norm_(list(trained.values()), 1.0).item())
        optimizer.step()
        schedule.step()
        if after_step:
            after_step(model, step + 1)
    facts["parameters"] = [
        {"name": short(name), "reference_name": name, "shape": list(p.shape), "decay": name in decayed}
        for name, p in trained.items()
    ]
    facts["trainable_parameters"] = sum(p.numel() for p in trained.values())
    return tensors, facts


def optimizer_facts(learning_rate):
    return {
        "name": "adamw", "learning_rate": learning_rate, "betas": [0.9, 0.999], "epsilon": 1e-8,
        "weight_decay": 0.01, "max_grad_norm": 1.0, "schedule": "linear", "warmup_steps": 0, "steps": STEPS,
    }  # fmt: skip


def without_noise(tensors):
    """Gradients that are zero but for rounding (a key's bias without a prefix) become zero on every machine."""
    gradients = [t for n, t in tensors.items() if n.startswith("gradient.")]
    least = 1e-13 * max(t.abs().max() for t in gradients)
    return {n: torch.where(t.abs() < least, 0, t) if n.startswith("gradient.") else t for n, t in tensors.items()}


def write_run(folder, name, take, more):
    """Takes the steps in float64 and in float32, says how far apart they are, and writes the former.

    `take` gives tensors and facts for a precision; `more` is what else the JSON says.
    """
    tensors, facts = take(torch.float64)
    single, check = take(torch.float32)
    losses = max(abs(a - b) / abs(b) for a, b in zip(check["losses"], facts["losses"]))
    gradients = max(
        ((single[n] - t).abs().max() / t.abs().max()).item()
        for n, t in tensors.items() if n.startswith("gradient.") and t.abs().max() > 1e-9
    )  # fmt: skip
    print(f"{name}: losses {facts['losses'][0]:.4f} to {facts['losses'][-1]:.4f}; "
          f"float32 of the reference is off by {losses:.1e} (losses), {gradients:.1e} (gradients)")  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / f"{name}.json", facts | {"loss": facts["losses"][0], "versions": VERSIONS} | more)
    save_file(float32(without_noise(tensors)), folder / f"{name}.safetensors")
