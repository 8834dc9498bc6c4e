"""The text of BENCHMARKS.md: sections that are measured apart from each other."""

import os
import re

TITLE = """# Benchmarks

Written by `scripts/bench`, a section at a time; each says when and where it was measured."""

# "Clusters" is written by hand: `scripts/scaling/cost.lua` and `rate.lua` run under the launchers of scripts/scale.
SECTIONS = ["Comparison", "Scaling", "Memory over a long run", "Loading", "Clusters"]

INTRODUCTION = """Both sides are measured in turn, one after the other, in one run. Times are processor time of one thread unless said
otherwise, as median and best; a ratio above 1 means that fedlua is faster. The opponent does the work in the fastest of
its ways, which the row names: default layout or channels last, eager or compiled (the time to compile is not counted),
or, for several cores, a thread a core, a process a core, or each operation on all cores. fedlua's work is that of
`fedlua bench` (`Sources/LuaLibrary/lua/fed/benchmarks/`), through the public API, from Lua; batches are of 32. The share
of the peak is that of the multiplications and additions of the direct method per second; a method with fewer of them may
go beyond 100 %.

Whole rounds are those of one script each. `byzfl_round` is the loop of ByzFL's README with its own classes, on random
images and without its accuracy: each honest client sends the momentum of one gradient, the attackers what they compute
of all of these; ours do the same by steps of SGD whose momentum lives on. `sampled_round` stands beside Flower's
simulation in Ray, a client a core, and beside pfl, a process a core: five rounds at a time, after three that do not
count, with nothing evaluated; in between they wait. ByzFL's SMEA would take minutes for its 4,845 sets, so ten of them
are measured. The rows of a rule in Lua, in a sandbox or in a process have another way of ours in the place of the peer:
there a ratio of 1 says that the way costs nothing."""

COMPARED_HEAD = [
    "name", "work", "unit", "fedlua", "peer", "the peer's way", "peer / fedlua", "must hold / aim", "holds",
    "of the peak"]
MEMORY_HEAD = ["name", "memory", "fedlua", "PyTorch", "fedlua / PyTorch", "must hold / aim", "holds"]
ALONE_HEAD = ["name", "the host itself", "unit", "median (best)", "at most", "holds"]


def table(head, rows):
    lines = [head, ["---"] * len(head)] + rows
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def write(path, section, text):
    """Replaces one section of the file and keeps the others as they are."""
    kept = {}
    if os.path.exists(path):
        with open(path) as file:
            parts = re.split(r"^## (.+)$", file.read(), flags=re.MULTILINE)
        kept = dict(zip(parts[1::2], (part.strip() for part in parts[2::2])))
    kept[section] = text.strip()
    chapters = [f"## {name}\n\n{kept[name]}" for name in SECTIONS if name in kept]
    with open(path, "w") as file:
        file.write("\n\n".join([TITLE] + chapters) + "\n")
