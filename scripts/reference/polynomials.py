"""Fits the polynomials of Sources/KernelsBase/LaneFunctions.swift and prints their coefficients.

Needs numpy and mpmath. Each fit is near-minimax: least squares at Chebyshev nodes with weights that are raised where the
weighted error is large, until no error stands out. The printed error is relative to the function, before rounding the
coefficients to float32.
"""

import mpmath as mp
import numpy as np

mp.mp.dps = 30


def fit(function, degree, low, high, weight, nodes=4000, rounds=200):
    """Returns the largest weighted error and the coefficients, lowest first."""
    angles = np.pi * (np.arange(nodes) + 0.5) / nodes
    x = (low + high) / 2 + (high - low) / 2 * np.cos(angles)
    y = np.array([float(function(mp.mpf(float(v)))) for v in x])
    w = weight(x, y)
    powers = np.stack([x**p for p in range(degree + 1)], 1)
    emphasis, best = np.ones(nodes), None
    for _ in range(rounds):
        scale = np.sqrt(emphasis) * w
        coefficients, *_ = np.linalg.lstsq(powers * scale[:, None], y * scale, rcond=None)
        error = np.abs((powers @ coefficients - y) * w)
        if best is None or error.max() < best[0]:
            best = (error.max(), coefficients)
        emphasis *= error / error.max() + 1e-3
        emphasis /= emphasis.sum()
    return best


def show(name, result):
    print(f"{name}: error {result[0]:.2g}, coefficients", *(np.format_float_scientific(np.float32(c)) for c in result[1]))


half_log2 = float(mp.log(2) / 2) * 1.0001
quarter_turn = float(mp.pi / 4) ** 2
root = mp.sqrt

# e^r = 1 + r + r^2 P(r)
show("exponential", fit(
    lambda r: (mp.exp(r) - 1 - r) / r**2, 4, -half_log2, half_log2, lambda x, y: x * x / np.exp(x)))
# log(1 + f) = f - f^2 / 2 + f^3 P(f)
show("logarithm", fit(
    lambda f: (mp.log(1 + f) - f + f * f / 2) / f**3, 7, float(root(0.5) - 1), float(root(2) - 1),
    lambda x, y: np.abs(x**3 / np.log1p(x))))
# tanh x = x + x z P(z), z = x^2
show("tanh", fit(
    lambda z: (mp.tanh(root(z)) / root(z) - 1) / z, 4, 1e-6, 0.625**2,
    lambda z, y: z * np.sqrt(z) / np.tanh(np.sqrt(z))))
# 1 - (normal distribution function) = e^(-x^2 / 2) P(t), t = 1 / (1 + a / 2), a = x / sqrt(2)
show("normal tail", fit(
    lambda t: mp.erfc(2 * (1 / t - 1)) * mp.exp((2 * (1 / t - 1)) ** 2) / 2, 8, 1 / (1 + 6.2 / 2), 1.0,
    lambda t, y: 1 / y, nodes=1500, rounds=100))
# sin x = x + x z P(z), cos x = 1 - z / 2 + z^2 P(z)
show("sine", fit(
    lambda z: (mp.sin(root(z)) / root(z) - 1) / z, 2, 1e-6, quarter_turn,
    lambda z, y: z * np.sqrt(z) / np.sin(np.sqrt(z))))
show("cosine", fit(
    lambda z: (mp.cos(root(z)) - 1 + z / 2) / z**2, 2, 1e-4, quarter_turn, lambda z, y: z * z / np.cos(np.sqrt(z))))
