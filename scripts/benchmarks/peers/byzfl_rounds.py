"""Rounds as ByzFL's README runs them: its clients send gradients with momentum, its server clips, mixes and trims.

Ten honest clients, two Byzantine ones, batches of 25 random images; without the accuracy that is measured now and then.
"""

import torch
from torch.utils.data import DataLoader, TensorDataset

from aggregation import Way, byzfl_rules
from rounds import CORES

HONEST, BYZANTINE, BATCH, IMAGES = 10, 2, 25, 500
RULE = {"name": "TrMean", "parameters": {"f": BYZANTINE}}
BEFORE = [{"name": "Clipping", "parameters": {"c": 2.0}}, {"name": "NNM", "parameters": {"f": BYZANTINE}}]
ATTACKS = {
    "byzfl_round": ("InnerProductManipulation", {"tau": 3.0}),
    "byzfl_round_alie": (
        "Optimal_ALittleIsEnough", {"f": BYZANTINE, "aggregator_info": RULE, "pre_agg_list": BEFORE}),
}
THREADS = {"ByzFL, one thread": 1, "ByzFL, each operation on all cores": CORES}


def images(client):
    torch.manual_seed(client)
    tensors = TensorDataset(torch.randn(IMAGES, 1, 28, 28), torch.arange(1, IMAGES + 1) * 7 % 10)
    return DataLoader(tensors, BATCH, shuffle=True)


def honest_client(framework, client):
    return framework.Client({
        "model_name": "cnn_mnist", "device": "cpu", "optimizer_name": None, "learning_rate": None,
        "loss_name": "NLLLoss", "LabelFlipping": False, "momentum": 0.9, "nb_labels": 10,
        "store_per_client_metrics": False, "training_dataloader": images(client)})


def make_server(framework):
    return framework.Server({
        "model_name": "cnn_mnist", "device": "cpu", "test_loader": images(0), "optimizer_name": "SGD",
        "learning_rate": 0.1, "weight_decay": 0.0, "milestones": [1_000_000_000], "learning_rate_decay": 0.25,
        "aggregator_info": RULE, "pre_agg_list": BEFORE})


def rounds(attack, parameters):
    def prepare(way):
        byzfl_rules()
        from byzfl import fed_framework as framework
        clients, server = [honest_client(framework, client) for client in range(HONEST)], make_server(framework)
        byzantine = framework.ByzantineClient({"name": attack, "f": BYZANTINE, "parameters": dict(parameters)})

        def run():
            torch.set_num_threads(THREADS[way.name])
            state = server.get_dict_parameters()
            for client in clients:
                client.set_model_state(state)
            for client in clients:
                client.compute_gradients()
            gradients = [client.get_flat_gradients_with_momentum() for client in clients]
            server.update_model_with_gradients(gradients + byzantine.apply_attack(gradients))

        return run

    return prepare, [Way(name) for name in THREADS]


WORK = {name: (1, *rounds(*attack)) for name, attack in ATTACKS.items()}
