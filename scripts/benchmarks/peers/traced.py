"""PyTorch's side of losses and attacks; sizes are those of Sources/LuaLibrary/lua/fed/benchmarks/traced.lua."""

import torch
from networks import Way
from torch import nn
from torch.nn import functional

COUNT, PIXELS, SEEN, BATCH = 64, 64, 16, 32


class Attention(nn.Module):
    def __init__(self, width, heads=4):
        super().__init__()
        self.heads, self.input, self.output = heads, nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = self.input(x).view(b, t, 3, self.heads, e // self.heads).permute(2, 0, 3, 1, 4)
        return self.output(functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, t, e))


class Residual(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.body = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.body(x)


def transformer(width, depth):
    layers = []
    for _ in range(depth):
        layers += [
            Residual(nn.LayerNorm(width), Attention(width)),
            Residual(nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)),
        ]
    return nn.Sequential(*layers)


class Autoencoder(nn.Module):
    """Takes visible patches by gather and puts a token in the place of the others, as MAE's own code does."""

    def __init__(self):
        super().__init__()
        self.embed, self.positions = nn.Linear(PIXELS, 128), nn.Parameter(torch.randn(COUNT, 128) * 0.02)
        self.encoder, self.norm, self.narrow = transformer(128, 4), nn.LayerNorm(128), nn.Linear(128, 64)
        self.token, self.places = nn.Parameter(torch.randn(64) * 0.02), nn.Parameter(torch.randn(COUNT, 64) * 0.02)
        self.decoder, self.last, self.paint = transformer(64, 2), nn.LayerNorm(64), nn.Linear(64, PIXELS)

    def forward(self, rows, order, back):
        b = len(rows)
        tokens = self.embed(rows) + self.positions
        tokens = tokens.gather(1, order[:, :SEEN, None].expand(-1, -1, 128))
        code = self.narrow(self.norm(self.encoder(tokens)))
        code = torch.cat([code, self.token.expand(b, COUNT - SEEN, 64)], 1)
        code = code.gather(1, back[:, :, None].expand(-1, -1, 64))
        return self.paint(self.last(self.decoder(code + self.places)))


def order_of(b):
    order = torch.rand(b, COUNT).argsort(1)
    return order, order.argsort(1)


class FilmBlock(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.first, self.enter = nn.GroupNorm(8, inputs), nn.Conv2d(inputs, outputs, 3, padding=1)
        self.film, self.second = nn.Linear(64, 2 * outputs), nn.GroupNorm(8, outputs)
        self.exit = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.shortcut = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x, t):
        h = self.enter(functional.silu(self.first(x)))
        scale, shift = self.film(t)[:, :, None, None].chunk(2, 1)
        h = self.exit(functional.silu(self.second(h) * (scale + 1) + shift))
        return h + self.shortcut(x)


class Denoiser(nn.Module):
    def __init__(self, c=16):
        super().__init__()
        self.time = nn.Sequential(nn.Linear(32, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU())
        self.enter, self.exit, self.norm = nn.Conv2d(4, c, 3, padding=1), nn.Conv2d(c, 4, 3, padding=1), nn.GroupNorm(8, c)
        self.d1, self.d2, self.d3 = FilmBlock(c, c), FilmBlock(2 * c, 2 * c), FilmBlock(4 * c, 4 * c)
        self.down1 = nn.Conv2d(c, 2 * c, 3, stride=2, padding=1)
        self.down2 = nn.Conv2d(2 * c, 4 * c, 3, stride=2, padding=1)
        self.middle = FilmBlock(4 * c, 4 * c)
        self.u3, self.u2, self.u1 = FilmBlock(8 * c, 4 * c), FilmBlock(4 * c, 2 * c), FilmBlock(2 * c, c)
        self.up2, self.up1 = nn.Conv2d(4 * c, 2 * c, 3, padding=1), nn.Conv2d(2 * c, c, 3, padding=1)

    def forward(self, x, embedding):
        t = self.time(embedding)
        h1 = self.d1(self.enter(functional.pixel_unshuffle(x, 2)), t)
        h2 = self.d2(self.down1(h1), t)
        h3 = self.d3(self.down2(h2), t)
        y = self.u3(torch.cat([self.middle(h3, t), h3], 1), t)
        y = self.u2(torch.cat([self.up2(functional.interpolate(y, scale_factor=2)), h2], 1), t)
        y = self.u1(torch.cat([self.up1(functional.interpolate(y, scale_factor=2)), h1], 1), t)
        return functional.pixel_shuffle(self.exit(functional.silu(self.norm(y))), 2)


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)
        self.conv2, self.norm2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        self.shortcut = nn.Identity() if inputs == outputs else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.norm2(self.conv2(functional.relu(self.norm1(self.conv1(x)))))
        return functional.relu(y + self.shortcut(x))


