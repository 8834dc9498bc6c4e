---@meta fed.aggregators
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Rules that turn many updates into one. Each makes an aggregator from its options.
---@class fed.aggregators
local aggregators = {}

---@class fed.aggregators.aaa.Options
---@field components? integer Principal components that are looked at. Must be at least 1. (default `10`)
---@field encoder? fed.Model A network [n, components] to [n, any] of your own, in place of the paper's.
---@field learn? string Where the space of comparison comes from: "none" takes the components; "recorded" trains a network on rounds whose attackers are known; "virtual" on what the server's root data send and what attackers would make of it. Must be one of "none", "recorded", "virtual". (default `"none"`)
---@field loops? integer Loops of attention. Must be at least 1. (default `5`)
---@field lr? number Learning rate. Must be above 0. (default `0.003`)
---@field on_empty? string|fed.Aggregator Where nobody is trusted: "zero" leaves the model as it is, "error" ends the run, and a rule decides instead. Must be one of "zero", "error". (default `"zero"`)
---@field recorded? table Rounds to learn from: a list of { updates = Updates, honest = { booleans by row } }.
---@field scale? number Sharpness of the attention: what cosines are multiplied by. Must be above 0. (default `10`)
---@field scenes? integer Virtual rounds to learn from, in each round of learning. Must be at least 1. (default `4`)
---@field seed? integer Seed of the network's first values. (default `1`)
---@field threshold? number Smaller weights become 0. Must be at least 0 and below 1. (default `0.005`)
---@field training_rounds? integer Rounds of the run in which it learns. Must be at least 1. (default `1`)
---@field training_steps? integer Steps of learning in each. Must be at least 1. (default `100`)

---Attack-adaptive aggregation: places clients by the principal components of their updates, starts from the coordinate median, and in some loops of attention lets the clients that are like it say where it should be; the last attention is the weights.
---
---Returns: The rule; one that learns remembers its network, and its run needs root data.
---
---Source: Wan and Chen, FTL-IJCAI 2021, https://arxiv.org/abs/2102.05257, section 4
---
---Deviation: The default compares without a network, since the authors' was trained on rounds recorded elsewhere. Components are those of the whole model and not of each layer, and the loss is the weight on attackers.
---@param options? fed.aggregators.aaa.Options What it may be told.
---@return fed.Aggregator
function aggregators.aaa(options) end

---@class fed.aggregators.aksel.Options
---@field f integer Byzantine clients to bear; 2f is less than n. Must be at least 0.
---@field keep? string How many to average: half of them, rounded up, or n - f. Must be one of "half", "n - f". (default `"half"`)

---Averages the half of the updates that is nearest to the coordinate median; of equally near ones, the first.
---
---Returns: The rule.
---
---Source: Boussetta et al., OPODIS 2021, https://doi.org/10.4230/LIPIcs.OPODIS.2020.34, section 4
---@param options fed.aggregators.aksel.Options What it may be told.
---@return fed.Aggregator
function aggregators.aksel(options) end

---@class fed.aggregators.alignins.Options
---@field agreement? number The same of the agreement of signs. Must be above 0. (default `1`)
---@field direction? number A cosine farther than this from the median, in spreads, is odd. Must be above 0. (default `1`)
---@field model? fed.Tensor The parameters to compare with, in place of the round's.
---@field on_empty? string|fed.Aggregator Where nobody is trusted: "zero" leaves the model as it is, "error" ends the run, and a rule decides instead. Must be one of "zero", "error". (default `"zero"`)
---@field scale? string The spread: the standard deviation, as in the paper, or the median distance from the median, which no outlier hides in. Must be one of "deviation", "mad". (default `"deviation"`)
---@field share? number Share of each update's numbers, the largest in size, whose signs count. Must be above 0 and at most 1. (default `0.3`)

---Keeps updates whose cosine to the model is near the median, and whose largest numbers have the sign that most clients have there about as often as usual; shortens them to their median norm and averages them by sample counts.
---
---Returns: The rule.
---
---Source: Xu et al., CVPR 2025, https://arxiv.org/abs/2503.07978, algorithm 1
---
---Deviation: Constants are those of the authors' code. Where all clients are alike nobody is odd; their code then divides by 0 and rejects everybody. Of an even number the median is the mean of the middle two.
---@param options? fed.aggregators.alignins.Options What it may be told.
---@return fed.Aggregator
function aggregators.alignins(options) end

---@class fed.aggregators.autobant.Options
---@field clip? boolean Whether updates longer than the median norm are shortened to it first. (default `true`)
---@field data? string On which data of the server the loss is measured. Must be one of "validation", "root". (default `"validation"`)
---@field least? number Weights below this times 1 / n become 0. Must be at least 0 and below 1. (default `0.5`)
---@field momentum? number Part of the new weights in each step. Must be above 0 and at most 1. (default `0.5`)
---@field rate? number How far a step goes against the slope. Must be above 0. (default `10`)
---@field start? string Where a round's search starts: with equal weights, where the last one ended, or at its best. Must be one of "uniform", "previous", "best". (default `"uniform"`)
---@field steps? integer Mirror steps a round, each a gradient on the validation data. Must be at least 1. (default `20`)

