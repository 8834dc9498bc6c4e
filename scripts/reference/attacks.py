"""Numbers of ByzFL's optimal attacks, for Tests/LuaLibraryTests/specs/attacks/updates/optimal_spec.lua.

pip install byzfl; python scripts/reference/attacks.py
"""
import numpy as np
from byzfl import NNM, Clipping, Median, Optimal_ALittleIsEnough, Optimal_InnerProductManipulation, TrMean


def honest(n, d, shift):
    """The matrix that the spec makes by the same formula."""
    i, j = np.arange(1, n + 1)[:, None], np.arange(1, d + 1)[None, :]
    return np.sin(1.3 * i + 0.7 * j * j) + shift


RULES = {
    "trimmed": lambda f: (TrMean(f), []),
    "median": lambda f: (Median(), []),
    "mixed": lambda f: (TrMean(f), [NNM(f)]),
    "clipped": lambda f: (TrMean(f), [NNM(f), Clipping(2.0)]),
}


def factors(n, f, d, shift, rule):
    """How strong ByzFL's two attacks are, read off the vectors that they send."""
    x = honest(n, d, shift)
    mean, deviation = x.mean(0), x.std(0, ddof=1)
    aggregator, before = RULES[rule](f)
    ipm = Optimal_InnerProductManipulation(aggregator, before, f)(x.copy())
    alie = Optimal_ALittleIsEnough(aggregator, before, f)(x.copy())
    return -ipm @ mean / (mean @ mean), (alie - mean) @ deviation / (deviation @ deviation)


if __name__ == "__main__":
    for n, f, d, shift in [(3, 1, 4, 0.5), (6, 1, 5, 0.2), (8, 2, 6, 1.0), (9, 3, 3, 0.3), (13, 4, 7, 0.0), (16, 4, 9, 2.0)]:
        for rule in RULES:
            epsilon, z = factors(n, f, d, shift, rule)
            print(f'  {{ n = {n}, f = {f}, d = {d}, shift = {shift}, rule = "{rule}", epsilon = {epsilon:.8g}, z = {z:.8g} }},')
