"""PyTorch's side of scripts/bench: answers each name read from standard input with seconds of processor time.

Sizes and counts are those of Sources/LuaLibrary/lua/fed/bench.lua. For images both memory layouts are measured, and the
faster one counts.
"""

import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)


def cnn(channels_last):
    torch.manual_seed(1)
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3136, 128), nn.ReLU(), nn.Linear(128, 10))
    images = torch.randn(32, 1, 28, 28)
    if channels_last:
        model = model.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    return model, images, torch.arange(1, 33) * 7 % 10


def train(channels_last):
    model, images, labels = cnn(channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    loss = nn.CrossEntropyLoss()

    def run():
        optimizer.zero_grad()
        loss(model(images), labels).backward()
        optimizer.step()

    return run


def infer(channels_last):
    model, images, _ = cnn(channels_last)

    def run():
        with torch.no_grad():
            model(images)

    return run


def matmul():
    a, b = torch.randn(1024, 1024), torch.randn(1024, 1024)
    return lambda: a @ b


updates = None


def matrix():
    global updates
    if updates is None:
        updates = torch.randn(50, 1_000_000)
    return updates


def mean():
    x = matrix()
    return lambda: x.mean(0)


def median():
    # torch.median gives the lower of the two middle elements; their mean would cost it more.
    x = matrix()
    return lambda: x.median(0)


def trimmed_mean():
    x = matrix()
    return lambda: x.sort(0).values[10:-10].mean(0)


def gram():
    x = matrix()
    return lambda: x @ x.t()


# How often each is done for one measurement, and the ways to do it.
work = {
    "cnn_train": (10, [lambda: train(False), lambda: train(True)]),
    "cnn_infer": (20, [lambda: infer(False), lambda: infer(True)]),
    "matmul": (2, [matmul]),
    "mean": (3, [mean]),
    "median": (1, [median]),
    "trimmed_mean": (1, [trimmed_mean]),
    "gram": (1, [gram]),
}
prepared = {}


def measure(name):
    times, ways = work[name]
    if name not in prepared:
        prepared[name] = [way() for way in ways]
        for run in prepared[name]:
            run()
    seconds = []
    for run in prepared[name]:
        start = time.process_time()
        for _ in range(times):
            run()
        seconds.append((time.process_time() - start) / times)
    return min(seconds)


print(torch.__version__, flush=True)
for line in sys.stdin:
    name = line.strip()
    print(measure(name) if name in work else "", flush=True)
