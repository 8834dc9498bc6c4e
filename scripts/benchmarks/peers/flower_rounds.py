"""Rounds of Flower's simulation: Ray's workers, one a core, train the small CNN for ten of a hundred clients.

Models go as one array, the server averages, nothing is evaluated. The process that asks runs it all: with `flwr run`, the
server would wait three seconds between its looks for answers.
"""

import os

# Ray's workers find the modules of this folder, and nothing is told to anybody.
os.environ["PYTHONPATH"] = os.path.dirname(os.path.abspath(__file__))
os.environ["FLWR_TELEMETRY_ENABLED"] = os.environ["RAY_USAGE_STATS_ENABLED"] = "0"

import flwr  # noqa: E402
import ray  # noqa: E402
import torch  # noqa: E402
from flwr.app import ArrayRecord, Message, MetricRecord, RecordDict  # noqa: E402
from flwr.clientapp import ClientApp  # noqa: E402
from flwr.serverapp import ServerApp  # noqa: E402
from flwr.serverapp.strategy import FedAvg  # noqa: E402
from flwr.simulation import run_simulation  # noqa: E402

import sampled  # noqa: E402
from between_rounds import Answers  # noqa: E402
from rounds import BATCH, CORES, start_weights  # noqa: E402

client, server = ClientApp(), ServerApp()


@client.train()
def train(message, context):
    torch.set_num_threads(1)
    weights = torch.from_numpy(message.content["arrays"].to_numpy_ndarrays()[0].copy())
    trained = sampled.train(context.node_config["partition-id"], weights)
    counted = MetricRecord({"num-examples": sampled.BATCHES * BATCH})
    return Message(RecordDict({"arrays": ArrayRecord([trained.numpy()]), "metrics": counted}), reply_to=message)


class Average(FedAvg):
    """Federated averaging that ends where a client failed, instead of going on without it."""

    def __init__(self, answers):
        super().__init__(fraction_train=sampled.COHORT / sampled.CLIENTS, fraction_evaluate=0.0)
        self.answers = answers

    def aggregate_train(self, server_round, replies):
        replies = list(replies)
        failed = [reply.error.reason for reply in replies if reply.has_error()]
        if failed or len(replies) != sampled.COHORT:
            self.end(f"- {len(replies)} clients answered: " + " ".join("".join(failed).split())[:200])
        return super().aggregate_train(server_round, replies)

    def after_round(self, number, _):
        if number > 0 and not self.answers.after_round():
            self.end()

    def end(self, why=None):
        if why:
            self.answers.say(why)
        ray.shutdown()
        os._exit(1 if why else 0)  # at once: the simulation would wait for the round to end


@server.main()
def serve(grid, _):
    average = Average(Answers("Flower " + flwr.__version__, "sampled_round_flower", "Ray, a client a core"))
    weights = ArrayRecord([start_weights().numpy()])
    average.start(grid, weights, num_rounds=1_000_000, evaluate_fn=average.after_round)


if __name__ == "__main__":
    run_simulation(
        server, client, num_supernodes=sampled.CLIENTS,
        backend_config={"client_resources": {"num_cpus": 1}, "init_args": {"num_cpus": CORES}})
