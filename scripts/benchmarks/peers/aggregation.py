"""Rules over updates by PyTorch and by ByzFL; sizes are those of Sources/LuaLibrary/lua/fed/benchmarks/aggregation.lua."""

import importlib.util
import itertools
import sys
import types

import torch

drawn = {}


class Way:
    def __init__(self, name):
        self.name, self.compiled = name, False


def rows(count):
    if count not in drawn:
        drawn[count] = torch.randn(count, 1_000_000)
    return drawn[count]


def rule(apply):
    def prepare(_):
        x = rows(50)
        return lambda: apply(x)

    return prepare, [Way("eager")]


def byzfl_rules():
    """Imports ByzFL's aggregators alone: the package itself wants torchvision and data sets for its own benchmark."""
    if "byzfl" not in sys.modules:
        found = importlib.util.find_spec("byzfl")
        if found is None:
            raise ImportError("byzfl is not installed")
        package = types.ModuleType("byzfl")
        package.__path__ = list(found.submodule_search_locations)
        sys.modules["byzfl"] = package
    from byzfl.aggregators import aggregators
    return aggregators


def byzfl(make, back_end):
    def prepare(_):
        rule = make(byzfl_rules())
        x = rows(20)
        vectors = x.numpy() if back_end == "numpy" else x
        return lambda: rule(vectors)

    return prepare, [Way("ByzFL, " + back_end)]


def byzfl_preaggregators(_):
    from byzfl.aggregators import preaggregators
    return preaggregators


SUBSETS, TRIED = 4845, 10


def byzfl_smea(rules):
    """A SMEA that looks at the first few of its sets alone: with all of them it takes minutes."""
    rule = rules.SMEA(f=4)
    few = types.SimpleNamespace(combinations=lambda *of: itertools.islice(itertools.combinations(*of), TRIED))

    def apply(vectors):
        rules.itertools = few
        try:
            return rule(vectors)
        finally:
            rules.itertools = itertools

    return apply


def byzfl_alie(rules):
    from byzfl.attacks import attacks
    attack = attacks.Optimal_ALittleIsEnough(rules.TrMean(f=4), [], f=4)
    return lambda vectors: attack(vectors[:16])


# torch.median gives the lower of the two middle elements; their mean would cost it more.
WORK = {
    "median": (1, *rule(lambda x: x.median(0))),
    "trimmed_mean": (1, *rule(lambda x: x.sort(0).values[10:-10].mean(0))),
    "gram": (1, *rule(lambda x: x @ x.t())),
    "mean": (3, *rule(lambda x: x.mean(0))),
}
for end in ("numpy", "torch"):
    WORK["median20_" + end] = (1, *byzfl(lambda rules: rules.Median(), end))
    WORK["krum20_" + end] = (1, *byzfl(lambda rules: rules.Krum(f=4), end))
    WORK["nnm20_" + end] = (1, *byzfl(lambda rules: byzfl_preaggregators(rules).NNM(f=4), end))
    WORK["mda20_" + end] = (1, *byzfl(lambda rules: rules.MDA(f=4), end))
    WORK["caf20_" + end] = (1, *byzfl(lambda rules: rules.CAF(f=4), end))
    WORK["multi_krum20_" + end] = (1, *byzfl(lambda rules: rules.MultiKrum(f=4), end))
    WORK["monna20_" + end] = (1, *byzfl(lambda rules: rules.MoNNA(f=4), end))
    WORK["mean_around_median20_" + end] = (1, *byzfl(lambda rules: rules.Meamed(f=4), end))
    WORK["smea20_" + end] = (1, *byzfl(byzfl_smea, end))
    WORK["alie20_" + end] = (1, *byzfl(byzfl_alie, end))
    WORK["geometric_median20_" + end] = (1, *byzfl(lambda rules: rules.GeometricMedian(nu=0.1, T=3), end))

# The time of SMEA is that of all sets.
PARTS = {"smea20_" + end: TRIED / SUBSETS for end in ("numpy", "torch")}
