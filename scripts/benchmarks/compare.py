"""Runs the host and PyTorch alternately, prints medians and ratios, and writes BENCHMARKS.md.

Usage: compare.py ROOT FEDLUA PYTHON [--repeats N]
"""

import argparse
import datetime
import os
import platform
import statistics
import subprocess
import time

# Name, what is done once, and the unit: milliseconds or nanoseconds.
COMPARED = [
    ("cnn_train", "CNN, one SGD step, 32 images 1x28x28", "ms"),
    ("cnn_infer", "CNN, logits of 32 images", "ms"),
    ("matmul", "matrix product 1024 x 1024 x 1024", "ms"),
    ("mean", "mean, n = 50, d = 1e6", "ms"),
    ("median", "coordinate median, n = 50, d = 1e6", "ms"),
    ("trimmed_mean", "trimmed mean, f = 10, n = 50, d = 1e6", "ms"),
    ("gram", "Gram matrix, n = 50, d = 1e6", "ms"),
]
ALONE = [
    ("state", "a Lua state with all bindings opens", "ms"),
    ("call", "a Lua call into the host with two numbers", "ns"),
    ("method", "a call of a method of a tensor", "ns"),
]
SCALE = {"ms": 1e3, "ns": 1e9}


class Side:
    """A process that answers names with seconds; None if it can't be started."""

    def __init__(self, command):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def read(self):
        return self.process.stdout.readline().strip()

    def measure(self, name):
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        answer = self.read()
        return float(answer) if answer else None


def start_times(fedlua, repeats):
    """Wall times from starting the REPL to its end at once, without input."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run([fedlua, "repl", "--no-history"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - start)
    return times


def measure_all(ours, theirs, repeats):
    """Returns name -> (our times, their times), each pair measured one after the other."""
    results = {}
    for name, _, _ in COMPARED + ALONE:
        pairs = [(ours.measure(name), theirs.measure(name) if theirs else None) for _ in range(repeats)]
        results[name] = ([a for a, _ in pairs], [b for _, b in pairs if b is not None])
        print(f"{name}: {pairs}", flush=True)
    return results


def number(seconds, unit):
    value = seconds * SCALE[unit]
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def rows(results, repl):
    lines = ["| work | unit | fedlua, median (best) | PyTorch, median (best) | PyTorch / fedlua |", "|---|---|---|---|---|"]
    for name, title, unit in COMPARED:
        a, b = results[name]
        ours = f"{number(statistics.median(a), unit)} ({number(min(a), unit)})"
        if b:
            ratio = f"**{statistics.median(b) / statistics.median(a):.2f}**"
            theirs = f"{number(statistics.median(b), unit)} ({number(min(b), unit)})"
        else:
            ratio, theirs = "", "not installed"
        lines.append(f"| {title} | {unit} | {ours} | {theirs} | {ratio} |")
    lines += ["", "| the host itself | unit | median (best) |", "|---|---|---|"]
    alone = [(title, unit, results[name][0]) for name, title, unit in ALONE]
    alone.append(("the REPL starts and ends without input (wall time)", "ms", repl))
    for title, unit, times in alone:
        lines.append(f"| {title} | {unit} | {number(statistics.median(times), unit)} ({number(min(times), unit)}) |")
    return lines


def processor():
    try:
        with open("/proc/cpuinfo") as info:
            return next(line.split(":")[1].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def output(command, root):
    return subprocess.run(command, cwd=root, capture_output=True, text=True).stdout.strip()


def main():
    parser = argparse.ArgumentParser()
    for name in ("root", "fedlua", "python"):
        parser.add_argument(name)
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    ours = Side([options.fedlua, "bench", "--serve"])
    theirs, version = None, "not installed"
    if os.path.exists(options.python):
        theirs = Side([options.python, os.path.join(options.root, "scripts/benchmarks/pytorch.py")])
        version = theirs.read()
        if not version:
            theirs = None
    results = measure_all(ours, theirs, options.repeats)
    table = rows(results, start_times(options.fedlua, options.repeats))
    facts = dict(
        line.split(None, 1) for line in output([options.fedlua, "doctor"], options.root).splitlines()
        if len(line.split(None, 1)) == 2)
    commit = output(["git", "rev-parse", "--short", "HEAD"], options.root)
    head = [
        "# Benchmarks", "",
        "Written by `scripts/bench`: it builds both sides and measures them in turn, one after the other, in one run.",
        "Times are processor time of one thread unless said otherwise; a ratio above 1 means that fedlua is faster. The",
        "opponent is PyTorch on the same processor, eager, in the faster of its two memory layouts. The work is that of",
        "`fedlua bench` (`Sources/LuaLibrary/lua/fed/bench.lua`), through the public API, from Lua. For an even number of",
        "updates `torch.median` takes the lower of the two middle elements, fedlua their mean.", "",
        f"Measured on {datetime.date.today().isoformat()} at commit {commit}: {processor()}, "
        f"{os.cpu_count()} cores; PyTorch {version or 'not installed'};",
        f"fedlua {facts.get('fedlua', '')} with instruction set {facts.get('instructions', '?')}; {options.repeats} repeats.", "",
    ]
    text = "\n".join(head + table) + "\n"
    with open(os.path.join(options.root, "BENCHMARKS.md"), "w") as file:
        file.write(text)
    print(text)


main()
