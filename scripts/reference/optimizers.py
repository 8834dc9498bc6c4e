"""Writes Tests/NetworksTests/Fixtures/optimizers.json: steps, schedules and clipping as PyTorch computes them.

Needs torch. Run from the top of the repository: python3 scripts/reference/optimizers.py
"""
import json

import torch

torch.set_default_dtype(torch.float64)

START = [0.5, -1.25, 2.0, 0.0, -0.03, 7.5, 1e-3, -4.0]
STEPS = 6


def gradient(step):
    """Gradient of step 1, 2, …: fixed numbers of mixed size and sign."""
    return [((i * 37 + step * 11) % 23 - 11) / (4.0 + i) for i in range(len(START))]


def run(make):
    weights = torch.tensor(START, requires_grad=True)
    optimizer = make([weights])
    path = []
    for step in range(1, STEPS + 1):
        weights.grad = torch.tensor(gradient(step))
        optimizer.step()
        path.append(weights.detach().tolist())
    return path


def rates(make, count=12):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule = make(optimizer)
    found = []
    for _ in range(count):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return found


def clipped(limit):
    weights = torch.tensor(START, requires_grad=True)
    weights.grad = torch.tensor(gradient(1))
    torch.nn.utils.clip_grad_norm_([weights], limit)
    return weights.grad.tolist()


optim, lr = torch.optim, torch.optim.lr_scheduler
fixture = {
    "source": f"scripts/reference/optimizers.py, torch {torch.__version__}",
    "start": START,
    "gradients": [gradient(step) for step in range(1, STEPS + 1)],
    "paths": {
        "sgd": run(lambda w: optim.SGD(w, lr=0.1)),
        "sgd momentum": run(lambda w: optim.SGD(w, lr=0.1, momentum=0.9)),
        "sgd weight decay": run(lambda w: optim.SGD(w, lr=0.1, momentum=0.9, weight_decay=0.05)),
        "sgd nesterov": run(lambda w: optim.SGD(w, lr=0.1, momentum=0.8, weight_decay=0.01, nesterov=True)),
        "adam": run(lambda w: optim.Adam(w, lr=0.05)),
        "adam weight decay": run(lambda w: optim.Adam(w, lr=0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1)),
        "adamw": run(lambda w: optim.AdamW(w, lr=0.05, weight_decay=0.1)),
    },
    "rates": {
        "step": rates(lambda o: lr.StepLR(o, step_size=3, gamma=0.5)),
        "cosine": rates(lambda o: lr.CosineAnnealingLR(o, T_max=11, eta_min=0.1)),
        "warm-up": rates(lambda o: lr.SequentialLR(
            o, [lr.LinearLR(o, start_factor=0.25, total_iters=3), lr.StepLR(o, step_size=4, gamma=0.1)],
            milestones=[4])),
    },
    "clipped": {"2": clipped(2.0), "1000": clipped(1000.0)},
}
with open("Tests/NetworksTests/Fixtures/optimizers.json", "w") as file:
    json.dump(fixture, file, indent=1)
    file.write("\n")
