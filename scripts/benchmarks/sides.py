"""The two sides as processes, and what is known of the machine."""

import datetime
import os
import platform
import subprocess
import time

SCALE = {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}


class Side:
    """A process that answers names with times: `processor wall how`, or `- why`."""

    def __init__(self, command, environment=None):
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**inherited, **(environment or {})})

    def read(self):
        return self.process.stdout.readline().strip()

    def measure(self, name):
        """Returns ((processor, wall), how), or (None, why)."""
        try:
            self.process.stdin.write(name + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return None, "the process has ended"
        words = self.read().split(" ", 2)
        if len(words) < 2 or words[0] == "-":
            return None, " ".join(words[1:]) or "the process has ended"
        return (float(words[0]), float(words[1])), words[2] if len(words) > 2 else ""

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Host:
    """Our side: one process for each number of threads, started when first asked."""

    def __init__(self, fedlua):
        self.fedlua, self.sides = fedlua, {}

    def side(self, threads=1):
        if threads not in self.sides:
            self.sides[threads] = Side([self.fedlua, "bench", "--serve", "--threads", str(threads)])
        return self.sides[threads]

    def measure(self, name, threads=1):
        times, why = self.side(threads).measure(name)
        if times is None:
            raise SystemExit(f"bench: fedlua can't do {name}: {why}")
        return times

    def peak(self):
        """Operations per second of one thread."""
        return 1e9 / self.measure("peak")[0]


class Peers:
    """The other side: a program of peers/ at a time, since some of them are busy even while nobody asks."""

    # pfl starts no processes itself.
    STARTERS = {"pfl_rounds": ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]}

    def __init__(self, root, python, compiles):
        self.root, self.python, self.compiles = root, python, compiles
        self.program, self.side, self.versions = None, None, {}

    def start(self, program):
        """Starts a program in the place of the one before; without a side where it can't be."""
        if program == self.program:
            return
        if self.side:
            self.side.close()
        self.program, self.side = program, None
        if os.path.exists(self.python):
            # NumPy's products on one thread too: others that wait in a loop would count as its processor time.
            environment = {
                "TORCHINDUCTOR_CACHE_DIR": os.path.join(self.root, ".build/benchmarks/compiled"),
                "OPENBLAS_NUM_THREADS": "1"}
            script = os.path.join(self.root, "scripts/benchmarks/peers", program + ".py")
            options = [] if self.compiles or program != "serve" else ["--no-compile"]
            side = Side([self.python] + self.STARTERS.get(program, []) + [script] + options, environment)
            version = side.read()
            if version:
                self.versions[program], self.side = version, side

    def measure(self, row):
        """Returns ((processor, wall), how), or (None, why)."""
        self.start(row.program)
        return self.side.measure(row.key) if self.side else (None, "not installed")


def peak_memory(command):
    """Largest resident memory of a process in bytes; None if it fails."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    return usage.ru_maxrss * 1024 if status == 0 else None


def start_times(fedlua, repeats):
    """Wall times from starting the REPL to its end at once, without input."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run([fedlua, "repl", "--no-history"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - start)
    return times


def number(value):
    """Three digits, as a table has them."""
    magnitude = abs(value)
    return f"{value:.2f}" if magnitude < 10 else f"{value:.1f}" if magnitude < 100 else f"{value:.0f}"


def output(command, root):
    return subprocess.run(command, cwd=root, capture_output=True, text=True).stdout.strip()


def processor():
    try:
        with open("/proc/cpuinfo") as info:
            return next(line.split(":")[1].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def circumstances(root, fedlua):
    """Date, commit, machine and version, as each section begins."""
    facts = dict(
        line.split(None, 1) for line in output([fedlua, "doctor"], root).splitlines() if len(line.split(None, 1)) == 2)
    commit = output(["git", "rev-parse", "--short", "HEAD"], root)
    if output(["git", "status", "--porcelain", "Sources"], root):
        commit += " with changes"
    return (
        f"Measured on {datetime.date.today().isoformat()} at commit {commit}: {processor()}, {os.cpu_count()} cores;"
        f"\nfedlua {facts.get('fedlua', '')} with instruction set {facts.get('instructions', '?')}")
