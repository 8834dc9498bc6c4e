"""PyTorch's models and the ways to run them; sizes are those of Sources/LuaLibrary/lua/fed/benchmarks/networks.lua."""

import torch
from torch import nn
from torch.nn import functional

BATCH = 32


def cnn(side=28):
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * (side // 4) ** 2, 128), nn.ReLU(), nn.Linear(128, 10))


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


def resnet():
    layers, width = [nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True)], 64
    for index, channels in enumerate((64, 128, 256, 512)):
        layers += [BasicBlock(width, channels, 2 if index else 1), BasicBlock(channels, channels, 1)]
        width = channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


def normalized(inputs, outputs, kernel, stride=1, groups=1):
    return [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(outputs), nn.ReLU6(inplace=True)]


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        width = inputs * expansion
        expand = [] if expansion == 1 else normalized(inputs, width, 1)
        self.body = nn.Sequential(
            *expand, *normalized(width, width, 3, stride, width),
            nn.Conv2d(width, outputs, 1, bias=False), nn.BatchNorm2d(outputs))
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.body(x) if self.shortcut else self.body(x)


def mobilenet():
    layers, width = normalized(3, 32, 3), 32
    stages = [(1, 16, 1, 1), (6, 24, 2, 1), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    for expansion, channels, repeats, stride in stages:
        for index in range(repeats):
            layers.append(InvertedResidual(width, channels, 1 if index else stride, expansion))
            width = channels
    return nn.Sequential(
        *layers, *normalized(320, 1280, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(1280, 10))


class Transformer(nn.Module):
    """A pre-norm block of width 192 with three heads, with PyTorch's own fused attention."""

    def __init__(self, width=192, heads=3):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.input, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.rise, self.fall = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = self.input(self.norm1(x)).view(b, t, 3, self.heads, e // self.heads).permute(2, 0, 3, 1, 4)
        y = functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, t, e)
        x = x + self.output(y)
        return x + self.fall(functional.gelu(self.rise(self.norm2(x))))


class UNetBlock(nn.Module):
    def __init__(self, channels=64, groups=8):
        super().__init__()
        self.body = nn.Sequential(
            nn.GroupNorm(groups, channels), nn.SiLU(), nn.Conv2d(channels, channels, 3, padding=1),
            nn.GroupNorm(groups, channels), nn.SiLU(), nn.Conv2d(channels, channels, 3, padding=1))

    def forward(self, x):
        return x + self.body(x)


def mlp():
    return nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 10))


class Way:
    """One way to run a model: its memory layout, and whether it is compiled."""

    def __init__(self, layout, compiled):
        self.layout, self.compiled = layout, compiled
        self.name = layout + (", compiled" if compiled else "")

    def ready(self, model, x):
        if self.layout == "channels last":
            model, x = model.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
        return (torch.compile(model) if self.compiled else model), x


def ways(shape):
    """Both layouts for images, eager and compiled."""
    layouts = ["default layout", "channels last"] if len(shape) == 4 else ["default layout"]
    return [Way(layout, compiled) for compiled in (False, True) for layout in layouts]


def training(make, *sample):
    def prepare(way):
        torch.manual_seed(1)
        model, x = way.ready(make().train(), torch.randn(BATCH, *sample))
        labels = torch.arange(1, BATCH + 1) * 7 % 10
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

        def run():
            optimizer.zero_grad()
            functional.cross_entropy(model(x), labels).backward()
            optimizer.step()

        return run

    return prepare, ways((BATCH, *sample))


def inference(make, *shape):
    def prepare(way):
        torch.manual_seed(1)
        model, x = way.ready(make().eval(), torch.randn(*shape))

        def run():
            with torch.inference_mode():
                model(x)

        return run

    return prepare, ways(shape)


def fitting(make, *shape):
    def prepare(way):
        torch.manual_seed(1)
        model, x = way.ready(make().train(), torch.randn(*shape))
        targets = torch.zeros_like(x)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

        def run():
            optimizer.zero_grad()
            functional.mse_loss(model(x), targets).backward()
            optimizer.step()

        return run

    return prepare, ways(shape)


def many_vectors():
    """The accuracy of a network at each of many parameter vectors, on the same images."""

    def prepare(way):
        torch.manual_seed(1)
        model, x = way.ready(cnn().eval(), torch.randn(200, 1, 28, 28))
        labels = torch.arange(200) * 7 % 10
        parameters = list(model.parameters())
        start = nn.utils.parameters_to_vector(parameters).detach()
        vectors = start + 0.01 * torch.randn(1000, len(start))

        def run():
            with torch.inference_mode():
                right = 0
                for vector in vectors:
                    nn.utils.vector_to_parameters(vector, parameters)
                    right += (model(x).argmax(1) == labels).sum().item()
                return right

        return run

    return prepare, [Way(layout, False) for layout in ("default layout", "channels last")]


def matmul():
    def prepare(_):
        a, b = torch.randn(1024, 1024), torch.randn(1024, 1024)
        return lambda: a @ b

    return prepare, [Way("eager", False)]


# How often each is done for one measurement, and how.
WORK = {
    "cnn_train": (10, *training(cnn, 1, 28, 28)),
    "cnn_infer": (20, *inference(cnn, BATCH, 1, 28, 28)),
    "resnet_train": (1, *training(resnet, 3, 32, 32)),
    "resnet_infer": (1, *inference(resnet, BATCH, 3, 32, 32)),
    "mobilenet_train": (1, *training(mobilenet, 3, 32, 32)),
    "transformer_forward": (5, *inference(Transformer, 32, 64, 192)),
    "transformer_train": (2, *fitting(Transformer, 32, 64, 192)),
    "unet_train": (1, *fitting(UNetBlock, 8, 64, 64, 64)),
    "mlp_train": (200, *training(mlp, 32)),
    "many_vectors": (1, *many_vectors()),
    "matmul": (2, *matmul()),
}