---Searches the weights, at least 0 and with sum 1, with which the mean of the updates has the least loss on the server's validation data, by mirror steps from equal weights.
---
---Returns: The rule; the run needs validation data.
---
---Source: AutoBant, AAAI 2026, https://arxiv.org/abs/2505.07614, algorithm 2
---
---Deviation: All validation data make each step, not batches of them; the model is taken at the mean of the updates, as the paper's text says, and not mixed layer by layer as in its code; clip = false leaves out our clipping.
---@param options? fed.aggregators.autobant.Options What it may be told.
---@return fed.Aggregator
function aggregators.autobant(options) end

---@class fed.aggregators.bant.Options
---@field beta? number Part of this round in the trust. Must be from 0 to 1. (default `0.5`)
---@field beta_at_loss? number The same in a round in which nobody lowers the loss. Must be from 0 to 1. (default `0.001`)
---@field data? string On which data of the server the loss is measured. Must be one of "validation", "root". (default `"validation"`)
---@field on_empty? string|fed.Aggregator Where nobody is trusted: "zero" leaves the model as it is, "error" ends the run, and a rule decides instead. Must be one of "zero", "error". (default `"zero"`)

---Trusts each client as far as its update alone lowers the loss on the server's validation data, smoothed over the rounds, and averages by trust; who does no good in a round has no part in it. It bears more attackers than honest clients.
---
---Returns: The rule; it remembers trust, and the run needs validation data.
---
---Source: Bant, AAAI 2026, https://arxiv.org/abs/2505.07614, algorithm 1
---
---Deviation: A client that was never asked starts with an equal share.
---@param options? fed.aggregators.bant.Options What it may be told.
---@return fed.Aggregator
function aggregators.bant(options) end

---@class fed.aggregators.brute.Options
---@field f integer Byzantine clients to bear; 2f is less than n. Must be at least 0.
---@field preset? string Whose rule; ByzFL means the same. Must be one of "paper", "byzfl". (default `"paper"`)

---Averages the n - f updates within the smallest diameter: another name of mda.
---
---Returns: The rule.
---
---Source: El Mhamdi et al., ICML 2018, https://arxiv.org/abs/1802.07927, section 3
---@param options fed.aggregators.brute.Options What it may be told.
---@return fed.Aggregator
function aggregators.brute(options) end

---@class fed.aggregators.bulyan.Options
---@field f integer Byzantine clients to bear; 4f + 3 is at most n. Must be at least 0.

---Chooses n - 2f updates by repeated Krum and averages, of each coordinate, the n - 4f values nearest to the median.
---
---Returns: The rule.
---
---Fails: There are fewer than 4f + 3 updates.
---
---Source: El Mhamdi et al., ICML 2018, https://arxiv.org/abs/1802.07927, section 4
---
---Deviation: Where few are left, Krum looks at one neighbour at least.
---@param options fed.aggregators.bulyan.Options What it may be told.
---@return fed.Aggregator
function aggregators.bulyan(options) end

---@class fed.aggregators.caf.Options
---@field f integer Byzantine clients to bear; 2f is less than n. Must be at least 0.
---@field preset? string Whether a step is measured by the updates that still have weight (paper), or by those that lost it, too (byzfl): with one update far away, steps become tiny then. Must be one of "paper", "byzfl". (default `"paper"`)

---Takes weight from updates far out along the direction of the largest variance, again and again until 2f are taken, and keeps the mean where that variance was smallest (covariance-bound agnostic filter).
---
---Returns: The rule.
---
---Source: Allouah et al., ICML 2025, https://openreview.net/forum?id=9L5LjwgBR3, algorithm 2
---
---Deviation: The worst direction is exact, where ByzFL takes one step of a power iteration from a random vector. Without Byzantine clients to bear, or with equal updates, the mean is returned; ByzFL returns nothing.
---@param options fed.aggregators.caf.Options What it may be told.
---@return fed.Aggregator
function aggregators.caf(options) end

---@class fed.aggregators.centered_clipping.Options
---@field preset? string Whose values the other options have where they are left out. Must be one of "karimireddy", "byzfl", "fedlib". (default `"karimireddy"`)
---@field radius? number Largest distance an update keeps from the center; without it, the median distance.
---@field iterations? integer Most steps, fewer where the center has settled; 3 without it. Must be at least 1.
---@field center? string Where the steps begin: at what the rule decided in the round before, and where there is none at the median or at zero; or always at one of these. Without it, at the decision before, else the median. Must be one of "previous", "previous_or_zero", "median", "zero".
---@field group? integer Clients that move the center together, one group after the other in an order drawn anew each round (sequential clipping); all at once without it. Must be at least 1.

---Moves from the round before towards the updates, each difference shortened to a radius.
---
---Returns: The aggregator.
---
---Source: Karimireddy et al., ICML 2021, https://arxiv.org/abs/2012.10333, algorithm 2
---@param options? fed.aggregators.centered_clipping.Options Radius, steps and center.
---@return fed.Aggregator
function aggregators.centered_clipping(options) end

