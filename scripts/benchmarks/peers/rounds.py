"""A bare loop over clients in PyTorch, in the three ways to use several cores.

Each client starts from the global weights and takes SGD steps on its own images in batches of 32; the round ends with
the mean of the clients' weights. Models, optimizers, images and workers are made once, before anything is measured.
"""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import torch
from torch.nn import functional
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from networks import BATCH, cnn

CORES = 2


class Way:
    def __init__(self, name, channels_last):
        self.kind, self.channels_last, self.compiled = name, channels_last, False
        self.name = name + (", channels last" if channels_last else ", default layout")


class Worker:
    """A model of its own that trains for one client at a time."""

    def __init__(self, channels_last):
        self.layout = torch.channels_last if channels_last else torch.contiguous_format
        self.model = cnn().to(memory_format=self.layout)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.01)

    def images(self, client, batches):
        torch.manual_seed(client)
        images = torch.randn(batches * BATCH, 1, 28, 28).to(memory_format=self.layout)
        return images, torch.arange(1, batches * BATCH + 1) * 7 % 10

    def train(self, data, weights):
        images, labels = data
        with torch.no_grad():
            vector_to_parameters(weights, self.model.parameters())
        order = torch.randperm(len(images))
        for start in range(0, len(images), BATCH):
            batch = order[start:start + BATCH]
            self.optimizer.zero_grad(set_to_none=False)
            functional.cross_entropy(self.model(images[batch]), labels[batch]).backward()
            self.optimizer.step()
        return parameters_to_vector(self.model.parameters()).detach()


def mean_of(rows):
    return torch.stack(rows).mean(0)


def start_weights():
    torch.manual_seed(0)
    return parameters_to_vector(cnn().parameters()).detach()


def in_turn(way, clients, batches):
    """One client after the other, each operation on all cores."""
    torch.set_num_threads(CORES)
    worker = Worker(way.channels_last)
    data = [worker.images(client, batches) for client in range(clients)]
    state = [start_weights()]

    def run():
        torch.set_num_threads(CORES)
        state[0] = mean_of([worker.train(part, state[0]) for part in data])

    return run


def in_threads(way, clients, batches):
    """A thread for each core, one core for each operation."""
    workers = [Worker(way.channels_last) for _ in range(CORES)]
    data = [workers[0].images(client, batches) for client in range(clients)]
    pool, state = ThreadPoolExecutor(CORES), [start_weights()]

    def share(index):
        return [(c, workers[index].train(data[c], state[0])) for c in range(index, clients, CORES)]

    def run():
        torch.set_num_threads(1)
        done = sorted((pair for part in pool.map(share, range(CORES)) for pair in part), key=lambda pair: pair[0])
        state[0] = mean_of([row for _, row in done])

    return run


def serve_clients(pipe, channels_last, mine, batches, weights, rows):
    torch.set_num_threads(1)
    worker = Worker(channels_last)
    data = {client: worker.images(client, batches) for client in mine}
    try:
        while pipe.recv():
            for client in mine:
                rows[client] = worker.train(data[client], weights)
            pipe.send(True)
    except EOFError:
        pass  # the other end is done with this work


def in_processes(way, clients, batches):
    """A process for each core; weights and rows lie in memory that all of them share."""
    context = multiprocessing.get_context("spawn")
    weights = start_weights().share_memory_()
    rows = torch.zeros(clients, len(weights)).share_memory_()
    pipes = []
    for index in range(CORES):
        ours, theirs = context.Pipe()
        arguments = (theirs, way.channels_last, range(index, clients, CORES), batches, weights, rows)
        context.Process(target=serve_clients, args=arguments, daemon=True).start()
        pipes.append(ours)

    def run():
        torch.set_num_threads(1)
        for pipe in pipes:
            pipe.send(True)
        for pipe in pipes:
            pipe.recv()
        weights.copy_(rows.mean(0))

    return run


KINDS = {"in turn on all cores": in_turn, "a thread a core": in_threads, "a process a core": in_processes}
WAYS = [Way(name, last) for name in KINDS for last in (False, True)]


def rounds(clients, batches):
    def prepare(way):
        return KINDS[way.kind](way, clients, batches)

    return prepare, WAYS


# Seconds are those of a whole round; the table divides by the steps where a step is asked for.
WORK = {"cnn_clients": (1, *rounds(2, 20)), "round": (1, *rounds(10, 10))}
PARTS = {"cnn_clients": 40}
