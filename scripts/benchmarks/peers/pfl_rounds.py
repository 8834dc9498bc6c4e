"""Rounds of Apple's pfl: federated averaging of the small CNN over ten of a hundred clients, a process a core.

Started by torchrun, each process trains its share of a round's clients; the first one answers. Nothing is evaluated.
"""

import functools
import os
from importlib.metadata import version

import torch
from torch.nn import functional

from pfl.aggregate.simulate import SimulatedBackend
from pfl.algorithm.base import NNAlgorithmParams
from pfl.algorithm.federated_averaging import FederatedAveraging
from pfl.callback.base import TrainingProcessCallback
from pfl.data.dataset import Dataset
from pfl.data.federated_dataset import FederatedDataset
from pfl.data.sampling import get_user_sampler
from pfl.hyperparam.base import NNTrainHyperParams
from pfl.metrics import Metrics
from pfl.model.pytorch import PyTorchModel

import sampled
from between_rounds import Answers
from networks import BATCH, cnn
from rounds import CORES

PROCESSES = int(os.environ.get("WORLD_SIZE", 1))


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = cnn()

    def loss(self, images, labels):
        return functional.cross_entropy(self.layers(images), labels)

    def metrics(self, images, labels):
        return {}


class Answering(TrainingProcessCallback):
    """The first process waits between two rounds to be asked, and the others for what it says."""

    def __init__(self):
        is_first = os.environ.get("RANK", "0") == "0"
        way = "a process a core" if PROCESSES > 1 else "each operation on all cores"
        self.answers = Answers("pfl " + version("pfl"), "sampled_round_pfl", way) if is_first else None

    def after_central_iteration(self, aggregate_metrics, model, *, central_iteration):
        is_over = torch.tensor([float(self.answers is not None and not self.answers.after_round())])
        if PROCESSES > 1:
            torch.distributed.all_reduce(is_over)
        return is_over.item() > 0, Metrics()


@functools.cache
def images(client):
    return Dataset(sampled.images(client), user_id=client)


def main():
    torch.set_num_threads(CORES // PROCESSES)
    torch.manual_seed(0)
    model = Model().to(memory_format=torch.channels_last if sampled.CHANNELS_LAST else torch.contiguous_format)
    clients = FederatedDataset(images, get_user_sampler("random", list(range(sampled.CLIENTS))))
    FederatedAveraging().run(
        NNAlgorithmParams(
            central_num_iterations=1_000_000, evaluation_frequency=1_000_000, train_cohort_size=sampled.COHORT,
            val_cohort_size=None),
        SimulatedBackend(clients, clients),
        PyTorchModel(model, torch.optim.SGD, torch.optim.SGD(model.parameters(), lr=1.0)),
        NNTrainHyperParams(local_batch_size=BATCH, local_num_epochs=1, local_learning_rate=0.01),
        callbacks=[Answering()], send_metrics_to_platform=False)


main()