---@class fed.aggregators.cge.Options
---@field f integer Byzantine clients to bear, fewer than updates. Must be at least 0.

---Averages the n - f shortest updates (comparative gradient elimination); of equally long ones, the first.
---
---Returns: The rule.
---
---Source: Gupta and Vaidya, PODC 2020, https://arxiv.org/abs/2008.04699, section 4
---
---Deviation: The paper adds the updates; here they are averaged.
---@param options fed.aggregators.cge.Options What it may be told.
---@return fed.Aggregator
function aggregators.cge(options) end

---@class fed.aggregators.chain.Options
---@field [integer] function|fed.Aggregator Pre-aggregators, and at last the rule.

---Applies pre-aggregators, one after the other, and then a rule. Weights, flags, reasons and ledgers of the rule come back to the clients behind its rows; those behind one row share its weight.
---
---Returns: The rule.
---
---Fails: The last step is no rule, or one before it is.
---
---Source: Allouah et al., AISTATS 2023, https://arxiv.org/abs/2302.01772, section 1 (pre-aggregation)
---@param options fed.aggregators.chain.Options What it may be told.
---@return fed.Aggregator
function aggregators.chain(options) end

---@class fed.aggregators.clipped_clustering.Options
---@field linkage? string The distance of two groups: mean, least or largest of those of their members. Must be one of "average", "single", "complete". (default `"average"`)
---@field max_norm? number Largest norm an update keeps, whatever was seen. Must be above 0. (default `100000`)

---Shortens updates to the median of all norms since the first round, splits clients into two groups by the angles between their updates, and averages the larger group.
---
---Returns: The rule; it remembers the norms of all rounds.
---
---Source: Li et al., IEEE Transactions on Big Data 2023, https://arxiv.org/abs/2302.07173, section 4
---
---Deviation: Of two groups of one size the one with the first client is averaged; Blades takes the other.
---@param options? fed.aggregators.clipped_clustering.Options What it may be told.
---@return fed.Aggregator
function aggregators.clipped_clustering(options) end

---Takes the median of each coordinate; of an even number, the mean of the middle two.
---
---Returns: The aggregator.
---
---Source: Yin et al., ICML 2018, https://arxiv.org/abs/1803.01498, definition 1
---@return fed.Aggregator
function aggregators.coordinate_median() end

---@class fed.aggregators.deepsight.Options
---@field min_cluster_size? integer Least clients in a group. Must be at least 2. (default `5`)
---@field min_samples? integer Which nearest other client tells how dense the surroundings are. Must be at least 1. (default `3`)
---@field odd_share? number A group with this share of clients that changed few classes is dropped. Must be above 0 and at most 1. (default `0.3333333333333333`)
---@field on_empty? string|fed.Aggregator Where nobody is trusted: "zero" leaves the model as it is, "error" ends the run, and a rule decides instead. Must be one of "zero", "error". (default `"zero"`)
---@field samples? integer Samples of noise. Must be at least 1. (default `1000`)
---@field seeds? integer How many sets of noise. Must be at least 1. (default `3`)
---@field shape? table Sizes of an input, such as { 1, 28, 28 }; without it outputs are not compared.

---Groups clients by what their last layer tells of their classes, by the direction of its bias, and by what their models say of noise; drops groups of which a third or more changed few classes, and averages the rest, shortened to the median norm.
---
---Returns: The rule; it needs the layers of a run's updates.
---
---Source: Rieger et al., NDSS 2022, https://arxiv.org/abs/2201.00763, algorithm 1
---
---Deviation: Outputs are compared by the geometric mean of their ratios, which losses give, and on 1,000 samples of noise where the paper takes 20,000. Groups need 5 clients, as the library's default has it: fewer attackers form none, and pass where one large group holds everybody.
---@param options? fed.aggregators.deepsight.Options What it may be told.
---@return fed.Aggregator
function aggregators.deepsight(options) end

---@class fed.aggregators.dnc.Options
---@field columns? integer Columns that are looked at, drawn at random. Must be at least 1. (default `10000`)
---@field f integer Byzantine clients to bear. Must be at least 0.
---@field filter? number How many updates are dropped, times f. Must be above 0. (default `1`)
---@field iterations? integer How often, on other columns each time; only who stays each time is kept. Must be at least 1. (default `1`)
---@field on_empty? string|fed.Aggregator Where nobody is trusted: "zero" leaves the model as it is, "error" ends the run, and a rule decides instead. Must be one of "zero", "error". (default `"zero"`)

---Divide and conquer: drops the updates that lie farthest out along the one direction in which updates differ most, and averages the rest. Attackers who all push one way make that direction their own.
---
---Returns: The rule.
---
---Source: Shejwalkar and Houmansadr, NDSS 2021, https://doi.org/10.14722/ndss.2021.24498, algorithm 2
---
---Deviation: The defaults are the paper's; FLPoison repeats it 5 times on a fifth of the columns.
---@param options fed.aggregators.dnc.Options What it may be told.
---@return fed.Aggregator
function aggregators.dnc(options) end

