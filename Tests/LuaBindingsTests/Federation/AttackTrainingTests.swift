import LuaBindings
import LuaRuntime
import Testing

/// Byzantine clients that train in their own way, remember, vote, and hold no data.
struct AttackTrainingTests {
  private func evaluate<Result: LuaReadable>(_ script: String, threads: Int = 2) throws -> Result {
    try RunScript.evaluate(script, threads: threads, byzantine: "{ 2, 4 }")
  }

  /// Rows of the first round, by client.
  private let rows = """
    local function rows(options)
      local seen
      options.rounds = options.rounds or 1
      options.defense = function(_, updates) seen = updates return updates:mean() end
      local run = make(options)
      for _ in run:rounds() do end
      return seen
    end
    local plain = rows { byzantine = {} }

    """

  @Test func `a boosted step moves Byzantine clients as far as it says, and nobody else`() throws {
    let result: String = try evaluate(
      rows + """
        local sgd = fed.optim.sgd { lr = 0.1 }
        local one = rows { byzantine = {}, local_training = { batch = 1000, steps = 1, optimizer = sgd } }
        local boosted = rows {
          local_training = { batch = 1000, steps = 1, optimizer = sgd },
          attack = { local_training = fed.local_training.define {
            batch = 1000, steps = 1, optimizer = sgd, correct = function(g) return g * -10 end } },
        }
        local told = {}
        for client = 1, 5 do
          local factor = (client == 2 or client == 4) and -10 or 1
          local distance = (boosted[client] - one[client] * factor):abs():max():item()
          if not (distance < 1e-5) then told[#told + 1] = client .. ": " .. distance end
        end
        return table.concat(told, " ")
        """)
    #expect(result.isEmpty)
  }

  @Test func `a gradient mask of the round keeps Byzantine clients out of coordinates, as Neurotoxin does`() throws {
    let script =
      rows + """
        local mask
        local attack = {
          -- Only where the server moved least in the round before.
          on_round_start = function(round)
            mask = fed.zeros { 51 } + 1
            if round.previous_update then
              mask = round.previous_update:abs():le(round.previous_update:abs():median():item()):to("float32")
            end
          end,
          local_training = fed.local_training.define { batch = 16, optimizer = fed.optim.sgd { lr = 0.1, momentum = 0.9 },
            correct = function(g) return g * mask end },
        }
        local seen = rows { attack = attack, rounds = 2 }
        local outside = 0
        for client = 1, 5 do
          local moved = (seen[client] * (1 - mask)):abs():max():item()
          if client == 2 or client == 4 then outside = math.max(outside, moved) else assert(moved > 0, client) end
          assert((seen[client] * mask):abs():max():item() > 0)
        end
        assert(mask:sum():item() > 10 and mask:sum():item() < 41)
        return outside
        """
    #expect(try evaluate(script, threads: 1) as Double == 0)
    #expect(try evaluate(script, threads: 2) as Double == 0)
  }

  @Test func `a step that projects holds Byzantine clients in a ball around the global model`() throws {
    let script =
      rows + """
        local seen = rows { attack = { local_training = fed.local_training.define {
          batch = 16, optimizer = fed.optim.sgd { lr = 0.1, momentum = 0.9 },
          after_step = function(w, s)
            local away = w - s.global
            return s.global + away * (0.01 / (away * away):sum():sqrt():clamp(0.01, 1e9))
          end } } }
        return { seen:norms()[2], seen:norms()[4], seen:norms()[1] }
        """
    let norms: [Double] = try evaluate(script)
    #expect(abs(norms[0] - 0.01) < 1e-4 && abs(norms[1] - 0.01) < 1e-4 && norms[2] > 0.05)
  }

  @Test func `an attacker trains with its own loss, optimizer and number of steps`() throws {
    let script =
      rows + """
        local own = { batch = 16, steps = 2, optimizer = fed.optim.adam { lr = 0.01 },
          loss = function(model, batch) return -model(batch.inputs):cross_entropy(batch.labels) end }
        local all = rows { byzantine = {}, local_training = own }
        local some = rows { attack = { local_training = own } }
        local told = {}
        for client = 1, 5 do
          local expected = (client == 2 or client == 4) and all[client] or plain[client]
          told[client] = (some[client] - expected):abs():max():item()
        end
        return told
        """
    for threads in [1, 2] {
      #expect(try evaluate(script, threads: threads) as [Double] == [0, 0, 0, 0, 0])
    }
  }

