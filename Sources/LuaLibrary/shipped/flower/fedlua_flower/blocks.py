"""Lists of blocks of bytes, as fedlua reads and writes them, and as Flower carries them."""

import json
import struct

from flwr.app import Array

LONGEST = 1 << 40


def pack(blocks):
    parts = [struct.pack("<q", len(blocks))]
    for block in blocks:
        parts += [struct.pack("<q", len(block)), block]
    return b"".join(parts)


def unpack(data):
    """The blocks of bytes that are all there; ValueError for anything else."""
    position = 0

    def take(count):
        nonlocal position
        if count < 0 or count > len(data) - position:
            raise ValueError("a message of fedlua was cut")
        position += count
        return data[position - count : position]

    (count,) = struct.unpack("<q", take(8))
    if not 0 <= count <= len(data):
        raise ValueError(f"a list of {count} blocks is not allowed")
    return [take(struct.unpack("<q", take(8))[0]) for _ in range(count)]


def read(stream):
    """The next list of a pipe; None at its end."""

    def take(count):
        data = stream.read(count)
        if len(data) < count:
            raise ValueError("fedlua ended within a message")
        return data

    start = stream.read(8)
    if not start:
        return None
    (count,) = struct.unpack("<q", start)
    return [take(struct.unpack("<q", take(8))[0]) for _ in range(count)]


def write(stream, blocks):
    stream.write(pack(blocks))
    stream.flush()


def header(**facts):
    return json.dumps(facts).encode()


def array(data):
    """Bytes as Flower carries them: in chunks, each sent once. Nobody pickles or unpickles anything."""
    return Array(dtype="uint8", shape=(len(data),), stype="fedlua.bytes", data=bytes(data))


def content(carried):
    if carried.stype != "fedlua.bytes":
        raise ValueError(f"an array of type {carried.stype} is none of fedlua's")
    return bytes(carried.data)