---@class fed.aggregators.flame.Options
---@field compare? string What is compared: updates, or the models that they make. Must be one of "updates", "models". (default `"updates"`)
---@field min_cluster_size? integer Least clients in a group; more than half without it. Must be at least 2.
---@field min_samples? integer Which nearest other client tells how dense the surroundings are. Must be at least 1. (default `1`)
---@field noise? number Deviation of the noise, times the median norm. Must be at least 0. (default `0.001`)
---@field on_empty? string|fed.Aggregator Where nobody is trusted: "zero" leaves the model as it is, "error" ends the run, and a rule decides instead. Must be one of "zero", "error". (default `"zero"`)

---Groups clients by direction with HDBSCAN, keeps the group that holds more than half of them, shortens its updates to the median norm, averages them, and adds a little noise, so that what is left of a backdoor is blurred.
---
---Returns: The rule.
---
---Source: Nguyen et al., USENIX Security 2022, https://arxiv.org/abs/2101.02281, algorithm 1
---
---Deviation: The paper compares models, here compare = "models"; with their common part taken away, updates differ more clearly. FLPoison scales its noise of 1.2e-5 by the deviation of each layer, too.
---@param options? fed.aggregators.flame.Options What it may be told.
---@return fed.Aggregator
function aggregators.flame(options) end

---@class fed.aggregators.fldetector.Options
---@field on_empty? string|fed.Aggregator Where nobody is trusted: "zero" leaves the model as it is, "error" ends the run, and a rule decides instead. Must be one of "zero", "error". (default `"zero"`)
---@field permanent? boolean Whether a client that was left out once stays out. (default `false`)
---@field start? integer Rounds that pass before anybody is judged. Must be at least 0. (default `0`)
---@field window? integer Rounds of steps that the curvature is learned from, and of surprises that are averaged. Must be at least 1. (default `10`)

---Predicts each client's update from its last one and the curvature that the global steps tell of; attackers, who do not follow the loss, are hard to predict. Where the mean surprises of some rounds form groups, those with the larger ones are left out.
---
---Returns: The rule; it remembers a window of global updates and each client's last one.
---
---Source: Zhang et al., KDD 2022, https://arxiv.org/abs/2207.09209, algorithm 3
---
---Deviation: Judging begins when both windows are full, so in round 2 * window + 1; FLPoison waits for 50 rounds more, here start = 50. The paper starts the training again without the attackers; here the run goes on. A client that was not asked in the round before is compared with what it sent last. An attacker who only turns around what an honest client would send is as easy to predict as that client.
---@param options? fed.aggregators.fldetector.Options What it may be told.
---@return fed.Aggregator
function aggregators.fldetector(options) end

---@class fed.aggregators.flguard.Options
---@field flag_below? number Clients with less trust are flagged; they keep their little weight. Must be from 0 to 1. (default `0.5`)
---@field lr? number Learning rate of both networks. Must be above 0. (default `0.003`)
---@field roots? integer Root updates a round, with batches in different order. Must be at least 2. (default `5`)
---@field scenes? integer Virtual rounds the scorer learns from, in each round of learning. Must be at least 1. (default `6`)
---@field seed? integer Seed of the networks' first values. (default `1`)
---@field training_rounds? integer Rounds of the run in which the scorer learns. Must be at least 1. (default `3`)
---@field training_steps? integer Steps of the scorer in each. Must be at least 1. (default `100`)
---@field vae_steps? integer Steps of the autoencoder a round. Must be at least 1. (default `60`)

---Scores clients by four signals - how badly an autoencoder trained on root updates shows theirs, cosines to root updates and to other clients, norm - with a network that has learned on the server what attackers do to root updates; averages by the scores.
---
---Returns: The rule; it remembers its networks, and the run needs root data.
---
---Source: Karami et al., FLGuard, the four-signal form in the authors' code
---
---Deviation: The authors name no training of the scorer; here it learns from root updates and what attackers would make of them. The autoencoder reads sketches of 256 numbers, and norms are in units of the root updates'.
---@param options? fed.aggregators.flguard.Options What it may be told.
---@return fed.Aggregator
function aggregators.flguard(options) end

---@class fed.aggregators.fltrust.Options
---@field on_empty? string|fed.Aggregator Where nobody is trusted: "zero" leaves the model as it is, "error" ends the run, and a rule decides instead. Must be one of "zero", "error". (default `"zero"`)
---@field root? fed.Tensor A root update to use in place of the round's.

---Weighs updates by their cosine to the root update, negative ones by 0, and averages them at the root's norm.
---
---Returns: The rule.
---
---Source: Cao et al., NDSS 2021, https://arxiv.org/abs/2012.13995, section IV
---
---Deviation: Where no update is trusted, the model stays as it is unless `on_empty` says otherwise. Updates that do not point the root's way at all are flagged.
---@param options? fed.aggregators.fltrust.Options What it may be told.
---@return fed.Aggregator
function aggregators.fltrust(options) end

