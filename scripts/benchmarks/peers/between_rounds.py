"""For peers that run all rounds by themselves: between two of them they answer how long the next ones take.

An answer is as serve.py's, but tells wall time alone: the work is done by other processes too.
"""

import os
import sys
import time

WARM, COUNTED = 3, 5


class Answers:
    """What is asked on standard input, and answered on standard output, where nothing else may be written."""

    def __init__(self, version, name, way):
        self.name, self.way = name, way
        self.rounds, self.start = 0, None
        self.output = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)  # what the peer prints goes to the error output
        self.say(version)

    def say(self, text):
        print(text, file=self.output, flush=True)

    def after_round(self):
        """Called after each round; returns whether there is a next one."""
        now = time.perf_counter()
        self.rounds += 1
        if self.rounds < (COUNTED if self.start else WARM):
            return True
        if self.start:
            self.say(f"nan {(now - self.start) / COUNTED} {self.way}")
        return self.is_asked()

    def is_asked(self):
        """Waits for a question that the next rounds answer."""
        for line in sys.stdin:
            if line.strip() == self.name:
                self.rounds, self.start = 0, time.perf_counter()
                return True
            self.say("- unknown")
        return False
