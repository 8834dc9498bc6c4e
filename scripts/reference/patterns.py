"""Fixed numbers that both sides can compute, instead of files full of them; in Swift: Tests/NetworksTests/Pattern.swift."""

import torch


def pattern(count, salt):
    """Fixed numbers that look random, in -0.5 to 0.5: a multiplicative hash of the position."""
    index = torch.arange(count, dtype=torch.int64)
    mixed = ((index + 1) * 2654435761 + salt * 40503) % 4294967296
    mixed = (mixed ^ (mixed >> 15)) * 2246822519 % 4294967296
    return mixed.double() / 4294967296 - 0.5


def fill(model):
    """Gives every parameter and statistic fixed values in a range that keeps signals of ordinary size."""
    for name, tensor in model.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        values = pattern(tensor.numel(), sum(map(ord, name)))
        if tensor.dim() > 1:
            values = values * 4 / (tensor.numel() / tensor.shape[0]) ** 0.5
        elif name.endswith("weight") or name.endswith("running_var"):
            values = 1 + 0.4 * values
        tensor.copy_(values.reshape(tensor.shape))
    return model