---@class fed.aggregators.foolsgold.Options
---@field clip? number Largest norm an update keeps. Must be above 0.
---@field features? string Columns that are compared: "all", or the "last" weight of the model. Must be one of "all", "last".
---@field memory? boolean Whether updates are summed over the rounds.
---@field normalize? boolean Whether the weights are brought to sum 1: a mean. The paper adds the updates, each times its weight.
---@field on_empty? string|fed.Aggregator Where nobody is trusted: "zero" leaves the model as it is, "error" ends the run, and a rule decides instead. Must be one of "zero", "error". (default `"zero"`)
---@field preset? string Whose rule: the paper's; FLPoison's, which shortens updates to norm 1 and compares the last layer; that of AlignIns' code, which forgets and averages. Must be one of "paper", "flpoison", "alignins". (default `"paper"`)

---Gives little weight to clients whose summed updates point almost the same way, as those of one attacker behind many clients do; honest clients differ in their data.
---
---Returns: The rule; it remembers the sum of each client's updates.
---
---Source: Fung et al., RAID 2020, https://arxiv.org/abs/1808.04866, algorithm 1
---
---Deviation: The default is the paper's with all columns compared. Its sum suits single gradient steps; for updates of local training pass normalize = true. FLPoison looks at the largest tenth of the last layer of the global model, here at all of it. The rule sees many clients with one update; attackers who each turn around an update of their own differ as the honest do.
---@param options? fed.aggregators.foolsgold.Options What it may be told.
---@return fed.Aggregator
function aggregators.foolsgold(options) end

---@class fed.aggregators.foundationfl.Options
---@field copies? integer How many copies are added; half as many as there are updates without it. Must be at least 0.
---@field rule? fed.Aggregator What is applied to updates and copies; the coordinate median without it.

---Adds copies of the one update that lies farthest from the largest and from the smallest numbers of all, then applies a rule: the copies stand for honest clients and outvote extremes.
---
---Returns: The rule.
---
---Source: Fang et al., NDSS 2025, https://arxiv.org/abs/2501.17381, section IV
---
---Deviation: The paper takes the trimmed mean or the median; any rule is possible here. A chosen update may be an attacker's, as happens where a few send one long update: the info says whose it was.
---@param options? fed.aggregators.foundationfl.Options What it may be told.
---@return fed.Aggregator
function aggregators.foundationfl(options) end

---@class fed.aggregators.gas.Options
---@field f integer Byzantine clients to bear, fewer than updates. Must be at least 0.
---@field parts? integer How many pieces; never more than there are coordinates. Must be at least 1. (default `1000`)
---@field rule fed.Aggregator What is applied to each piece.

---Splits the coordinates at random into pieces, applies a rule to each, adds up how far every client is from what comes out, and averages the n - f clients nearest to it. Short pieces are not lost in the size of the whole model.
---
---Returns: The rule.
---
---Source: Liu et al., ICML 2023, https://arxiv.org/abs/2302.06079, algorithm 1
---@param options fed.aggregators.gas.Options What it may be told.
---@return fed.Aggregator
function aggregators.gas(options) end

---@class fed.aggregators.geometric_median.Options
---@field preset? string Whose values the other options have where they are left out. Must be one of "pillutla", "byzfl", "fedlib", "byzpy". (default `"pillutla"`)
---@field smoothing? number Distances below it count as this; without it, a millionth of the median distance.
---@field iterations? integer Most steps; 100 without it. Must be at least 1.
---@field tolerance? number Stops when the point moves by no more than this part of the median distance; 1e-9 without it. Must be at least 0.
---@field start? string Where the search begins; at the coordinate median without it. Must be one of "median", "mean", "zero".

---Finds the point with the least sum of distances to the updates.
---
---Returns: The aggregator.
---
---Source: Pillutla et al., IEEE TSP 2022, https://arxiv.org/abs/1912.13445, algorithm 2
---@param options? fed.aggregators.geometric_median.Options How it searches.
---@return fed.Aggregator
function aggregators.geometric_median(options) end

---@class fed.aggregators.krum.Options
---@field f integer Byzantine clients to bear; f + 2 < n unless `neighbors` are given. Must be at least 0.
---@field neighbors? integer How many neighbours to look at in place of the preset's. Must be at least 1.
---@field power? integer Which power of the distances to add in place of the preset's. Must be from 1 to 64.
---@field preset? string Whose Krum: n - f - 2 neighbours and squared distances (blanchard, flower), to the fourth power (fedlib), or n - f - 1 neighbours, squared (byzfl) or not (lpd). Must be one of "blanchard", "byzfl", "fedlib", "flower", "lpd". (default `"blanchard"`)

---Picks the update closest to its n - f - 2 nearest neighbours; of several, the first.
---
---Returns: The rule.
---
---Source: Blanchard et al., NeurIPS 2017, https://arxiv.org/abs/1703.02757, section 4
---
---Deviation: The paper's guarantee needs 2f + 2 < n; here f + 2 < n is enough, which leaves one neighbour. Libraries disagree about their number and about squares: `preset` has what each of them does.
---@param options fed.aggregators.krum.Options What it may be told.
---@return fed.Aggregator
function aggregators.krum(options) end

