"""Prints the table in Tests/LuaLibraryTests/specs/attacks/inputs/references_spec.lua: what other libraries' attacks find
on a small network with given weights. Then the intervals that metrics_spec.lua expects.

Needs torch, scipy, torchattacks 3.5.1 and foolbox 3.3.4 with eagerpy, both installed without what they depend on:
pip install --no-deps torchattacks foolbox eagerpy. Run from the top of the repository.
"""
import sys
import types

# Only foolbox's zoo of downloaded models wants more packages.
sys.modules["foolbox.zoo"] = types.ModuleType("foolbox.zoo")

import foolbox  # noqa: E402
import torch  # noqa: E402
import torchattacks  # noqa: E402
from scipy.stats import binomtest  # noqa: E402

PIXELS, HIDDEN, CLASSES, COUNT = 16, 8, 3, 6


def waves(rows, columns, a, b, c):
    i = torch.arange(1, rows + 1, dtype=torch.float64)[:, None]
    j = torch.arange(1, columns + 1, dtype=torch.float64)[None]
    return torch.sin(a * i + b * j + c * i * j).float()


class Net(torch.nn.Module):
    """Two layers of sines: logits = V tanh(W (x - 0.5)), whose weights any language can compute."""

    def __init__(self):
        super().__init__()
        self.first = torch.nn.Parameter(waves(PIXELS, HIDDEN, 1.3, 0.7, 2.1))
        self.second = torch.nn.Parameter(waves(HIDDEN, CLASSES, 0.9, 1.7, 1.1))

    def forward(self, x):
        return torch.tanh((x.flatten(1) - 0.5) @ self.first) @ self.second


net = Net().eval()
x = (0.5 + 0.3 * waves(COUNT, PIXELS, 2.3, 1.9, 0.37)).reshape(COUNT, 1, 4, 4)
y = net(x).argmax(1)


def lines(name, values):
    rows = ["{ " + ", ".join(f"{v:.6f}" for v in row) + " }" for row in values.detach().flatten(1).tolist()]
    print(f"  {name} = {{")
    for row in rows:
        half = row.split(", ")
        print("    " + ", ".join(half[:8]) + ",\n      " + ", ".join(half[8:]) + ",")
    print("  },")


def numbers(name, values):
    print(f"  {name} = {{ " + ", ".join(f"{v:.6f}" for v in values.detach().tolist()) + " },")


def length(moved, norm):
    delta = (moved - x).flatten(1)
    return delta.norm(dim=1) if norm == 2 else delta.abs().amax(1)


def with_torchattacks(attack, *arguments, **options):
    return attack(net, *arguments, **options)(x, y)


print("local found = {")
print("  labels = { " + ", ".join(str(v) for v in y.tolist()) + " },")
lines("fgsm", with_torchattacks(torchattacks.FGSM, eps=0.1))
lines("bim", with_torchattacks(torchattacks.BIM, eps=0.1, alpha=0.03, steps=6))
lines("mi_fgsm", with_torchattacks(torchattacks.MIFGSM, eps=0.1, alpha=0.02, steps=5, decay=1.0))
lines("pgd_l2", with_torchattacks(torchattacks.PGDL2, eps=0.3, alpha=0.06, steps=8, random_start=False))
fmodel = foolbox.PyTorchModel(net, bounds=(0, 1))
for norm, attack in (2, foolbox.attacks.L2DeepFoolAttack), (8, foolbox.attacks.LinfDeepFoolAttack):
    moved = attack(steps=50, candidates=10, overshoot=0.02)(fmodel, x, y, epsilons=None)[1]
    numbers("deepfool_l2" if norm == 2 else "deepfool_linf", length(moved, norm))
# Its FMN for L2 ends ten times as far away as all others here, so only the other norm is asked.
moved = foolbox.attacks.LInfFMNAttack(steps=100)(fmodel, x, y, epsilons=None)[1]
numbers("fmn_linf", length(moved, 8))
for name in "L2", "Linf":
    attack = torchattacks.FAB(net, norm=name, eps=10.0, steps=30, n_restarts=1, n_classes=CLASSES)
    numbers("fab_" + name.lower(), length(attack(x, y), 2 if name == "L2" else 8))
moved = foolbox.attacks.L2CarliniWagnerAttack(binary_search_steps=6, steps=300, stepsize=0.01, initial_const=0.1)(
    fmodel, x, y, epsilons=None)[1]
numbers("carlini_wagner", length(moved, 2))
print("}")
for k, n, confidence in (524, 600, 0.95), (45, 64, 0.95), (1, 10, 0.9), (7, 2000, 0.99):
    interval = binomtest(k, n).proportion_ci(confidence)
    print(f"-- {k} of {n} at {confidence}: {interval.low:.8f} to {interval.high:.8f}")
print(f"-- McNemar for 6 and 21: {binomtest(6, 27).pvalue:.7f}")
