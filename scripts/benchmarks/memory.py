"""Resident memory of a long run, every few rounds."""

import subprocess
import time

import report
import sides

INTRODUCTION = """A run of `scripts/benchmarks/memory.lua`: {rounds} rounds of 10 clients, each with {epochs} epochs of the MNIST CNN on 320
images of its own in batches of 32, under a trimmed mean with two attackers, with an evaluation after each round. Memory
is the resident memory of the process after the round."""


def section(options):
    start = time.perf_counter()
    epochs = 40  # 200 rounds take about half an hour on two cores
    command = [options.fedlua, "run", options.root + "/scripts/benchmarks/memory.lua", str(options.memory), str(epochs)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    minutes = (time.perf_counter() - start) / 60
    points = [(int(line.split()[0]), int(line.split()[1])) for line in text.splitlines()]
    settled = [memory for round, memory in points if round > options.memory // 10]
    growth = (settled[-1] - settled[0]) / 1e6
    rows = [[f"{round}", f"{memory / 1e6:.1f}"] for round, memory in points]
    facts = (f"{options.memory} rounds in {minutes:.1f} minutes. After the first tenth of the rounds memory lies between "
             f"{min(settled) / 1e6:.1f} and {max(settled) / 1e6:.1f} MB,\nand the end differs from its beginning by "
             f"{growth:+.1f} MB.")
    return INTRODUCTION.format(rounds=options.memory, epochs=epochs) + "\n\n" \
        + sides.circumstances(options.root, options.fedlua) + ".\n" + facts + "\n\n" \
        + report.table(["round", "MB"], rows)
