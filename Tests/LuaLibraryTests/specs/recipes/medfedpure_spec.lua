--- The recipe: each ablation changes the answer, parts stay where they should, and no label reaches a defense.
local fed = require "fed"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

describe("medfedpure", function()
  local set = fed.data.synthetic_mri { count = 120, size = 16, scanners = { "t1_sharp", "flair_sharp" }, seed = 4 }
  local sites = fed.partition.by_site(set)
  local clients, held_out = {}, {}
  for i = 1, 2 do clients[i], held_out[i] = sites[i]:split { 40, 20, seed = 1 } end
  local x = fed.data.synthetic_mri { count = 12, size = 16, scanners = { "t1_sharp" }, seed = 9 }:batch()

  local function make(o)
    return fed.recipes.medfedpure(fed.util.merged({
      clients = clients, rounds = 1, generator_rounds = 1, experts = { width = 2 }, denoiser = { preset = "tiny" },
      autoencoder = { preset = "tiny" }, threshold = { rate = 0.5 }, purifier = { sigma = 0.3 },
      depth = { rule = "ecdf" },
    }, o))
  end
  local function answer(o)
    local pure = make(o):fit():calibrate(held_out)
    return pure, (pure.pipelines[1](x))
  end
  local full, said = answer {}

  it("answers for each client, with a ledger", function()
    local probabilities, info = full.pipelines[2](x)
    expect(probabilities:sum(2):min():item(), 1, 1e-5)
    expect({ #info.score, #info.branch, #info.t }, { 12, 12, 12 })
    expect(probabilities:eq(said):all(), false)
  end)

  local shared, shared_answer = answer { ablation = "no_personalization" }

  it("gives another answer under each ablation", function()
    local others = { no_personalization = shared_answer }
    for _, name in ipairs { "purify_all", "no_purification", "no_detector", "fixed_purification" } do
      local pure = full:with(make { ablation = name }.options):calibrate(held_out)
      others[name] = pure.pipelines[1](x)
    end
    local _, bare = answer { ablation = "classifier_only" }
    others.classifier_only = bare
    local count = 0
    for name, other in fed.util.sorted_pairs(others) do
      expect((other - said):abs():max():item() > 1e-6 and name or "", name)
      count = count + 1
    end
    expect(count, 6)
  end)

  it("gives the same answer twice", function()
    local _, again = answer { ablation = "full" }
    expect(again:eq(said):all(), true)
  end)

  it("answers otherwise where it sees mirror images, too", function()
    local pipeline = full:with { mode = "none", mirrored = true }:calibrate(held_out).pipelines[1]
    local upright = full:with { mode = "none" }:calibrate(held_out).pipelines[1]
    expect(pipeline(x), (upright(x) + upright(x:flip(4))) / 2, 1e-6)
    expect((pipeline(x) - upright(x)):abs():max():item() > 1e-6, true)
  end)

  it("is the ablation where only the pipeline differs", function()
    local _, purified = answer { ablation = "purify_all" }
    expect((full:with { mode = "always" }:calibrate(held_out).pipelines[1](x)):eq(purified):all(), true)
    expect(full.pipelines[1].mode, "selective")
  end)

  --- Names of the parameters in which two clients differ.
  local function differing(system)
    local one, two, list = system.models[1], system.models[2], {}
    for _, name in ipairs(one.names) do
      if not one:parameter(name):eq(two:parameter(name)):all() then list[#list + 1] = name end
    end
    return list
  end

  it("keeps gates and normalization with the client, gates alone, or nothing", function()
    local stays, gates = {}, {}
    for _, name in ipairs(full.models[1].names) do
      local is_gate = name:find("gate", 1, true) ~= nil
      if is_gate then gates[#gates + 1] = name end
      if is_gate or name:find("norm", 1, true) then stays[#stays + 1] = name end
    end
    expect(differing(full), stays)
    local gated = make { personal = "gates", mode = "none" }:fit()
    expect(differing(gated), gates)
    expect(differing(shared), {})
    local alike = make { personal = "gates", gate = "even", mode = "none" }:fit()
    expect(alike.models[1]:predict(x):eq(alike.models[2]:predict(x)):all(), true)
    expect(gated.models[1]:predict(x):eq(gated.models[2]:predict(x)):all(), false)
  end)

  it("trains the paper's system by the paper's decisions", function()
    local paper = make { preset = "paper", threshold = { rate = 0.25 }, depth = { rule = "paper_range" } }
    paper:fit():calibrate(held_out)
    local _, info = paper.pipelines[1](x)
    expect(info.flagged:sum():item(), 3)
    expect(paper.options.experts.mixing, "logit")
    expect(paper.pipelines[1].detector, paper.painter)
  end)

  it("has generators learn from all images at once where that is wanted", function()
    local pooled = make { pooled = set }
    pooled:fit_generators()
    expect((pooled.denoiser.model:vector() - full.denoiser.model:vector()):norm():item() > 1e-4, true)
  end)

  it("shows experts all classes equally often where that is wanted", function()
    local skewed = set:sample { mix = { 15, 4 }, count = 19, seed = 3 }
    local plain = make { clients = { skewed }, mode = "none" }:fit()
    local level = make { clients = { skewed }, mode = "none", balanced = true }:fit()
    expect({ plain.lessons[1].class_counts, level.lessons[1].class_counts }, { { 15, 4 }, { 15, 15 } })
    expect(level.clients[1].class_counts, { 15, 4 })
    -- Of the rarer class three are shown four times, and one three times.
    local images, labels = level.lessons[1]:batch()
    local shown, rare, times = images[labels:eq(1)], (skewed:batch())[skewed:labels():eq(1)], {}
    for k = 1, 4 do times[k] = (shown - rare[k]):abs():flatten(2):max(2):eq(0):sum():item() end
    table.sort(times)
    expect(times, { 3, 4, 4, 4 })
    expect((level.models[1]:vector() - plain.models[1]:vector()):norm():item() > 1e-4, true)
  end)

  it("has experts learn alone, and puts them into one mixture that weighs them alike", function()
    local folder, calls = os.tmpname(), 0
    os.remove(folder)
    os.execute("mkdir " .. folder)
    local function system(more)
      return make(fed.util.merged({
        experts = { experts = 2, shared = false, width = 2 }, alone = 2, rounds = 0, mode = "none", folder = folder,
        on_round = function() calls = calls + 1 end,
      }, more))
    end
    local model = system():fit().models[2]
    local p = {}
    for k = 1, 2 do
      local expert = fed.models.mixture_of_experts {
        input = { 1, 16, 16 }, classes = 2, width = 2, experts = 1, shared = false,
      }
      p[k] = expert:load(("%s/expert_%d.safetensors"):format(folder, k)):predict(x):exp()
    end
    expect((p[1] - p[2]):abs():max():item() > 1e-4, true)
    expect(model:predict(x):exp(), (p[1] + p[2]) / 2, 1e-5)
    expect(calls, 8)
    -- What lies in the folder is read, by a system that goes on as well; and so is what that has learned.
    local further = system { rounds = 1 }:fit()
    expect(calls, 10)
    expect((further.models[1]:vector() - model:vector()):norm():item() > 1e-4, true)
    local again = system { rounds = 1 }:fit()
    expect(calls, 10)
    expect(again.models[2]:vector():eq(further.models[2]:vector()):all(), true)
    expect_error("expert_1.safetensors does not fit", function()
      system { experts = { experts = 2, shared = false, width = 3 } }:fit()
    end)
    os.execute("rm -r " .. folder)
  end)

  it("refuses no clients, unknown ablations, and heads that should learn alone", function()
    expect_error("personal = \"norm\" is not allowed", function() make { personal = "norm" } end)
    expect_error("alone needs experts = { shared = false }", function() make { alone = 1 } end)
    expect_error("medfedpure: there are no clients", function() fed.recipes.medfedpure { clients = {} } end)
    expect_error("option 'ablation' = \"half\" is not allowed", function() make { ablation = "half" } end)
  end)
end)
