"""The ServerApp: starts `fedlua flower serve` with the script, and carries its jobs over Flower's Grid.

fedlua writes lists of blocks, the first a header in JSON. `job`: the header has `number`, `clients` and the `sites` that
own their data; then come the job and one task for each client. It gets `answers`, for each client a `sender` or a
`reason`, and one block for each. `sites`: it gets what each node tells of its data. `end`: the script has ended.
"""

import hashlib
import json
import os
import subprocess
import tempfile
import threading
import time

import flwr
from flwr.app import ArrayRecord, ConfigRecord, Context, Message, RecordDict
from flwr.serverapp import Grid, ServerApp

from . import script
from .blocks import array, content, header, read, write

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    config = context.run_config
    courier = Courier(grid, config)
    say(f"Flower {flwr.__version__}, script {script.NAME}, SHA-256 {courier.hash}")
    courier.wait_for_nodes()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, script.NAME)
        with open(path, "w", encoding="utf-8") as file:
            file.write(script.TEXT)
        command = [config["fedlua"], "flower", "serve", "--seed", config["seed"], path]
        command += json.loads(config["arguments"])
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(command, cwd=config["folder"], **pipes) as host:
            teller = threading.Thread(target=tell, args=(host.stderr,))
            teller.start()
            try:
                problem = serve(host, courier)
                host.stdin.close()
                status = host.wait()
            finally:
                host.kill()  # whatever went wrong here, no program is left behind
                teller.join()
    if problem or status:
        raise RuntimeError(problem or f"fedlua ended with status {status}")


def serve(host, courier):
    """Does what the script asks for until it ends; returns what was wrong with it."""
    while (blocks := read(host.stdout)) is not None:
        asked = json.loads(blocks[0])
        if asked["kind"] == "end":
            return asked.get("error")
        try:
            answer = courier.sites(asked) if asked["kind"] == "sites" else courier.job(asked, blocks[1:])
        except (ValueError, KeyError) as error:
            answer = [header(error=f"{type(error).__name__}: {error}")]
        write(host.stdin, answer)
    return "fedlua ended before the script did"


def tell(stream):
    for line in stream:
        say(line.decode(errors="replace").rstrip())


def say(text):
    print(f"fedlua: {text}", flush=True)


class Courier:
    """Knows the nodes, and brings messages to them and back."""

    def __init__(self, grid, config):
        self.grid, self.config = grid, config
        self.hash = hashlib.sha256(script.TEXT.encode()).hexdigest()
        self.node_of = {}

    def wait_for_nodes(self):
        end = time.monotonic() + self.config["timeout"]
        while len(nodes := list(self.grid.get_node_ids())) < self.config["nodes"]:
            if time.monotonic() > end:
                raise RuntimeError(f"{len(nodes)} of {self.config['nodes']} nodes came in {self.config['timeout']} s")
            time.sleep(self.config["poll"])

    def message(self, node, asked, parts):
        facts = dict(asked, sha256=self.hash, script=script.NAME, seed=self.config["seed"])
        facts["arguments"] = json.loads(self.config["arguments"])
        job = {"header": json.dumps(facts), "script": script.TEXT, "timeout": self.config["timeout"]}
        records = {"job": ConfigRecord(job)}
        if parts:
            records["arrays"] = ArrayRecord({f"{i:08}": array(part) for i, part in enumerate(parts)})
        return Message(RecordDict(records), dst_node_id=node, message_type="train", ttl=self.config["timeout"])

    def replies(self, messages, end):
        """Pairs of a node's number and its reply, or None where none came in time."""
        waiting = dict(zip(self.grid.push_messages(messages), (m.metadata.dst_node_id for m in messages)))
        while waiting and time.monotonic() < end:
            for reply in self.grid.pull_messages(list(waiting)):
                yield waiting.pop(reply.metadata.reply_to_message_id), reply
            if waiting:
                time.sleep(self.config["poll"])
        for node in waiting.values():
            yield node, None

    def sites(self, asked):
        nodes = sorted(self.grid.get_node_ids())
        end, found = time.monotonic() + self.config["timeout"], []
        for node, reply in self.replies([self.message(node, asked, []) for node in nodes], end):
            told, _ = opened(reply)
            if "error" in told:
                say(f"node {node}: {told['error']}")
            else:
                self.node_of[told["name"]] = node
                found.append(told)
        return [header(sites=sorted(found, key=lambda site: site["name"]))]

    def job(self, asked, parts):
        """Brings each task to its node, again to another one where that is allowed, and gathers the answers."""
        started, sent, got = time.monotonic(), 0, 0
        end, job, tasks = started + self.config["timeout"], parts[0], parts[1:]
        answers, blocks = [{"reason": "no answer came"} for _ in tasks], [b""] * len(tasks)
        left = list(range(len(tasks)))
        while left:
            shares = self.shares(left, asked["sites"], answers)
            left, messages = [], []
            for node, share in shares.items():
                messages.append(self.message(node, asked, [job] + [tasks[i] for i in share]))
                sent += len(job) + sum(len(tasks[i]) for i in share)
            for node, reply in self.replies(messages, end):
                told, brought = opened(reply, self.config["timeout"])
                got += sum(map(len, brought))
                for place, i in enumerate(shares[node]):
                    if place < len(brought):
                        answers[i], blocks[i] = {"sender": f"node {node}"}, brought[place]
                        continue
                    answers[i] = {"reason": f"node {node}: {told.get('error', 'it sent too few answers')}"}
                    if self.config["policy"] == "move" and asked["sites"][i] is None and time.monotonic() < end:
                        left.append(i)
        say(
            f"round {asked['round']}, job {asked['number']}: {len(tasks)} clients, {time.monotonic() - started:.1f} s, "
            f"{sent} bytes out, {got} bytes in"
        )
        return [header(answers=answers)] + blocks

    def shares(self, tasks, sites, answers):
        """Tasks by node: those of a site's client at the site, the others in turn."""
        nodes = sorted(self.grid.get_node_ids())
        shares = {}
        for turn, i in enumerate(tasks):
            node = nodes[turn % len(nodes)] if nodes and sites[i] is None else self.node_of.get(sites[i])
            if node in nodes:
                shares.setdefault(node, []).append(i)
            else:
                answers[i] = {"reason": f"no node has '{sites[i]}'" if sites[i] else "no node is connected"}
        return shares


def opened(reply, timeout=0):
    """Header and blocks of a reply; an error stands in the header."""
    if reply is None:
        return {"error": f"no answer within {timeout:g} s"}, []
    if reply.has_error():
        return {"error": f"{reply.error.reason} (code {reply.error.code})"}, []
    try:
        told = json.loads(reply.content["answer"]["header"])
        carried = reply.content["arrays"] if "arrays" in reply.content else {}
        return told, [content(carried[name]) for name in sorted(carried)]
    except (ValueError, KeyError) as error:
        return {"error": f"its answer was refused: {error}"}, []
