"""Says which rows of BENCHMARKS.md scripts/bench would not write, or would write otherwise; measures nothing.

Usage: stale.py ROOT. Ends with status 1 if there is one.
"""

import os
import re
import sys

from rows import ALONE, COMPARED, MEMORY_AIM, MEMORY_MUST


def expected():
    """Key of each row of the comparison, with what stands under "must hold"."""
    musts = {row.key: f"{row.must:g} / {row.aim:g}" if row.must else "" for row in COMPARED}
    musts |= {row.name: f"{row.must:g}" if row.must else "" for row in ALONE}
    return musts | {"memory": f"{MEMORY_MUST:g} / {MEMORY_AIM:g}", "repl": ""}


def written(text):
    """The same of the rows in the file, read by the heads of their tables."""
    section = re.search(r"^## Comparison$(.*?)(^## |\Z)", text, re.MULTILINE | re.DOTALL)
    musts, column = {}, None
    for line in section.group(1).splitlines() if section else []:
        if not line.startswith("|"):
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == "name":
            column = next(i for i, head in enumerate(cells) if head in ("must hold / aim", "at most"))
        elif cells[0].startswith("`"):
            musts[cells[0].strip("`")] = cells[column]
    return musts


def work(root):
    """Names of the work that `fedlua bench` does."""
    names, folder = {"state"}, os.path.join(root, "Sources/LuaLibrary/lua/fed/benchmarks")
    for file in os.listdir(folder):
        with open(os.path.join(folder, file)) as lua:
            names |= set(re.findall(r'\bname = "(\w+)"', lua.read()))
    return names


def complaints(root):
    with open(os.path.join(root, "BENCHMARKS.md")) as file:
        here = written(file.read())
    known, rows = work(root), expected()
    for key in sorted(here.keys() | rows.keys()):
        if key not in rows:
            yield f"BENCHMARKS.md: row '{key}' is none that scripts/bench writes"
        elif key not in here:
            yield f"BENCHMARKS.md: row '{key}' is missing; scripts/bench writes it"
        elif here[key] != rows[key]:
            yield f"BENCHMARKS.md: row '{key}' says '{here[key]}' must hold, scripts/bench '{rows[key]}'"
    for row in COMPARED + ALONE:
        if row.name not in known:
            yield f"scripts/benchmarks/rows.py: '{row.name}' is no work of fedlua bench"


found = list(complaints(sys.argv[1]))
for text in found:
    print(text)
sys.exit(1 if found else 0)
