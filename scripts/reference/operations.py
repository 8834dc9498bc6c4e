"""Writes Tests/TensorsTests/Fixtures/operations.json: what PyTorch computes for small calls of each operation.

Run with any PyTorch from 2.0 on: python3 scripts/reference/operations.py
Each case has inputs, the output, and the gradients of sum(output * w), w = 1, 2, 3, ... in row-major order.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)


def draw(*shape, low=-2.0, high=2.0):
    """Numbers with few binary digits: exact in float32 and short in the file."""
    return torch.round((torch.rand(*shape) * (high - low) + low) * 64) / 64


CASES = {
    "matmul batched": ([draw(2, 3, 4), draw(4, 2)], lambda a, b: a @ b),
    "linear": ([draw(3, 4), draw(2, 4), draw(2)], F.linear),
    "conv2d": (
        [draw(2, 2, 5, 4), draw(3, 2, 3, 3), draw(3)],
        lambda x, w, b: F.conv2d(x, w, b, stride=2, padding=1),
    ),
    "conv2d depthwise": (
        [draw(1, 3, 4, 4), draw(6, 1, 3, 2), draw(6)],
        lambda x, w, b: F.conv2d(x, w, b, padding=1, groups=3),
    ),
    "conv_transpose2d": (
        [draw(2, 4, 3, 2), draw(4, 2, 3, 3), draw(4)],
        lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2, padding=1, output_padding=1, groups=2),
    ),
    "max_pool2d": ([draw(1, 2, 5, 6)], lambda x: F.max_pool2d(x, 3, 2, 1)),
    "average_pool2d": ([draw(1, 2, 5, 6)], lambda x: F.avg_pool2d(x, 3, 2, 1)),
    "global_average_pool2d": ([draw(2, 3, 2, 4)], lambda x: F.adaptive_avg_pool2d(x, 1).flatten(1)),
    "upsample_nearest2d": ([draw(1, 2, 2, 3)], lambda x: F.interpolate(x, scale_factor=2, mode="nearest")),
    "batch_norm": (
        [draw(3, 2, 2, 2), draw(2), draw(2)],
        lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True),
    ),
    "batch_norm given": (
        [draw(3, 2, 2, 2), draw(2), draw(2)],
        lambda x, w, b: F.batch_norm(x, torch.tensor([0.5, -1.0]), torch.tensor([2.0, 0.25]), w, b),
    ),
    "layer_norm": ([draw(2, 5), draw(5), draw(5)], lambda x, w, b: F.layer_norm(x, (5,), w, b)),
    "group_norm": ([draw(2, 4, 2, 2), draw(4), draw(4)], lambda x, w, b: F.group_norm(x, 2, w, b)),
    "softmax": ([draw(2, 3, 2)], lambda x: F.softmax(x, 1)),
    "log_softmax": ([draw(2, 4)], lambda x: F.log_softmax(x, -1)),
    "cross_entropy": ([draw(3, 4)], lambda x: F.cross_entropy(x, torch.tensor([2, 0, 3]), label_smoothing=0.1)),
    "mse": ([draw(2, 3), draw(2, 3)], F.mse_loss),
    "kl_divergence": (
        [draw(2, 3, low=-3, high=-0.5), draw(2, 3, low=0.1, high=0.9)],
        lambda q, p: F.kl_div(q, p, reduction="batchmean"),
    ),
    "binary_cross_entropy_with_logits": (
        [draw(2, 3)],
        lambda x: F.binary_cross_entropy_with_logits(x, torch.tensor([[0.0, 1.0, 0.25], [1.0, 0.0, 0.5]])),
    ),
    "embedding": ([draw(4, 2)], lambda table: F.embedding(torch.tensor([[1, 3], [1, 0]]), table)),
    "attention": (
        [draw(2, 3, 4), draw(2, 3, 4), draw(2, 3, 4)],
        lambda q, k, v: attention(q, k, v, False),
    ),
    "attention causal": ([draw(1, 3, 4), draw(1, 3, 4), draw(1, 3, 4)], lambda q, k, v: attention(q, k, v, True)),
    "gelu": ([draw(6)], F.gelu),
    "silu": ([draw(6)], F.silu),
    "softplus": ([draw(6)], F.softplus),
    "leaky_relu": ([draw(6)], lambda x: F.leaky_relu(x, 0.1)),
    "relu6": ([draw(6, low=-2, high=8)], F.relu6),
    "variance unbiased": ([draw(3, 4)], lambda x: x.var(1)),
    "norm": ([draw(5)], lambda x: x.norm()),
}


def attention(q, k, v, is_causal):
    split = lambda x: x.unflatten(2, (2, 2)).transpose(1, 2)
    mixed = F.scaled_dot_product_attention(split(q), split(k), split(v), is_causal=is_causal)
    return mixed.transpose(1, 2).flatten(2)


def described(tensor):
    return {"shape": list(tensor.shape), "values": [float(f"{x:.12g}") for x in tensor.detach().flatten().tolist()]}


def expectation(inputs, compute):
    for tensor in inputs:
        tensor.requires_grad_()
    output = compute(*inputs)
    weights = torch.arange(1, output.numel() + 1, dtype=torch.float64).reshape(output.shape)
    (output * weights).sum().backward()
    return {
        "inputs": [described(tensor) for tensor in inputs],
        "output": described(output),
        "gradients": [described(tensor.grad) for tensor in inputs],
    }


def main():
    fixture = {"origin": f"scripts/reference/operations.py, PyTorch {torch.__version__}"}
    fixture["cases"] = {name: expectation(*case) for name, case in CASES.items()}
    root = pathlib.Path(__file__).resolve().parents[2]
    path = root / "Tests/TensorsTests/Fixtures/operations.json"
    path.write_text(json.dumps(fixture).replace('"inputs"', '\n"inputs"').replace('"output"', '\n"output"') + "\n")


main()