---@class fed.aggregators.lasa.Options
---@field norm? number A layer's norm farther than this from the median, in spreads, is odd; 1 on CIFAR. Must be above 0. (default `2`)
---@field scale? string The spread: the standard deviation, as in the paper, or the median distance from the median. Must be one of "deviation", "mad". (default `"deviation"`)
---@field sign? number The same of the balance of signs. Must be above 0. (default `1`)
---@field sparsity? number Share of the numbers, the smallest in size, that are not looked at. Must be at least 0 and below 1. (default `0.3`)

---Shortens updates to the median norm, looks at the largest numbers of each, and for every layer averages the clients whose length and balance of signs there are near the median. A client may be odd in one layer and useful in another.
---
---Returns: The rule.
---
---Source: Xu et al., WACV 2025, https://arxiv.org/abs/2409.01435, algorithm 1
---
---Deviation: The weights that are told are shares of the model, since each layer has its own; a client left out of more than half of the model is flagged. The authors' code leaves biases whole and drops updates that are no numbers, which here are an error.
---@param options? fed.aggregators.lasa.Options What it may be told.
---@return fed.Aggregator
function aggregators.lasa(options) end

---Averages the n - f updates of which the two farthest apart are nearest to each other (minimal diameter averaging, also called brute); of several such sets, the first.
---
---Returns: The rule.
---
---Source: El Mhamdi et al., ICML 2018, https://arxiv.org/abs/1802.07927, section 3
---@param options fed.aggregators.brute.Options What it may be told.
---@return fed.Aggregator
function aggregators.mda(options) end

---Averages the updates, each client counting once.
---
---Returns: The aggregator.
---@return fed.Aggregator
function aggregators.mean() end

---@class fed.aggregators.mean_around_median.Options
---@field f integer Byzantine clients to bear; 2f is less than n. Must be at least 0.
---@field preset? string Of equally near values, the smaller is kept (xie), or the first client's (byzfl). Must be one of "xie", "byzfl". (default `"xie"`)

---Averages, for each coordinate, the n - f values nearest to the median.
---
---Returns: The rule.
---
---Source: Xie et al., 2018, https://arxiv.org/abs/1802.10116, section 4
---@param options fed.aggregators.mean_around_median.Options What it may be told.
---@return fed.Aggregator
function aggregators.mean_around_median(options) end

---Picks the update with the least sum of distances to the others; of several, the first.
---
---Returns: The rule.
---
---Source: Kaufman and Rousseeuw, 1987, Clustering by means of medoids
---@return fed.Aggregator
function aggregators.medoid() end

---@class fed.aggregators.monna.Options
---@field f integer Byzantine clients to bear; 2f is less than n. Must be at least 0.
---@field preset? string Whose rule; ByzFL means the same. Must be one of "paper", "byzfl". (default `"paper"`)
---@field trusted? integer Position of the trusted update: that of the client which averages. Must be at least 1. (default `1`)

---Averages the n - f updates nearest to a trusted one (nearest-neighbour averaging, NNA); of equally near ones, the first.
---
---Returns: The rule.
---
---Source: Farhadkhani et al., ICML 2023, https://arxiv.org/abs/2210.00848, section 3
---
---Deviation: In the paper each client averages with itself as the trusted one; here the server is told whom to trust.
---@param options fed.aggregators.monna.Options What it may be told.
---@return fed.Aggregator
function aggregators.monna(options) end

---@class fed.aggregators.multi_krum.Options
---@field f integer Byzantine clients to bear; f + 2 < n unless `neighbors` are given. Must be at least 0.
---@field m? integer How many updates to keep in place of the preset's: n - f (blanchard, byzfl), n - f - 2 (lpd) or 1 (fedlib, flower). Must be at least 1.
---@field neighbors? integer How many neighbours to look at in place of the preset's. Must be at least 1.
---@field power? integer Which power of the distances to add in place of the preset's. Must be from 1 to 64.
---@field preset? string Whose Krum: n - f - 2 neighbours and squared distances (blanchard, flower), to the fourth power (fedlib), or n - f - 1 neighbours, squared (byzfl) or not (lpd). Must be one of "blanchard", "byzfl", "fedlib", "flower", "lpd". (default `"blanchard"`)

---Averages the n - f updates closest to their n - f - 2 nearest neighbours; of equals, the first.
---
---Returns: The rule.
---
---Source: Blanchard et al., NeurIPS 2017, https://arxiv.org/abs/1703.02757, section 4
---
---Deviation: The paper leaves the number of updates open; n - f are those that are honest if f are not.
---@param options fed.aggregators.multi_krum.Options What it may be told.
---@return fed.Aggregator
function aggregators.multi_krum(options) end

