import LuaBindings
import LuaRuntime
import TestSupport
import Testing

/// Rules and attacks from files, in the place of the host's own.
@Suite("Policies from files")
struct PolicyTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// What every script here has at hand: `policy(text, options)` loads a file with this text, and `play(options)` runs
  /// three rounds and gives what came of them.
  private static let prelude = """
    local number = 0
    function policy(text, options)
      number = number + 1
      local path = ("%s/p%d.lua"):format(folder, number)
      local file = assert(io.open(path, "w"))
      file:write(text)
      file:close()
      return fed.policy.load(path, options)
    end
    function play(options)
      local train, test = fed.data.blobs { train = 120, test = 60, classes = 3 }
      local run = fed.simulation {
        clients = fed.partition.identical(train, { clients = 5 }), test = test, rounds = 3, seed = 5,
        model = fed.models.mlp { inputs = 2, hidden = { 6 }, classes = 3 }, byzantine = { 5 },
        attack = options.attack, defense = options.defense, root = options.root,
      }
      local lines = {}
      for round in run:rounds() do lines[#lines + 1] = ("%a %a"):format(round.loss, round.update_norm) end
      return table.concat(lines, "\\n"), run
    end
    function wrong(f, ...)
      local ok, message = pcall(f, ...)
      assert(not ok, "no error")
      message = tostring(message)
      local first, last = message:find(folder .. "/", 1, true)
      return first and message:sub(1, first - 1) .. message:sub(last + 1) or message
    end
    """

  private func check(_ script: String) throws {
    let host = try HostModules.open()
    host.setGlobal("folder", scratch.folder)
    for name in ["policy", "play", "wrong"] { host.setGlobal(name, false) }
    try host.run(Self.prelude, name: "=prelude")
    try host.run(script, name: "=script")
  }

  @Test("A rule gives the same bits in a sandbox as outside")
  func sameBits() throws {
    try check(
      """
      local text = "return function(round, updates) return updates:weighted_mean(updates:norms():le(updates:norms():median() * 2)) end"
      local attack = fed.attacks.updates.sign_flip { scale = 10 }
      local plain = play { defense = load(text)(), attack = attack }
      assert(play { defense = policy(text), attack = attack } == plain)
      assert(play { attack = attack } ~= plain)
      """)
  }

  @Test("Attacks, rules of the library and rules made of options come out of a policy")
  func kinds() throws {
    try check(
      """
      local flip = "return function(context) return context.honest:mean() * -3 end"
      local krum = fed.aggregators.krum { f = 1 }
      local plain = play { attack = load(flip)(), defense = krum }
      assert(play { attack = policy(flip), defense = krum } == plain)
      local text = "return function(options) return fed.aggregators.krum { f = options.f } end"
      local made = policy(text, { options = { f = 1 } })
      collectgarbage()
      assert(made.f == 1 and play { attack = policy(flip), defense = made } == plain)
      assert(play { attack = policy("return { knowledge = 'cohort', attack = function(c) return c.honest:mean() * -3 end }"),
        defense = krum } == plain)
      assert(play { attack = policy "return fed.attacks.updates.sign_flip { scale = 4 }" }
        == play { attack = fed.attacks.updates.sign_flip { scale = 4 } })
      local drawn = "return function(round, updates) return updates[round.stream:integer(#updates)] end"
      assert(play { defense = policy(drawn) } == play { defense = load(drawn)() })
      """)
  }

  @Test("Hooks of a table work, with what they remember in checkpoints")
  func hooks() throws {
    try check(
      """
      local rule = policy [[
        local seen = 0
        return {
          name = "counting", needs = { updates = "gram", instructions = 1e6 },
          weigh = function(round, gram)
            seen = seen + 1
            local weights = {}
            for _, id in ipairs(gram.ids) do weights[id] = gram:norms()[1] > 0 and 1 or 0 end
            return weights
          end,
          on_save = function() return { seen = seen, deep = { { 1 }, fed.ones(2) } } end,
          on_load = function(saved) seen = saved.seen end,
        }
      ]]
      assert(rule.needs == "gram" and rule.name == "counting")
      local _, run = play { defense = rule }
      assert(rule.on_save().seen == 3 and rule.on_save().deep[2]:sum():item() == 2)
      rule.on_load { seen = 40 }
      assert(rule.on_save().seen == 40)
      local mean = policy "return { needs = 'sum', aggregate = function(round, mean) return mean.update * 0.5 end }"
      assert(play { defense = mean } ~= play {})
      """)
  }

  @Test("What a policy needs is held against what it may use before it runs")
  func needs() throws {
    try check(
      """
      local message = wrong(policy, "return { needs = { instructions = 1e9 }, weigh = print }")
      assert(message:find("p1.lua: it needs instructions = 1000000000, and 10000000 are allowed", 1, true), message)
      message = wrong(policy, "return { needs = { memory = 100 << 20 }, weigh = print }", { memory = "32M" })
      assert(message:find("it needs memory = 104857600, and 33554432 are allowed", 1, true), message)
      message = wrong(policy, "return { needs = { network = true }, weigh = print }")
      assert(message:find("needs: unknown need; instructions, memory, root", 1, true), message)
      assert(policy("return { needs = { memory = 1000, seconds = 1 }, weigh = print }").needs == nil)
      """)
  }

  @Test("Mistakes are told with the policy's line, and what cannot cross is named")
  func mistakes() throws {
    try check(
      """
      local message = wrong(policy("return function(r)\\n  return r.nope.field\\nend"), {})
      assert(message == "p1.lua:2: attempt to index a nil value (field 'nope')", message)
      message = wrong(policy, "return function(")
      assert(message:find("p2.lua:1: ", 1, true) and message:find("near <eof>", 1, true), message)
      message = wrong(policy, "return 7")
      assert(message:find("the file returns no policy; a function, a table of hooks or a rule is needed", 1, true), message)
      message = wrong(fed.policy.load, "nowhere.lua")
      assert(message:find("cannot read 'nowhere.lua': No such file", 1, true), message)
      local echo = policy "return function(...) return ... end"
      assert(wrong(echo, print):find("a function cannot enter a policy", 1, true))
      local loop = {}
      loop[1] = loop
      assert(wrong(echo, loop):find("a table holds itself", 1, true))
      assert(wrong(echo, { [{}] = 1 }):find("a key is a table", 1, true))
      assert(wrong(policy "return function() return coroutine.create(print) end"):find("a coroutine cannot leave", 1, true))
      """)
  }

  @Test("Data cross as copies, objects as themselves")
  func crossing() throws {
    try check(
      """
      local echo = policy "return function(...) return ... end"
      local shared = { 1 }
      local back, text, flag, none, number = echo({ shared, shared, x = { y = 0.5 } }, "a\\0\\200", true, nil, 1 << 60)
      assert(back[1] == back[2] and back[1] ~= shared and back[1][1] == 1 and back.x.y == 0.5)
      assert(text == "a\\0\\200" and flag == true and none == nil and number == 1 << 60)
      assert(math.type(echo(3)) == "integer" and math.type(echo(3.0)) == "float")
      local tensor = fed.ones(3)
      echo(tensor):add_(1)
      assert(tensor:sum():item() == 6)
      local change = policy "return function(t) t[1] = 5; t.new = true end"
      change(shared)
      assert(shared[1] == 1 and shared.new == nil)
      local counter = policy "local n = 0; return function() n = n + 1; return function() return n end end"
      counter()
      assert(counter()() == 2)
      """)
  }

  @Test("A rule that an attack asks runs inside of the policy's call")
  func nested() throws {
    try check(
      """
      local asking = policy [[
        return { knowledge = "everything", attack = function(context)
          local sent = context.own.tensor * -10
          while context:decide(sent).info.chosen ~= 5 and sent:norm():item() > 1e-3 do sent = sent * 0.5 end
          return sent
        end }
      ]]
      assert(#play { attack = asking, defense = fed.aggregators.krum { f = 1 } } > 20)
      local broken = fed.aggregator("broken", function() error { code = 7 } end)
      local message = wrong(play, { attack = asking, defense = broken })
      assert(message:find("an error object of another state", 1, true), message)
      """)
  }

  @Test("Policies of clients give the same bits for any number of threads, and those of traced functions")
  func clients() throws {
    try check(
      """
      local function file(text, options)
        local path = folder .. "/clients.lua"
        local file = assert(io.open(path, "w"))
        file:write(text)
        file:close()
        return fed.policy.file(path, options)
      end
      local function train(training, threads)
        training.optimizer, training.steps = fed.optim.sgd { lr = 0.1 }, 5
        local run = fed.simulation {
          clients = fed.partition.identical(fed.data.blobs { train = 120, classes = 3 }, { clients = 6 }), rounds = 2,
          model = fed.models.mlp { inputs = 2, hidden = { 6 }, classes = 3 }, seed = 3, threads = threads,
          local_training = fed.local_training.define(training),
        }
        local norms = {}
        for round in run:rounds() do norms[#norms + 1] = ("%a"):format(round.update_norm) end
        return table.concat(norms, " ")
      end
      local text = "return { correct = function(g, s) return g + (s.weights - s.global) * 0.5 end }"
      local traced = train { correct = function(g, s) return g + (s.weights - s.global) * 0.5 end }
      assert(train { policy = file(text) } == traced)
      local noisy = [[return function(options)
        return { after_step = function(weights, s)
          assert(s.steps >= 0 and s.client >= 1 and s.client <= 6 and s.round >= 1 and s.lr == 0.1)
          if math.random() < 0.5 then return weights * (1 - options.decay * s.client) end
        end }
      end]]
      local one = train({ policy = file(noisy, { options = { decay = 0.01 } }) }, 1)
      assert(train({ policy = file(noisy, { options = { decay = 0.01 } }) }, 4) == one)
      assert(train({ policy = file(noisy, { options = { decay = 0.02 } }) }, 4) ~= one)
      local ok, message = pcall(train, { policy = file "return { correct = function(g, s) while true do end end }" })
      assert(not ok and tostring(message):find("stopped after 10000000 instructions", 1, true), tostring(message))
      ok, message = pcall(train, { policy = file(text), correct = print })
      assert(not ok and message:find("option 'policy': the file has the functions", 1, true), message)
      """)
  }
}
