"""What Flower and pfl do alike: ten of a hundred clients a round, two batches of their own images for each."""

import functools

from rounds import Worker

CLIENTS, COHORT, BATCHES = 100, 10, 2
CHANNELS_LAST = True  # the faster layout, as the row `round` finds


@functools.cache
def worker():
    return Worker(CHANNELS_LAST)


@functools.cache
def images(client):
    return worker().images(client, BATCHES)


def train(client, weights):
    return worker().train(images(client), weights)