---@class fed.aggregators.multi_metrics.Options
---@field compare? string What is compared: updates, or the models that they make. Must be one of "updates", "models". (default `"updates"`)
---@field keep? number Share of the clients that is averaged, at least one. Must be above 0 and at most 1. (default `0.3`)

---Measures each client by its angles, absolute differences and differences of norm to all others, weighs the three by how they spread, and averages the share of clients with the smallest sums.
---
---Returns: The rule.
---
---Source: Huang et al., ICCV 2023, https://arxiv.org/abs/2303.06601, algorithm 1
---
---Deviation: The paper compares models, here compare = "models". Where the three sums depend on each other, their covariance has no inverse; axes without spread are left out then.
---@param options? fed.aggregators.multi_metrics.Options What it may be told.
---@return fed.Aggregator
function aggregators.multi_metrics(options) end

---@class fed.aggregators.nearest_neighbor_mixing.Options
---@field f integer Byzantine clients to bear, fewer than updates. Must be at least 0.
---@field rule fed.Aggregator What is applied to the mixed updates.

---Mixes each update with its n - f - 1 nearest neighbours, then applies a rule. Data that differ from client to client scatter honest updates, which median and trimmed mean mistake for attacks; mixing takes that scatter away.
---
---Returns: The rule.
---
---Source: Allouah et al., AISTATS 2023, https://arxiv.org/abs/2302.01772, algorithm 2
---@param options fed.aggregators.nearest_neighbor_mixing.Options What it may be told.
---@return fed.Aggregator
function aggregators.nearest_neighbor_mixing(options) end

---@class fed.aggregators.norm_clipping.Options
---@field max_norm? number Largest norm an update keeps; without it, the median norm of the round.

---Shortens long updates to a common norm, then averages by sample counts.
---
---Returns: The aggregator.
---
---Source: Sun et al., 2019, https://arxiv.org/abs/1911.07963, section 5
---@param options? fed.aggregators.norm_clipping.Options The bound.
---@return fed.Aggregator
function aggregators.norm_clipping(options) end

---@class fed.aggregators.phocas.Options
---@field f integer Byzantine clients to bear; 2f is less than n. Must be at least 0.

---Averages, for each coordinate, the n - f values nearest to the trimmed mean; of equally near ones, the smaller.
---
---Returns: The rule.
---
---Source: Xie et al., 2018, https://arxiv.org/abs/1805.09682, definition 7
---@param options fed.aggregators.phocas.Options What it may be told.
---@return fed.Aggregator
function aggregators.phocas(options) end

---@class fed.aggregators.rfa.Options
---@field iterations? integer Steps. Must be at least 1. (default `3`)
---@field smoothing? number Distances below it count as this; without it, a millionth of the median distance. Must be above 0.

---Moves from the mean towards the geometric median in a few steps; each update pulls with its samples over its distance.
---
---Returns: The rule.
---
---Source: Pillutla et al., IEEE TSP 2022, https://arxiv.org/abs/1912.13445, algorithm 1
---
---Deviation: A mean far away from updates that lie together is left for one of them before the first step: three steps from a mean that one huge update moved would not come back. The smoothing follows the distances unless it is given. geometric_median runs until it settles.
---@param options? fed.aggregators.rfa.Options What it may be told.
---@return fed.Aggregator
function aggregators.rfa(options) end

---@class fed.aggregators.rflbat.Options
---@field center? boolean Whether the plane goes through the mean of the updates. (default `true`)
---@field first? number Before grouping, a summed distance above this times the median is far. Must be above 0. (default `10`)
---@field groups? integer Groups to look for at most. Must be at least 1. (default `9`)
---@field on_empty? string|fed.Aggregator Where nobody is trusted: "zero" leaves the model as it is, "error" ends the run, and a rule decides instead. Must be one of "zero", "error". (default `"zero"`)
---@field second? number The same within the group. Must be above 0. (default `4`)

---Shows updates as points of the plane in which they differ most, drops far ones, deals the rest into groups, and keeps the group whose members are least alike: attackers with one aim send almost one thing.
---
---Returns: The rule.
---
---Source: Wang et al., 2022, https://arxiv.org/abs/2201.03772, algorithm 1
---
---Deviation: Constants as in BackFed. Where honest clients are alike and attackers differ, the rule keeps the attackers: it was made against backdoors of one aim.
---@param options? fed.aggregators.rflbat.Options What it may be told.
---@return fed.Aggregator
function aggregators.rflbat(options) end

---@class fed.aggregators.rlr.Options
---@field rule? fed.Aggregator What is turned around in place of the mean by sample counts.
---@field share? number The signs of a coordinate must add up to this share of the clients. Must be above 0 and at most 1. (default `0.8`)
---@field threshold? integer The same as a number of clients. Must be at least 1.

---Robust learning rate: takes the mean, and turns it around in each coordinate in which fewer clients than a threshold agree on the sign; a backdoor is learned by few clients and so unlearned.
---
---Returns: The rule.
---
---Source: Ozdayi et al., AAAI 2021, https://arxiv.org/abs/2007.03767, section 4
---
---Deviation: The paper's threshold is a number of clients, 8 of 10 in BackFed; the share stands for it at any n. Where clients differ much, their signs do so too, and a large share turns most of the model around.
---@param options? fed.aggregators.rlr.Options What it may be told.
---@return fed.Aggregator
function aggregators.rlr(options) end

