"""loopback.py APP [--site FILE ...] [--lose NODE:JOB] [--spoil NODE:HOW] [SETTING=VALUE ...]

Runs an app of `fedlua flower new` without Flower: a stand-in for the part of its public API that the app uses, with two
nodes, or one for each site file, in this process. A node can be lost in a job, and its answers spoiled: cut, foreign,
replayed, pickled. So the app's own behavior is tested in a second, wherever Python is.
"""

import argparse
import importlib
import json
import os
import pickle
import sys
import types
from pathlib import Path


class Record(dict):
    """ArrayRecord, ConfigRecord, MetricRecord and RecordDict are dictionaries to the app."""


class Array:
    def __init__(self, dtype, shape, stype, data):
        self.dtype, self.shape, self.stype, self.data = dtype, shape, stype, data


class Message:
    last = 0

    def __init__(self, content=None, reply_to=None, error=None, **metadata):
        Message.last += 1
        self.content, self.error = content, error
        self.metadata = types.SimpleNamespace(
            message_id=str(Message.last),
            dst_node_id=metadata.get("dst_node_id"),
            reply_to_message_id=reply_to.metadata.message_id if reply_to else "",
        )

    def has_error(self):
        return self.error is not None


class App:
    """ClientApp and ServerApp: hold one function."""

    def keep(self):
        def decorate(function):
            self.function = function
            return function

        return decorate

    train = main = keep


class Grid:
    """Nodes that answer when they are asked for their answers."""

    def __init__(self, client, sites, lose, spoil):
        self.client, self.sites, self.lose, self.spoil = client, sites, lose, spoil
        self.nodes = list(range(1, len(sites) + 1))
        self.sent, self.before = {}, {}

    def get_node_ids(self):
        return self.nodes

    def push_messages(self, messages):
        self.sent.update({message.metadata.message_id: message for message in messages})
        return [message.metadata.message_id for message in messages]

    def pull_messages(self, ids):
        return [self.answer(self.sent.pop(number)) for number in ids if number in self.sent]

    def answer(self, message):
        node = message.metadata.dst_node_id
        asked = json.loads(message.content["job"]["header"])
        if self.lose == (node, asked.get("number")) and node in self.nodes:
            self.nodes.remove(node)
            error = types.SimpleNamespace(code=5, reason="Node Unavailable")
            return Message(reply_to=message, error=error)
        site = self.sites[node - 1]
        context = types.SimpleNamespace(node_config={"site": site} if site else {})
        reply = self.client(message, context)
        if self.spoil and self.spoil[0] == node and "arrays" in reply.content:
            self.damage(reply.content["arrays"])
        return reply

    def damage(self, arrays):
        how = self.spoil[1]
        for name, carried in arrays.items():
            data = carried.data
            if how == "cut":
                carried.data = data[: len(data) // 2]
            elif how == "damaged":
                carried.data = data[:6] + bytes(8) + data[14:]
            elif how == "replayed":
                carried.data = self.before.get(name, data)
                self.before[name] = data
            elif how == "pickled":
                carried.data = pickle.dumps({"update": [1.0]})


def stand_in():
    """Puts modules of Flower's names in the place of its own."""
    package = types.ModuleType("flwr")
    package.__version__ = "loopback"
    names = ["ArrayRecord", "ConfigRecord", "MetricRecord", "RecordDict"]
    members = {
        "app": {**{name: Record for name in names}, "Array": Array, "Context": object, "Message": Message},
        "clientapp": {"ClientApp": App},
        "serverapp": {"ServerApp": App, "Grid": Grid},
    }
    sys.modules["flwr"] = package
    for name, contents in members.items():
        module = types.ModuleType(f"flwr.{name}")
        module.__dict__.update(contents)
        sys.modules[f"flwr.{name}"] = module
        setattr(package, name, module)


def pair(text):
    node, other = text.split(":")
    return int(node), int(other) if other.isdigit() else other


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("app")
    parser.add_argument("settings", nargs="*")
    parser.add_argument("--site", action="append", dest="sites")
    parser.add_argument("--lose", type=pair)
    parser.add_argument("--spoil", type=pair)
    given = parser.parse_args()
    stand_in()
    sys.path.insert(0, str(Path(given.app)))
    server = importlib.import_module("fedlua_flower.server_app")
    client = importlib.import_module("fedlua_flower.client_app")
    sites = given.sites or [None, None]
    config = {
        "fedlua": os.environ.get("FEDLUA", "fedlua"), "arguments": "[]", "seed": "0", "folder": ".",
        "nodes": len(sites), "timeout": 60.0, "policy": "drop", "poll": 0.01,
    }
    config.update(setting.split("=", 1) for setting in given.settings)
    try:
        server.main(Grid(client.train, sites, given.lose, given.spoil), types.SimpleNamespace(run_config=config))
    except RuntimeError as error:
        sys.exit(f"run failed: {error}")


if __name__ == "__main__":
    main()
