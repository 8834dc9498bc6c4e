"""The other side of scripts/bench: answers names read from standard input with times.

Usage: serve.py [--no-compile] [--once NAME TIMES]

An answer is `processor-seconds wall-seconds way`, or `- why` where the work can't be done. Of the ways to do a piece of
work, each is tried once after warming up, and the two fastest go on; an answer is the faster of them. What a way takes
to compile is in no answer. With --once, does one piece of work in the default layout and ends: for peak memory.
"""

import os
import sys
import time
import warnings

import torch

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import aggregation  # noqa: E402
import byzfl_rounds  # noqa: E402
import networks  # noqa: E402
import rounds  # noqa: E402
import traced  # noqa: E402

torch.set_num_threads(1)
warnings.filterwarnings("ignore")
WALL = {**rounds.WORK, **byzfl_rounds.WORK}  # work on several cores
WORK = {**networks.WORK, **aggregation.WORK, **traced.WORK, **WALL}
PARTS = {**rounds.PARTS, **aggregation.PARTS}


def timed(run, times):
    wall, processor = time.perf_counter(), time.process_time()
    for _ in range(times):
        run()
    return (time.process_time() - processor) / times, (time.perf_counter() - wall) / times


def note(text):
    print(text, file=sys.stderr, flush=True)


def prepare(name, compiles):
    """Returns the two fastest ways, as (name, run), after warming up."""
    times, make, ways = WORK[name]
    # Work on several cores is told by wall time; that of one thread by processor time.
    clock = 1 if name in WALL else 0
    tried, failures = [], []
    for way in ways:
        if way.compiled and not compiles:
            continue
        try:
            torch.set_num_threads(1)
            run = make(way)
            run()
            run()
            tried.append((timed(run, max(1, times // 2))[clock], way.name, run))
        except Exception as error:  # whatever a compiler or a missing package says becomes a word in the table
            failures.append(f"{way.name}: {type(error).__name__}: {str(error).splitlines()[0][:120] if str(error) else ''}")
    for failure in failures:
        note(f"{name}: {failure}")
    if not tried:
        raise RuntimeError(failures[0] if failures else "no way to do it")
    tried.sort(key=lambda entry: entry[0])
    note(f"{name}: " + ", ".join(f"{label} {seconds * 1e3:.2f} ms" for seconds, label, _ in tried))
    return [(label, run) for _, label, run in tried[:2]]


def answer(name, prepared, compiles):
    if name not in WORK:
        return "- unknown"
    try:
        if name not in prepared:
            prepared.clear()
            prepared[name] = prepare(name, compiles)
    except Exception as error:
        return f"- {error}"
    times, parts, clock = WORK[name][0], PARTS.get(name, 1), 1 if name in WALL else 0
    measured = [(timed(run, times), label) for label, run in prepared[name]]
    (processor, wall), label = min(measured, key=lambda entry: entry[0][clock])
    return f"{processor / parts} {wall / parts} {label}"


def main():
    arguments = sys.argv[1:]
    if arguments[:1] == ["--once"]:
        times, make, ways = WORK[arguments[1]]
        run = make(ways[0])
        for _ in range(int(arguments[2])):
            run()
        return
    print("PyTorch " + torch.__version__, flush=True)
    prepared = {}
    for line in sys.stdin:
        print(answer(line.strip(), prepared, "--no-compile" not in arguments), flush=True)


if __name__ == "__main__":
    main()