def small_resnet():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), Block(16, 16, 1), Block(16, 32, 2),
        Block(32, 64, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 2))


def attack(model, x, y, steps=40, epsilon=8 / 255, alpha=2 / 255):
    near, best, least = x, x.clone(), torch.full((len(x),), 1e9)
    for _ in range(steps):
        point = near.detach().requires_grad_()
        logits = model(point)
        margin = (logits[:, 1] - logits[:, 0]) * y
        gradient, = torch.autograd.grad(margin.sum(), point)
        with torch.no_grad():
            better = margin < least
            best[better], least[better] = near[better], margin[better].detach()
            near = near - alpha * gradient.sign()
            near = torch.min(torch.max(near, x - epsilon), x + epsilon).clamp(0, 1)
    return best


def mae_train(way):
    torch.manual_seed(1)
    model, rows = Autoencoder(), torch.rand(BATCH, COUNT, PIXELS)
    run = torch.compile(model) if way.compiled else model
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)

    def step():
        order, back = order_of(BATCH)
        optimizer.zero_grad()
        hidden = (back >= SEEN).float()[:, :, None]
        loss = ((run(rows, order, back) - rows).square() * hidden).sum() / (BATCH * (COUNT - SEEN) * PIXELS)
        loss.backward()
        optimizer.step()

    return step


def mae_infer(way):
    torch.manual_seed(1)
    model, rows = Autoencoder().eval(), torch.rand(BATCH, COUNT, PIXELS)
    run = torch.compile(model) if way.compiled else model
    order, back = order_of(BATCH)

    def infer():
        with torch.inference_mode():
            run(rows, order, back)

    return infer


def pictures(way, model):
    x, target, t = torch.randn(BATCH, 1, 64, 64), torch.randn(BATCH, 1, 64, 64), torch.randn(BATCH, 32)
    model, x = way.ready(model, x)
    return model, x, target, t


def denoiser_train(way):
    torch.manual_seed(1)
    plain = Denoiser()
    model, x, target, t = pictures(way, plain)
    optimizer = torch.optim.Adam(plain.parameters(), lr=1e-4)

    def step():
        optimizer.zero_grad()
        functional.mse_loss(model(x, t), target).backward()
        optimizer.step()

    return step


def denoiser_step(way):
    torch.manual_seed(1)
    model, x, _, t = pictures(way, Denoiser().eval())

    def infer():
        with torch.inference_mode():
            model(x, t)

    return infer


def pgd40(way):
    torch.manual_seed(1)
    model, x = way.ready(small_resnet().eval().requires_grad_(False), torch.rand(64, 1, 64, 64))
    y = torch.tensor([1.0 if i % 2 else -1.0 for i in range(64)])
    return lambda: attack(model, x, y)


ROWS = [Way("default layout", False), Way("default layout", True)]
IMAGES = [Way(layout, compiled) for compiled in (False, True) for layout in ("default layout", "channels last")]
WORK = {
    "mae_train": (2, mae_train, ROWS),
    "mae_infer": (4, mae_infer, ROWS),
    "denoiser_train": (1, denoiser_train, IMAGES),
    "denoiser_step": (2, denoiser_step, IMAGES),
    "pgd40": (1, pgd40, IMAGES),
}
