"""Runs fedlua and its peers alternately and writes what it finds to BENCHMARKS.md.

Usage: compare.py ROOT FEDLUA PYTHON [--repeats N] [--only NAME ...] [--no-compile] [--scaling] [--memory [ROUNDS]] [--loading]

Without options, measures the table of comparisons; --scaling, --memory and --loading measure their own sections. Each replaces its
section of BENCHMARKS.md and leaves the others. With --only, prints the rows with these names and writes nothing.
"""

import argparse
import os
import statistics

import loading
import memory
import report
import scaling
import sides
from rows import ALONE, COMPARED, MEMORY_AIM, MEMORY_MUST
from sides import SCALE, number

CNN_STEPS = 100


def measured(row, host, theirs, repeats):
    """Returns our times, theirs, and how they did it, or why they could not."""
    ours, others, how = [], [], ""
    host.measure(row.name, row.threads)  # prepared and warm before anything counts
    if row.against:
        host.measure(row.against, row.threads)
    for _ in range(repeats):
        ours.append(host.measure(row.name, row.threads)[row.clock])
        if row.against:
            others.append(host.measure(row.against, row.threads)[row.clock])
            how = "`" + row.against + "`"
            continue
        if others or not ours[1:]:
            times, how = theirs.measure(row)
            if times:
                others.append(times[row.clock])
    return ours, others, how


def both(times, unit):
    scaled = [seconds * SCALE[unit] for seconds in times]
    return f"{number(statistics.median(scaled))} ({number(min(scaled))})"


def verdict(ratio, row):
    if row.must is None:
        return ""
    if ratio >= (row.aim or row.must):
        return "yes, and the aim"
    return "yes" if ratio >= row.must else "**no**"


def compared_row(row, host, theirs, repeats, peak):
    ours, others, how = measured(row, host, theirs, repeats)
    share = ""
    if row.gflop:
        share = f"{row.gflop * 1e9 / statistics.median(ours) / (peak * row.threads) * 100:.0f} %"
    must = f"{row.must:g} / {row.aim:g}" if row.must else ""
    title = row.title + (f" ({row.note})" if row.note else "")
    cells = [f"`{row.key}`", title, row.unit, both(ours, row.unit)]
    if others:
        ratio = statistics.median(others) / statistics.median(ours)
        cells += [both(others, row.unit), how, f"**{ratio:.2f}**", must, verdict(ratio, row), share]
    else:
        cells += ["", f"{row.peer}: {how}", "", must, "", share]
    return cells


def alone_row(row, times):
    must = f"{row.must:g}" if row.must else ""
    holds = "" if row.must is None else (
        "yes" if statistics.median(times) * SCALE[row.unit] <= row.must else "**no**")
    return [f"`{row.name}`", row.title, row.unit, both(times, row.unit), must, holds]


def memory_row(options):
    """Peak memory of the whole process that trains the CNN, for both."""
    script = os.path.join(options.root, "scripts/benchmarks/peers/serve.py")
    repeats = str(CNN_STEPS // 10 - 1)  # ten steps a measurement, and the one before it
    ours = sides.peak_memory([options.fedlua, "bench", "cnn_train", "--repeats", repeats])
    theirs = None
    if os.path.exists(options.python):
        theirs = sides.peak_memory([options.python, script, "--once", "cnn_train", str(CNN_STEPS)])
    cells = [f"{ours / 1e6:.0f} MB"]
    if theirs:
        share = ours / theirs
        holds = "yes, and the aim" if share <= MEMORY_AIM else "yes" if share <= MEMORY_MUST else "**no**"
        cells += [f"{theirs / 1e6:.0f} MB", f"**{share:.2f}**", f"{MEMORY_MUST:g} / {MEMORY_AIM:g}", holds]
    else:
        cells += ["PyTorch: not installed", "", f"{MEMORY_MUST:g} / {MEMORY_AIM:g}", ""]
    return ["`memory`", f"peak memory of the process, {CNN_STEPS} training steps of the MNIST CNN"] + cells


def shortfalls(rows, lines):
    """What is known of the rows that do not hold."""
    told = [f"- `{row.key}`: {row.limit}" for row, line in zip(rows, lines) if "**no**" in line and row.limit]
    return "\n\nWhat does not hold, and why:\n\n" + "\n".join(told) if told else ""


def comparison(options):
    """Measures the rows asked for; returns the text of the section."""
    wanted = lambda row: not options.only or row.name in options.only or row.key in options.only  # noqa: E731
    host = sides.Host(options.fedlua)
    theirs = sides.Peers(options.root, options.python, not options.no_compile)
    compared, peaks, lines = list(filter(wanted, COMPARED)), [host.peak()], []
    for row in compared:
        lines.append(compared_row(row, host, theirs, options.repeats, max(peaks)))
        peaks.append(host.peak())
        print(" | ".join(lines[-1]), flush=True)
    text = [report.table(report.COMPARED_HEAD, lines) + shortfalls(compared, lines)] if lines else []
    hosts = list(filter(wanted, ALONE))
    alone = [alone_row(row, [host.measure(row.name)[row.clock] for _ in range(options.repeats)]) for row in hosts]
    told = shortfalls(hosts, alone)
    if not options.only or "repl" in options.only:
        times = sides.start_times(options.fedlua, options.repeats)
        alone.append(["`repl`", "the REPL starts and ends without input, wall time", "ms", both(times, "ms"), "", ""])
    if alone:
        text.append(report.table(report.ALONE_HEAD, alone) + told)
    if not options.only or "memory" in options.only:
        text.insert(1, report.table(report.MEMORY_HEAD, [memory_row(options)]))
    facts = f"{', '.join(theirs.versions.values()) or 'without peers'}; {options.repeats} repeats; " \
        f"one thread's peak is {max(peaks) / 1e9:.0f} GFLOP/s."
    return report.INTRODUCTION + "\n\n" + sides.circumstances(options.root, options.fedlua) + ";\n" + facts + "\n\n" \
        + "\n\n".join(text)


def main():
    parser = argparse.ArgumentParser()
    for name in ("root", "fedlua", "python"):
        parser.add_argument(name)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--memory", nargs="?", type=int, const=200)
    parser.add_argument("--loading", action="store_true")
    options = parser.parse_args()
    if options.scaling:
        section, text = "Scaling", scaling.section(options)
    elif options.memory:
        section, text = "Memory over a long run", memory.section(options)
    elif options.loading or options.only == ["loading"]:
        section, text = "Loading", loading.section(options)
    else:
        section, text = "Comparison", comparison(options)
    print(text)
    if not options.only:
        report.write(os.path.join(options.root, "BENCHMARKS.md"), section, text)


main()