  @Test func `its training rests with the attack, and stands beside an algorithm that sends more than updates`() throws
  {
    let script = """
      local own = { local_training = { batch = 16, steps = 1, optimizer = fed.optim.sgd { lr = 5 } } }
      local late = fed.attacks.during(fed.schedules.from_round { from = 3, value = 1 }, own)
      -- Where attackers take part, rows are kept and averaged, which rounds otherwise than a running mean.
      local first, second
      local function apart(a, b) return (a.model:vector() - b.model:vector()):abs():max():item() end
      local plain = make { attack = nil, byzantine = {} }
      local attacked = make { attack = late }
      for _ = 1, 2 do plain:next_round() attacked:next_round() end
      first = apart(plain, attacked) < 1e-6
      plain:next_round() attacked:next_round()
      second = apart(plain, attacked) > 1e-3
      local scaffold = make { attack = own, local_training = fed.local_training.scaffold {
        batch = 16, optimizer = fed.optim.sgd { lr = 0.05 } } }
      return first and second and #finish(scaffold) == 64
      """
    #expect(try evaluate(script) as Bool)
  }

  @Test func `what an attacker's training cannot have is an error`() throws {
    let script = """
      local function told(training)
        return refused(finish, make { attack = { local_training = training } })
      end
      return { told { keep_optimizer = true }, told { local_parameters = "head" } }
      """
    let told: [String] = try evaluate(script)
    #expect(told[0].contains("starts afresh") && told[1].contains("its local parameters are"))
  }

  @Test func `an attack with memory and a training of its own goes on from a checkpoint with the same bits`() throws {
    let script = """
      local function start()
        local memory = { strength = 1, first = false }
        return make { attack = {
          attack = function(context)
            memory.first = memory.first or context.own:mean()
            memory.strength = memory.strength * 1.5
            return context.own.tensor * -memory.strength + memory.first
          end,
          local_training = fed.local_training.define {
            client = { drift = 0 }, batch = 16, optimizer = fed.optim.sgd { lr = 0.1 },
            correct = function(g, s) return g + s.client.drift * 0.1 end,
            finish = function(s) return { client = { drift = s.weights - s.global } } end,
          },
          on_save = function() return memory end,
          on_load = function(saved) memory = saved end,
        } }
      end
      local path = os.tmpname()
      os.remove(path)
      local whole, forgetful = finish(start()), in_pieces(start, path).digest
      os.remove(path)
      return { whole, forgetful }
      """
    let digests: [String] = try evaluate(script)
    #expect(digests[0] == digests[1])
  }

  @Test func `a vote, fake clients and an early look are told from mistakes`() throws {
    let script = """
      local told = {}
      local function tell(...) told[#told + 1] = refused(...) end
      tell(function() finish(make { rounds = 1, attack = { vote = function() return 3 end },
        defense = function(round, updates) round:validate(updates) return updates:mean() end }) end)
      tell(function() finish(make { rounds = 1, byzantine = {}, defense = {
        before_broadcast = function(round) return round.global end, aggregate = fed.aggregators.mean() } }) end)
      tell(make, { byzantine = {}, fake_clients = -1 })
      tell(function() finish(make { rounds = 1, defense = function(round, updates)
        round:validate(updates, { by = "server", clients = { 1 } }) return updates:mean() end }) end)
      local fakes = make { rounds = 1, byzantine = {}, fake_clients = 3, attack = function(context)
        return context.global * -1 end }
      local record = fakes:next_round()
      told[#told + 1] = table.concat(fakes.byzantine, " ") .. " " .. #record.clients .. " "
        .. tostring(fakes) .. " " .. record.cost.uploads
      return told
      """
    let told: [String] = try evaluate(script)
    #expect(told[0].contains("vote returned a number"))
    #expect(told[1].contains("before_broadcast returned"))
    #expect(told[2].contains("fake_clients"))
    #expect(told[3].contains("option 'clients' is for by = \"clients\""))
    #expect(told[4] == "6 7 8 8 Run of 8 clients, round 1 of 1 8")
  }

  @Test func `a maker that was not called is told as one, for defenses, attacks and hooks`() throws {
    let script = """
      return {
        refused(make, { defense = fed.aggregators.krum }), refused(make, { attack = fed.attacks.updates.sign_flip }),
        refused(function() make().defense = fed.aggregators.coordinate_median end),
        refused(make, { defense = fed.aggregators.fltrust }),
      }
      """
    let told: [String] = try evaluate(script)
    for (message, path) in zip(
      told,
      [
        "defense: fed.aggregators.krum was not called; write defense = fed.aggregators.krum { … }",
        "attack: fed.attacks.updates.sign_flip was not called; write attack = fed.attacks.updates.sign_flip { … }",
        "fed.aggregators.coordinate_median was not called", "fed.aggregators.fltrust was not called",
      ])
    { #expect(message.contains(path), "\(message)") }
  }
}