---@class fed.aggregators.sign_majority.Options
---@field step? number Length of the step; without it, the median norm over the root of d, which makes the result as long as the updates are. Must be above 0.

---Moves each coordinate by one step in the direction that most updates have: signSGD with majority vote.
---
---Returns: The rule.
---
---Source: Bernstein et al., ICLR 2019, https://arxiv.org/abs/1810.05291, algorithm 1
---
---Deviation: The paper's step is a learning rate; here it follows the length of the updates unless it is given. A tied vote moves nothing.
---@param options? fed.aggregators.sign_majority.Options What it may be told.
---@return fed.Aggregator
function aggregators.sign_majority(options) end

---@class fed.aggregators.signguard.Options
---@field clustering? string How clients are grouped. Must be one of "mean_shift", "kmeans". (default `"mean_shift"`)
---@field columns? number Share of the columns whose signs are counted. Must be above 0 and at most 1. (default `0.1`)
---@field lower? number Least norm, times the median norm. Must be at least 0. (default `0.1`)
---@field on_empty? string|fed.Aggregator Where nobody is trusted: "zero" leaves the model as it is, "error" ends the run, and a rule decides instead. Must be one of "zero", "error". (default `"zero"`)
---@field similarity? string What stands beside the signs: the cosine or the distance to the update of the round before; in the first round, to the median. Must be one of "none", "cosine", "distance". (default `"none"`)
---@field upper? number Largest norm, times the median norm. Must be above 0. (default `3`)

---Keeps updates of an ordinary length whose shares of negative, zero and positive numbers are those of the largest group of clients, shortens them to the median norm and averages them. Attacks that hide in each number still change how signs are spread.
---
---Returns: The rule.
---
---Source: Xu et al., ICDCS 2022, https://arxiv.org/abs/2109.05872, algorithm 2
---
---Deviation: The defaults are the paper's. FLPoison groups by DBSCAN and divides shares by the largest of them; other ports use two groups by k-means, which here is clustering = "kmeans". The columns are drawn one by one and not as a stretch.
---@param options? fed.aggregators.signguard.Options What it may be told.
---@return fed.Aggregator
function aggregators.signguard(options) end

---@class fed.aggregators.smea.Options
---@field f integer Byzantine clients to bear; 2f is less than n. Must be at least 0.
---@field preset? string Whose rule; ByzFL means the same and finds it by chance. Must be one of "paper", "byzfl". (default `"paper"`)

---Averages the n - f updates whose covariance has the smallest largest eigenvalue; of several such sets, the first.
---
---Returns: The rule.
---
---Source: Allouah et al., ICML 2023, https://arxiv.org/abs/2302.04787, section 5
---
---Deviation: Eigenvalues are exact, where ByzFL takes one step of a power iteration from a random vector. All subsets are looked at, so n and f must be small.
---@param options fed.aggregators.smea.Options What it may be told.
---@return fed.Aggregator
function aggregators.smea(options) end

---@class fed.aggregators.trimmed_mean.Options
---@field f integer Values dropped at each end of every coordinate; 2f must be less than n. Must be at least 0.

---Drops the f smallest and f largest values of each coordinate and averages the rest.
---
---Returns: The aggregator.
---
---Source: Yin et al., ICML 2018, https://arxiv.org/abs/1803.01498, definition 2
---@param options fed.aggregators.trimmed_mean.Options How many to drop.
---@return fed.Aggregator
function aggregators.trimmed_mean(options) end

---Averages the updates by sample counts, as FedAvg does, or by weights.
---
---Returns: The aggregator.
---
---Source: McMahan et al., AISTATS 2017, https://arxiv.org/abs/1602.05629, algorithm 1
---@return fed.Aggregator
function aggregators.weighted_mean() end

---@class fed.aggregators.zeno.Options
---@field data? string On which data of the server the loss is measured. Must be one of "validation", "root". (default `"validation"`)
---@field f integer Byzantine clients to bear, fewer than updates. Must be at least 0.
---@field on_empty? string|fed.Aggregator Where nobody is trusted: "zero" leaves the model as it is, "error" ends the run, and a rule decides instead. Must be one of "zero", "error". (default `"zero"`)
---@field rho? number Penalty on the squared norm. Must be at least 0. (default `0.0005`)

---Keeps the n - f updates that most lower the loss on the server's validation data when each is added alone, minus a penalty on its squared norm, and averages them.
---
---Returns: The rule; the run needs validation data.
---
---Source: Xie et al., ICML 2019, https://arxiv.org/abs/1805.10032, definition 2
---
---Deviation: The loss is taken on all validation data and not on a few samples drawn each round; updates hold their learning rate already.
---@param options fed.aggregators.zeno.Options What it may be told.
---@return fed.Aggregator
function aggregators.zeno(options) end

return aggregators
