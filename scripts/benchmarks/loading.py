"""Loading of a real set: fedlua against Pillow and torchvision, on the 3,000 pictures of Br35H at 64 x 64, in grey.

The set is no part of this repository: the pack br35h-full.tar is looked for in FEDLUA_DATA, then in ../shared/data.
"""

import os
import statistics
import subprocess
import tarfile
import tempfile

import report
from sides import circumstances, number

PACK = "br35h-full.tar"
HEAD = ["work", "unit", "fedlua", "Pillow", "Pillow / fedlua", "torchvision", "torchvision / fedlua", "at least", "holds"]
CACHE_HEAD = ["work", "unit", "fedlua, median (best)", "at most", "holds"]

HOST = """
local fed = require "fed"
local dir, cache = ...
local start = os.clock()
local set = assert(fed.data.br35h { dir = dir, size = 64, cache = cache ~= "" and cache or false })
assert(#set == 3000)
print(os.clock() - start)
"""

PEER = """
import glob, sys, time
name, folder = sys.argv[1:]
files = sorted(glob.glob(folder + "/no/*")) + sorted(glob.glob(folder + "/yes/*"))
import numpy
from PIL import Image
if name == "torchvision":
    import torch, torchvision
    from torchvision.io import ImageReadMode, decode_image, read_file
    torch.set_num_threads(1)
    resize = torchvision.transforms.functional.resize
    def load(file):
        return resize(decode_image(read_file(file), mode=ImageReadMode.GRAY), [64, 64], antialias=True).numpy()
else:
    def load(file):
        with Image.open(file) as picture:
            return numpy.asarray(picture.convert("L").resize((64, 64), Image.Resampling.BILINEAR))
start = time.process_time()
assert len([load(file) for file in files]) == 3000
print(time.process_time() - start)
"""


def folder():
    """Returns the folder of the set, unpacked once outside the repository; None where the pack is absent."""
    here = os.path.dirname(os.path.abspath(__file__))
    places = os.environ.get("FEDLUA_DATA", "").split(":") + [os.path.join(here, "../../../shared/data")]
    packs = [os.path.join(place, PACK) for place in places if place and os.path.isfile(os.path.join(place, PACK))]
    if not packs:
        return None
    target = os.path.join(tempfile.gettempdir(), "fedlua-data-packs", f"{PACK}-{os.path.getsize(packs[0])}")
    if not os.path.isdir(target):
        with tarfile.open(packs[0]) as archive:
            archive.extractall(target + ".draft", filter="data")
        os.rename(target + ".draft", target)
    return os.path.join(target, "datasets")


def seconds(command):
    """Returns the number that a command prints; None where it fails."""
    outcome = subprocess.run(command, capture_output=True, text=True)
    return float(outcome.stdout.split()[-1]) if outcome.returncode == 0 else None


def text_of(times):
    return f"{number(statistics.median(times))} ({number(min(times))})"


def section(options):
    pictures = folder()
    if pictures is None:
        return f"Not measured: the pack {PACK} is neither in FEDLUA_DATA nor in ../shared/data."
    with tempfile.TemporaryDirectory() as scratch:
        script = os.path.join(scratch, "loading.lua")
        with open(script, "w") as file:
            file.write(HOST)
        host = [options.fedlua, "run", "--threads", "1", script, pictures]
        cached = host + [os.path.join(scratch, "cache")]
        ours, theirs, again = [], {"Pillow": [], "torchvision": []}, []
        seconds(cached)  # fills the cache, and brings the files into memory
        for _ in range(options.repeats):
            ours.append(seconds(host + [""]))
            for name, times in theirs.items():
                taken = seconds([options.python, "-c", PEER, name, pictures]) if None not in times else None
                times.append(taken)
            again.append(seconds(cached))
    cells, ratios = ["3,000 pictures of 291 sizes, decoded and resized to 64 x 64", "s", text_of(ours)], []
    for name, times in theirs.items():
        if None in times:
            cells += [f"{name} can't be imported", ""]
        else:
            ratios.append(statistics.median(times) / statistics.median(ours))
            cells += [text_of(times), f"**{ratios[-1]:.2f}**"]
    holds = "" if not ratios else "yes" if min(ratios) >= 1 else "**no**"
    late = ["the same set from the cache", "s", text_of(again), "1", "yes" if max(again) < 1 else "**no**"]
    return (
        circumstances(options.root, options.fedlua)
        + f";\n{options.repeats} repeats, in turn; processor time of one thread, as median and best. fedlua also hashes each"
        + "\nfile and each picture, so that an audit finds copies.\n\n"
        + report.table(HEAD, [cells + ["1", holds]]) + "\n\n" + report.table(CACHE_HEAD, [late]))
