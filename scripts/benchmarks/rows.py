"""The rows of the table: what is compared, with the ratio that must hold and the one aimed at."""

from dataclasses import dataclass


@dataclass
class Row:
    name: str  # of our side, in Sources/LuaLibrary/lua/fed/benchmarks/
    title: str
    unit: str
    must: float | None = None  # least ratio to the peer's best; for a row without a peer, most of its unit
    aim: float | None = None
    # Thousand millions of multiplications and additions of the matrix products and direct convolutions alone.
    gflop: float | None = None
    threads: int = 1
    wall: bool = False  # whether another process works too, whose processor time isn't ours
    theirs: str | None = None  # the peer's name of it, where it differs
    peer: str = "PyTorch"
    program: str = "serve"  # of peers/, which does the peer's work
    against: str | None = None  # other work of our own that takes the peer's place
    note: str = ""
    limit: str = ""  # what was tried and what stands in the way, told where the ratio does not hold

    @property
    def key(self):
        return self.theirs or self.name

    @property
    def clock(self):
        """Index of the time that counts: processor time of one thread, or wall time of several or of processes."""
        return 0 if self.threads == 1 and not self.wall else 1


COMPARED = [
    Row("cnn_train", "MNIST CNN, a training step", "ms", 2.3, 3, 0.800),
    Row("cnn_infer", "MNIST CNN, inference", "ms", 2.3, 3, 0.271,
        limit="Against torch.compile, which joins what PyTorch otherwise runs alone. Products, of Winograd's tiles and of "
        "the linear layers, take three fifths of the time and run near the peak; tiles of 4 x 4 cover a map of 14 x 14 "
        "as if it were 16 x 16, a quarter of it in vain; other tiles at the edge would save a tenth of the whole."),
    Row("cnn_clients", "MNIST CNN, a training step of 2 clients on 2 cores, wall time", "ms", 2.0, 2.7, 0.800, threads=2),
    Row("resnet_train", "ResNet-18, 32x32, a training step", "ms", 1.6, 2.2, 106.5),
    Row("resnet_infer", "ResNet-18, 32x32, inference", "ms", 1.7, 2.2, 35.5),
    Row("mobilenet_train", "MobileNetV2, 32x32, a training step", "ms", 1.4, 2.2, 16.8,
        limit="Convolutions and the normalizations between them run a few images at a time, so that only values before "
        "a normalization go through memory: a step took 380 ms before and 290 since. Each of these values is "
        "still written once and read three times, and its gradient written and read once: the normalizations take "
        "a third of the step. Products run at 85 to 95 % of the peak."),
    Row("transformer_forward", "transformer block, 32 x 64 x 192, 3 heads, forward", "ms", 1.1, 1.6, 1.91),
    Row("transformer_train", "the same, forward and backward: a training step", "ms", 1.1, 1.6, 5.74),
    Row("unet_train", "U-Net residual block, 8 x 64 x 64 x 64, forward and backward: a training step", "ms", 1.6, 2.2, 14.5),
    Row("mae_train", "masked autoencoder in Lua, 32 x 64 x 64, a training step", "ms", 1.4, 1.6),
    Row("mae_infer", "masked autoencoder in Lua, inference with 16 of 64 patches visible", "ms", 1.3, 1.6),
    Row("denoiser_train", "U-Net with FiLM and skips in Lua, 32 x 64 x 64, a training step", "ms", 1.8, 2.2),
    Row("denoiser_step", "the same, forward: one reverse step", "ms", 1.7, 2.2),
    Row("pgd40", "PGD of 40 steps on a small ResNet, 64 x 64 x 64, gradients of inputs", "ms", 1.8, 2.5),
    Row("gated_lua", "gated layers written in Lua against native layers alone, 20 training steps", "ms", 0.95, 1.0,
        against="gated_native", peer="fedlua"),
    Row("many_vectors", "1,000 vectors of the MNIST CNN measured on 200 images", "s", 2.5, 3.5, 340.0),
    Row("mlp_train", "MLP 32-64-10, a training step", "us", 10, 20, 0.000385),
    Row("matmul", "matrix product 1024 x 1024 x 1024", "ms", gflop=2.147),
    Row("median", "coordinate median, n = 50, d = 1e6", "ms", 15, 19,
        note="torch.median takes the lower of the two middle elements, fedlua their mean"),
    Row("trimmed_mean", "trimmed mean, f = 10, n = 50, d = 1e6", "ms", 20, 27),
    Row("gram", "Gram matrix, n = 50, d = 1e6", "ms", 2, 2.5, 5.0),
    Row("mean", "mean, n = 50, d = 1e6", "ms", 1.1, 1.25),
    Row("median20", "median, n = 20, d = 1e6", "ms", 5, 10, theirs="median20_numpy", peer="ByzFL"),
    Row("krum20", "Krum, n = 20, f = 4, d = 1e6", "ms", 5, 10, 0.8, theirs="krum20_numpy", peer="ByzFL"),
    Row("geometric_median20", "geometric median, n = 20, d = 1e6", "ms", 5, 10, theirs="geometric_median20_numpy",
        peer="ByzFL"),
    Row("nnm20", "nearest-neighbour mixing, n = 20, f = 4, d = 1e6", "ms", 5, 10, theirs="nnm20_numpy", peer="ByzFL"),
    Row("mda20", "MDA, n = 20, f = 4, d = 1e6", "ms", 5, 10, theirs="mda20_numpy", peer="ByzFL"),
    Row("caf20", "CAF, n = 20, f = 4, d = 1e6", "ms", 5, 10, theirs="caf20_numpy", peer="ByzFL"),
    Row("multi_krum20", "Multi-Krum, n = 20, f = 4, d = 1e6", "ms", 5, 10, 0.8, theirs="multi_krum20_numpy", peer="ByzFL"),
    Row("monna20", "MoNNA, n = 20, f = 4, d = 1e6", "ms", 5, 10, theirs="monna20_numpy", peer="ByzFL",
        limit="Memory stands in the way: that the updates are finite, their distances and their mean take a pass each, "
        "and ByzFL does without the first. The distances to one update cost twice those of all pairs, so these are taken; "
        "before, the row stood at 2.8."),
    Row("mean_around_median20", "mean around the median, n = 20, f = 4, d = 1e6", "ms", 5, 10,
        theirs="mean_around_median20_numpy", peer="ByzFL"),
    Row("smea20", "SMEA, n = 20, f = 4, d = 1e6", "ms", 1000, 5000, theirs="smea20_numpy", peer="ByzFL",
        note="ByzFL looks at 10 of the 4,845 sets, and its time is multiplied"),
    Row("alie20", "optimal ALIE of 4 against the trimmed mean of 20, d = 1e6: the rule is asked 20 times", "ms", 5, 10,
        theirs="alie20_numpy", peer="ByzFL"),
    Row("median20", "median, n = 20, d = 1e6", "ms", theirs="median20_torch", peer="ByzFL"),
    Row("krum20", "Krum, n = 20, f = 4, d = 1e6", "ms", gflop=0.8, theirs="krum20_torch", peer="ByzFL"),
    Row("geometric_median20", "geometric median, n = 20, d = 1e6", "ms", theirs="geometric_median20_torch",
        peer="ByzFL"),
    Row("round", "a round: 10 clients, 10 steps of the MNIST CNN each, their mean; 2 cores, wall time", "ms", 2.0, 2.7,
        80.0, threads=2),
    Row("sampled_round", "a round: 10 of 100 clients, 2 steps of the MNIST CNN each, their mean; 2 cores, wall time", "ms",
        10, 30, 16.0, threads=2, theirs="sampled_round_flower", peer="Flower", program="flower_rounds",
        limit="Flower needs a fifth of a second for a round of clients that do nothing; ours spends nine tenths of its time "
        "in training, near the peak of the processor. The less the clients train, the higher the ratio."),
    Row("sampled_round", "the same round beside pfl", "ms", 1.8, 2.5, 16.0, threads=2, theirs="sampled_round_pfl", peer="pfl",
        program="pfl_rounds"),
    Row("byzfl_round", "a round of ByzFL's README: cnn_mnist, 10 clients and 2 attackers (IPM), batches of 25, clipping, "
        "NNM, trimmed mean; 2 cores, wall time", "ms", 5, 8, threads=2, peer="ByzFL",
        limit="Half of the processor time is the training, of which the 5 x 5 convolutions' gradients, at a quarter of the "
        "peak, are more than half. A fifth is copies of parameters and updates, some of them on one thread."),
    Row("byzfl_round_alie", "the same round under optimal ALIE; 2 cores, wall time", "ms", 25, 60, threads=2, peer="ByzFL",
        limit="An answer of the rule took 23 ms before clipping and mixing were one step and updates were put together but "
        "once, and takes 8 since: four passes over the updates and two looks for what is not finite."),
    Row("rule_round_lua", "a round of 50 clients with 1e6 parameters under a rule of ten lines of Lua, and under the same "
        "native rule", "ms", 0.952, 1.0, against="rule_round_native", peer="fedlua"),
    Row("rule_sandbox", "a rule of Lua in a sandbox, and in the script itself, n = 50, d = 1e5", "ms",
        against="rule_script", peer="fedlua"),
    Row("rule_process", "the same rule in a process of its own, and in the script; wall time", "ms",
        against="rule_script", peer="fedlua", wall=True),
]

ALONE = [
    Row("call", "a Lua call into the host with two numbers", "ns", 60,
        limit="84 ns before C read the numbers and wrote the result itself, left the object's count alone, and Lua was "
        "linked as an archive. What is left is Lua: two look-ups and nine entries of its API for a call."),
    Row("method", "a call of a method of a tensor", "ns", 80),
    Row("state", "a Lua state with all bindings opens", "ms"),
    Row("policy_call", "a call of a policy in a sandbox that does nothing", "us"),
    Row("process_call", "a call of a policy in a process that does nothing, wall time", "us", wall=True),
    Row("policy_load", "a policy is loaded into a sandbox", "ms"),
    Row("process_load", "a policy is loaded into a process, wall time", "ms", wall=True),
]

MEMORY_MUST, MEMORY_AIM = 0.25, 0.1
