"""How the time follows the size of the work, for each series of fed/benchmarks/scaling.lua."""

import math
import statistics
import subprocess

import report
import sides
from sides import number

INTRODUCTION = """Processor time of one thread for work of growing size, and the slope of its logarithm over that of the size: 1 means
that twice the size takes twice the time. The slope is that of all points, and in brackets that of the larger half, where
the fixed cost counts less. The share of the peak is that of the multiplications and additions of the direct method."""


def series(fedlua):
    """Name, description, unit and sizes of each series, as the library lists them."""
    script = ("local b = require 'fed.bench' for _, n in ipairs(b.series_names) do local s = b.series[n] "
              "print(n, s.about, s.unit, table.concat(s.sizes, ' ')) end")
    lines = subprocess.run([fedlua, "repl", "--no-history"], input=script + "\n", capture_output=True, text=True)
    for line in lines.stdout.splitlines():
        fields = line.split("\t")
        if len(fields) == 4:
            yield fields[0], fields[1], fields[2], [int(size) for size in fields[3].split()]


def flops(name, size):
    """Operations of one piece of work, where they are matrix products and convolutions; None for the others."""
    def cnn(batch, side):
        # Forward, and backward twice as much, without the gradient of the images.
        first = 2 * batch * side * side * 32 * 9
        second = 2 * batch * (side // 2) ** 2 * 64 * 32 * 9
        dense = 2 * batch * (64 * (side // 4) ** 2 * 128 + 128 * 10)
        return 2 * first + 3 * (second + dense)
    if name == "cnn_side":
        return cnn(32, size)
    if name == "cnn_batch":
        return cnn(size, 28)
    if name == "mlp_parameters":
        width = max(1, size // 795)
        return 2 * 32 * (2 * 784 * width + 3 * 10 * width)
    if name == "round_clients":
        return size * 2 * 2 * 32 * (2 * 32 * 64 + 3 * 64 * 10)
    if name == "gram_clients":
        return 2 * size * size * 100000
    return None


def slope(points):
    """Least squares of log time over log size."""
    x, y = [math.log(size) for size, _ in points], [math.log(seconds) for _, seconds in points]
    mx, my = statistics.mean(x), statistics.mean(y)
    return sum((a - mx) * (b - my) for a, b in zip(x, y)) / sum((a - mx) ** 2 for a in x)


def readable(seconds):
    unit = "us" if seconds < 1e-3 else "ms" if seconds < 1 else "s"
    return number(seconds * {"us": 1e6, "ms": 1e3, "s": 1}[unit]) + " " + unit


def section(options):
    lines, peak = [], 0
    for name, about, unit, sizes in series(options.fedlua):
        if options.only and name not in options.only:
            continue
        host = sides.Host(options.fedlua)  # anew for each, so that its memory is free again
        peak = max(peak, host.peak())
        points = []
        for size in sizes:
            work = f"{name}:{size}"
            host.measure(work)
            points.append((size, statistics.median(host.measure(work)[0] for _ in range(3))))
        host.side().close()
        half = points[len(points) // 2 - (len(points) % 2 == 0):]
        shares = [flops(name, size) / seconds / peak if flops(name, size) else None for size, seconds in points]
        lines.append([
            f"`{name}`", about, unit, ", ".join(f"{size:,}: {readable(seconds)}" for size, seconds in points),
            f"{slope(points):.2f} ({slope(half):.2f})",
            ", ".join(f"{share * 100:.0f} %" for share in shares if share is not None)])
        print(" | ".join(lines[-1]), flush=True)
    head = ["name", "work", "size in", "size: time", "slope (larger half)", "of the peak, by size"]
    return INTRODUCTION + "\n\n" + sides.circumstances(options.root, options.fedlua) + f";\none thread's peak is " \
        f"{peak / 1e9:.0f} GFLOP/s, medians of 3.\n\n" + report.table(head, lines)
