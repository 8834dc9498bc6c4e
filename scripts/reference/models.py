"""Writes Tests/NetworksTests/Fixtures/models.json: names, shapes, outputs and gradients as PyTorch computes them.

Needs torch and torchvision. Run from the top of the repository: python3 scripts/reference/models.py
"""
import json

import torch
from torch import nn

# torchvision's models are plain Python, but its import wants a compiled operators that CPU-only installations lack.
compiled = torch.library.Library("torchvision", "DEF")
for name in "nms", "qnms":
    compiled.define(name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import torchvision  # noqa: E402

from patterns import fill, pattern  # noqa: E402

torch.set_default_dtype(torch.float64)


def small_resnet():
    model = torchvision.models.resnet18(num_classes=10)
    model.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    model.maxpool = nn.Identity()
    return model


def small_mobilenet():
    model = torchvision.models.mobilenet_v2(num_classes=10)
    model.features[0][0].stride = (1, 1)
    model.features[2].conv[1][0].stride = (1, 1)
    return model


def cnn(channels=1, side=28):
    return nn.Sequential(
        nn.Conv2d(channels, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * (side // 4) ** 2, 128), nn.ReLU(), nn.Linear(128, 10))


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def cnn3():
    def stage(i, o):
        return [nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout2d(0.25)]
    return nn.Sequential(
        *stage(1, 32), *stage(32, 64), *stage(64, 64), nn.Flatten(), nn.Linear(576, 128), nn.BatchNorm1d(128),
        nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10))


def describe(model, shape, training):
    fill(model).train(training)
    names = [[n, list(t.shape)] for n, t in model.state_dict().items() if not n.endswith("num_batches_tracked")]
    x = pattern(torch.Size(shape).numel(), 7).reshape(shape).requires_grad_()
    logits = model(x)
    labels = torch.arange(shape[0]) % logits.shape[1]
    loss = nn.functional.cross_entropy(logits, labels)
    loss.backward()
    gradients = {n: p.grad.norm().item() for n, p in model.named_parameters()}
    statistics = {n: b.norm().item() for n, b in model.named_buffers() if not n.endswith("num_batches_tracked")}
    return {
        "input": list(shape), "training": training, "parameters": names,
        "trainable": sum(p.numel() for p in model.parameters()), "logits": logits.flatten().tolist()[:20],
        "loss": loss.item(), "gradientNorms": gradients, "statisticNorms": statistics,
        "inputGradientNorm": x.grad.norm().item(),
    }


torch.manual_seed(0)
fixture = {
    "source": f"scripts/reference/models.py, torch {torch.__version__}, torchvision {torchvision.__version__}",
    "models": {
        "cnn": describe(cnn(), (3, 1, 28, 28), True),
        "lenet5": describe(lenet5(), (3, 1, 28, 28), True),
        "cnn3": describe(cnn3(), (3, 1, 28, 28), False),
        "resnet18 small": describe(small_resnet(), (3, 3, 16, 16), True),
        "resnet18 image": describe(torchvision.models.resnet18(num_classes=10), (2, 3, 64, 64), True),
        "mobilenet_v2 small": describe(small_mobilenet(), (2, 3, 16, 16), False),
        "mobilenet_v2 image": describe(torchvision.models.mobilenet_v2(num_classes=10), (2, 3, 64, 64), False),
    },
}
with open("Tests/NetworksTests/Fixtures/models.json", "w") as file:
    json.dump(fixture, file)
    file.write("\n")
