"""Writes Tests/NetworksTests/Fixtures/gradients.json: gradients of each parameter as PyTorch computes them in float64.

Of a tensor with more than 48 elements only some are written, at positions that a formula gives, besides the largest
magnitude, the sum and the norm of all. `float32` is how far PyTorch's own float32 gradient lies from its float64 one, as a
share of the largest magnitude. Needs torch. Run from the top of the repository: python3 scripts/reference/gradients.py
"""
import json

import torch
from torch import nn
from torch.nn import functional

from patterns import fill, pattern

SAMPLES = 48


class Residual(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return x + self.layer(x)


class Attention(nn.Module):
    def __init__(self, size, heads):
        super().__init__()
        self.heads = heads
        self.in_proj_weight = nn.Parameter(torch.empty(3 * size, size))
        self.in_proj_bias = nn.Parameter(torch.empty(3 * size))
        self.out_proj = nn.Linear(size, size)

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = (part.view(b, t, self.heads, e // self.heads).transpose(1, 2)
                   for part in functional.linear(x, self.in_proj_weight, self.in_proj_bias).chunk(3, -1))
        weights = (q @ k.transpose(2, 3) / (e // self.heads) ** 0.5).softmax(-1)
        return self.out_proj((weights @ v).transpose(1, 2).reshape(b, t, e))


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
        return (y + (self.downsample(x) if hasattr(self, "downsample") else x)).relu()


def normalized(inputs, outputs, kernel, stride=1, groups=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs), nn.ReLU6())


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        width = inputs * expansion
        expand = [] if expansion == 1 else [normalized(inputs, width, 1)]
        self.conv = nn.Sequential(
            *expand, normalized(width, width, 3, stride, width), nn.Conv2d(width, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs))
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.conv(x) if self.shortcut else self.conv(x)


class GlobalAverage(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3136, 128), nn.ReLU(), nn.Linear(128, 10))


def resnet():
    layers, width = [nn.Conv2d(3, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU()], 32
    for index, channels in enumerate((32, 48, 64, 96)):
        layers += [BasicBlock(width, channels, 2 if index else 1), BasicBlock(channels, channels, 1)]
        width = channels
    return nn.Sequential(*layers, GlobalAverage(), nn.Linear(width, 10))


def mobilenet():
    layers, width = [normalized(3, 16, 3)], 16
    for expansion, channels, repeats, stride in ((1, 8, 1, 1), (6, 12, 2, 1), (6, 16, 2, 2), (6, 24, 2, 2), (6, 40, 1, 1)):
        for index in range(repeats):
            layers.append(InvertedResidual(width, channels, 1 if index else stride, expansion))
            width = channels
    return nn.Sequential(*layers, normalized(width, 96, 1), GlobalAverage(), nn.Linear(96, 10))


def transformer(size=48, heads=3):
    return nn.Sequential(
        Residual(nn.Sequential(nn.LayerNorm(size), Attention(size, heads))),
        Residual(nn.Sequential(
            nn.LayerNorm(size), nn.Linear(size, 4 * size), nn.GELU(), nn.Linear(4 * size, size))))


def unet(channels=32, groups=8):
    return Residual(nn.Sequential(
        nn.GroupNorm(groups, channels), nn.SiLU(), nn.Conv2d(channels, channels, 3, padding=1),
        nn.GroupNorm(groups, channels), nn.SiLU(), nn.Conv2d(channels, channels, 3, padding=1)))


def mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 10))


def gradients(make, shape, dtype):
    """Loss and gradients: cross-entropy for classifiers, else the mean square of the output."""
    model = fill(make().double()).to(dtype).train()
    output = model(pattern(torch.Size(shape).numel(), 7).to(dtype).reshape(shape))
    if output.dim() == 2:
        loss = functional.cross_entropy(output, torch.arange(shape[0]) % output.shape[1])
    else:
        loss = output.square().mean()
    loss.backward()
    return loss.item(), {name: p.grad.double().flatten() for name, p in model.named_parameters()}


def digits(value):
    return float(f"{value:.9g}")


def describe(make, shape):
    torch.manual_seed(0)
    loss, exact = gradients(make, shape, torch.float64)
    _, rounded = gradients(make, shape, torch.float32)
    tensors = []
    for name, gradient in exact.items():
        largest, count = gradient.abs().max().item(), gradient.numel()
        index = torch.arange(min(count, SAMPLES), dtype=torch.int64)
        if count > SAMPLES:
            index = (index * 2654435761 + 12345) % count
        tensors.append({
            "name": name, "largest": digits(largest), "sum": digits(gradient.sum().item()),
            "norm": digits(gradient.norm().item()), "samples": [digits(v) for v in gradient[index].tolist()],
            "float32": float(f"{((rounded[name] - gradient).abs().max() / largest).item():.2g}"),
        })
    return {"input": list(shape), "loss": loss, "tensors": tensors}


fixture = {
    "source": f"scripts/reference/gradients.py, torch {torch.__version__}",
    "models": {
        "cnn": describe(cnn, (4, 1, 28, 28)),
        "resnet": describe(resnet, (4, 3, 16, 16)),
        "mobilenet": describe(mobilenet, (4, 3, 16, 16)),
        "transformer": describe(transformer, (3, 16, 48)),
        "unet": describe(unet, (2, 32, 14, 14)),
        "mlp": describe(mlp, (32, 32)),
    },
}
with open("Tests/NetworksTests/Fixtures/gradients.json", "w") as file:
    json.dump(fixture, file, separators=(",", ":"))
    file.write("\n")
for name, model in fixture["models"].items():
    worst = max(model["tensors"], key=lambda tensor: tensor["float32"])
    print(f"{name}: loss {model['loss']:.4f}, float32 off by at most {worst['float32']} in {worst['name']}")
