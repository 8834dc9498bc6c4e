"""The ClientApp: lets `fedlua flower work` do what a message asks for, and sends what came out."""

import os
import subprocess
import time

from flwr.app import ArrayRecord, ConfigRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from .blocks import array, content, header, pack, unpack

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    started = time.monotonic()
    try:
        blocks = work(message.content, context.node_config)
        reply = {"answer": ConfigRecord({"header": blocks[0].decode()})}
        if len(blocks) > 1:
            reply["arrays"] = ArrayRecord({f"{i:08}": array(block) for i, block in enumerate(blocks[1:])})
        size = sum(map(len, blocks))
    except (ValueError, OSError, KeyError, subprocess.TimeoutExpired) as error:
        reply, size = {"answer": ConfigRecord({"header": header(error=f"{error}").decode()})}, 0
    reply["metrics"] = MetricRecord({"bytes": size, "seconds": time.monotonic() - started})
    return Message(RecordDict(reply), reply_to=message)


def work(records, node):
    """Starts the program with one message and returns the blocks of its answer."""
    job = records["job"]
    carried = records["arrays"] if "arrays" in records else {}
    parts = [content(carried[name]) for name in sorted(carried)]
    command = [os.environ.get("FEDLUA") or str(node.get("fedlua", "fedlua")), "flower", "work"]
    site = os.environ.get("FEDLUA_SITE") or node.get("site")
    if site:
        command += ["--site", str(site)]
    blocks = [job["header"].encode(), job["script"].encode(), *parts]
    program = subprocess.run(command, input=pack(blocks), capture_output=True, timeout=job["timeout"], check=False)
    if program.stderr:
        print(program.stderr.decode(errors="replace"), flush=True)
    if program.returncode or not program.stdout:
        raise ValueError(f"fedlua ended with status {program.returncode}: {program.stderr[-500:].decode(errors='replace')}")
    return unpack(program.stdout)
