"""Writes Tests/LuaLibraryTests/Fixtures/aggregators.json: random updates, and what ByzFL or the definition makes of them.

Rules that ByzFL has and computes without chance come from ByzFL 0.0.11. The others come from definitions written here with
numpy in double precision: over all subsets, with eigenvalues of the covariance itself. Where values are equally near,
ByzFL takes whichever numpy's partition happens to put first, which differs between processors; a case in which that is
not the first one is left out, and the number of those is printed.

Needs numpy, torch and byzfl. Run from the top of the repository: python3 scripts/reference/aggregators.py
"""
import importlib.util
import itertools
import json
import sys
import types

import numpy as np

# The package itself wants torchvision and data sets for its benchmark; its rules do not.
package = types.ModuleType("byzfl")
package.__path__ = list(importlib.util.find_spec("byzfl").submodule_search_locations)
sys.modules["byzfl"] = package
from byzfl.aggregators import aggregators, preaggregators  # noqa: E402

left_out = 0
results = {}


def draw(kind, generator, n, f, d):
    """Updates of n clients of which f are odd, in multiples of 1/1024, which single precision holds exactly."""
    x = generator.normal(size=(n, d)) + 2 * generator.normal(size=d)
    if kind == "outliers" and f:
        x[:f] = 1000 * generator.normal(size=(f, d))
    if kind == "collusion" and f:
        x[n - f:] = x.mean(0) - 1.5 * x.std(0)
    if kind == "ties":
        x = generator.integers(-3, 4, (n, d)).astype(float)
    if kind == "copies":
        x[n // 2:] = x[generator.integers(0, n // 2, n - n // 2)]
    return np.round(x * 1024) / 1024


def add(call, x, expected):
    is_mapping = call.split()[0] in ("nnm", "clipping", "arc", "bucketing")
    results[f"fed.{'pre' if is_mapping else ''}aggregators.{call}"] = [
        float(f"{v:.8g}") for v in np.asarray(expected).reshape(-1)]


def squares(x):
    return ((x[:, None] - x[None]) ** 2).sum(-1)


def first(values, count):
    return sorted(sorted(range(len(values)), key=lambda i: (values[i], i))[:count])


# Definitions

def krum_scores(x, f, neighbors, power):
    return np.sort(np.sqrt(squares(x)) ** power, axis=1)[:, 1:neighbors + 1].sum(1)


def largest_eigenvalue(x, weights):
    mean = weights @ x / weights.sum()
    values, vectors = np.linalg.eigh((weights[:, None] * (x - mean)).T @ (x - mean) / weights.sum())
    return values[-1], (x - mean) @ vectors[:, -1]


def smea(x, f):
    subsets = list(itertools.combinations(range(len(x)), len(x) - f))
    return x[list(min(subsets, key=lambda s: largest_eigenvalue(x[list(s)], np.ones(len(s)))[0]))].mean(0)


def caf(x, f):
    c, least, best = np.ones(len(x)), np.inf, x.mean(0)
    while c.sum() > len(x) - 2 * f + 1e-9:
        value, parts = largest_eigenvalue(x, c)
        if value < least:
            least, best = value, c @ x / c.sum()
        c = c * (1 - parts ** 2 / (parts ** 2)[c > 0].max()).clip(0)
    return best


def bulyan(x, f):
    left, chosen = list(range(len(x))), []
    while len(chosen) < len(x) - 2 * f:
        rest = x[left]
        best = int(np.argmin(krum_scores(rest, f, max(1, len(rest) - f - 2), 2)))
        chosen.append(left.pop(best))
    return around(x[chosen], np.median(x[chosen], 0), len(x) - 4 * f)


def around(x, center, keep):
    columns = [np.mean(sorted(c, key=lambda v: (abs(v - m), v))[:keep]) for c, m in zip(x.T, center)]
    return np.array(columns)


def phocas(x, f):
    ordered = np.sort(x, axis=0)
    return around(x, ordered[f:len(x) - f].mean(0), len(x) - f)


def weiszfeld(x, steps, smoothing):
    z = x.mean(0)
    for _ in range(steps):
        pull = 1 / np.maximum(np.linalg.norm(x - z, axis=1), smoothing)
        z = pull @ x / pull.sum()
    return z


# What is compared

def by_partition(call, x, expected, stable):
    """A case of a rule that picks by numpy's partition: kept where it picked the first of equals."""
    global left_out
    if np.abs(np.asarray(expected) - stable).max() > 1e-9:
        left_out += 1
    else:
        add(call, x, expected)


def from_byzfl(x, f):
    n, options, near = len(x), f"f = {f}, preset = 'byzfl'", squares(x)
    add(f"krum {{ {options} }}", x, aggregators.Krum(f=f)(x))
    scores = (np.sort(np.sqrt(near), axis=1) ** 2)[:, 1:n - f].mean(1)
    by_partition(f"multi_krum {{ {options} }}", x, aggregators.MultiKrum(f=f)(x), x[first(scores, n - f)].mean(0))
    add(f"mda {{ {options} }}", x, aggregators.MDA(f=f)(x))
    trusted = n // 2
    by_partition(f"monna {{ {options}, trusted = {trusted + 1} }}", x, aggregators.MoNNA(f=f, idx=trusted)(x),
                 x[first(near[trusted], n - f)].mean(0))
    away = np.abs(x - np.median(x, 0))
    by_partition(f"mean_around_median {{ {options} }}", x, aggregators.Meamed(f=f)(x),
                 np.array([x[first(away[:, j], n - f), j].mean() for j in range(x.shape[1])]))
    add("geometric_median { preset = 'byzfl' }", x, aggregators.GeometricMedian(nu=0.1, T=3)(x))
    add("centered_clipping { preset = 'byzfl', radius = 2, iterations = 3 }", x,
        aggregators.CenteredClipping(L=3, tau=2.0)(x))
    add(f"trimmed_mean {{ f = {f} }}", x, aggregators.TrMean(f=f)(x))
    add("coordinate_median()", x, aggregators.Median()(x))
    if x.shape[1] == 1 and f and np.abs(x).max() < 100:
        # Along a line there is one direction only, so that ByzFL's random start does not matter. With large outliers its
        # CAF takes millions of steps.
        add(f"caf {{ {options} }}", x, aggregators.CAF(f=f)(x))
        add(f"smea {{ {options} }}", x, aggregators.SMEA(f=f)(x))
    mixed = np.array([x[first(row, n - f)].mean(0) for row in near])
    by_partition(f"nnm {{ f = {f} }}", x, preaggregators.NNM(f=f)(x), mixed)
    add("clipping { max_norm = 2 }", x, preaggregators.Clipping(c=2.0)(x.copy()))
    add(f"arc {{ f = {f} }}", x, preaggregators.ARC(f=f)(x.copy()))


def from_definitions(x, f):
    n = len(x)
    for preset, neighbors, power in ("blanchard", n - f - 2, 2), ("fedlib", n - f - 2, 4), ("lpd", n - f - 1, 1):
        if neighbors > 0:
            add(f"krum {{ f = {f}, preset = '{preset}' }}", x, x[np.argmin(krum_scores(x, f, neighbors, power))])
    if n - f - 2 > 0:
        add(f"multi_krum {{ f = {f}, m = 2 }}", x, x[first(krum_scores(x, f, n - f - 2, 2), 2)].mean(0))
    add(f"smea {{ f = {f} }}", x, smea(x, f))
    add(f"caf {{ f = {f} }}", x, caf(x, f))
    if 4 * f + 3 <= n:
        add(f"bulyan {{ f = {f} }}", x, bulyan(x, f))
    add(f"phocas {{ f = {f} }}", x, phocas(x, f))
    add(f"cge {{ f = {f} }}", x, x[first(np.linalg.norm(x, axis=1), n - f)].mean(0))
    away = np.linalg.norm(x - np.median(x, 0), axis=1)
    add(f"aksel {{ f = {f} }}", x, x[first(away, (n + 1) // 2)].mean(0))
    add(f"aksel {{ f = {f}, keep = 'n - f' }}", x, x[first(away, n - f)].mean(0))
    add("medoid()", x, x[np.argmin(np.sqrt(squares(x)).sum(1))])
    if np.abs(x).max() < 100:
        add("rfa()", x, weiszfeld(x, 3, 1e-6))
        signs = np.sign(np.sign(x).sum(0))
        add("sign_majority { step = 0.5 }", x, 0.5 * signs)
    order = np.arange(n)[::-1]
    means = [x[order[i:i + 2]].mean(0) for i in range(0, n, 2)]
    add(f"bucketing {{ order = {{ {', '.join(str(i + 1) for i in order)} }} }}", x, np.array(means))


def main():
    generator = np.random.default_rng(20260301)
    cases, kinds = [], ["plain", "outliers", "collusion", "ties", "copies"]
    for index in range(60):
        kind, n = kinds[index % len(kinds)], int(generator.integers(3, 21))
        f = int(generator.integers(0, min(4, (n - 1) // 2) + 1))
        d = 1 if index % 12 == 0 else int(generator.integers(2, 6))
        x = draw(kind, generator, n, f, d)
        from_byzfl(x, f)
        if kind not in ("ties", "copies") and n <= 14:
            from_definitions(x, f)
        cases.append({"kind": kind, "rows": x.tolist(), "results": dict(results)})
        results.clear()
    lines = ",\n".join("  " + json.dumps(case) for case in cases)
    with open("Tests/LuaLibraryTests/Fixtures/aggregators.json", "w") as file:
        file.write('{"source": "scripts/reference/aggregators.py, byzfl 0.0.11", "cases": [\n' + lines + "\n]}\n")
    print(f"{left_out} results left out, where numpy's partition did not take the first of equals")


main()
