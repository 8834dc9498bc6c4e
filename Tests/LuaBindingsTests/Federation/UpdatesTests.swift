import LuaBindings
import LuaRuntime
import Testing

/// Runs a script and returns its result.
private func evaluate<Result: LuaReadable>(_ script: String, as type: Result.Type = Result.self) throws -> Result {
  try HostModules.open().evaluate(script, name: "=updates.lua")
}

/// A run of three clients whose rule is given.
private func run(_ rule: String) -> String {
  """
  local model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3, seed = 1 }
  local run = fed.simulation {
    clients = fed.partition.identical(fed.data.blobs { train = 90, classes = 3 }, { clients = 3 }), rounds = 1,
    model = model, progress = false, defense = \(rule),
  }
  run:next_round()

  """
}

@Suite struct UpdatesTests {
  @Test func `norms of very many updates need no table of all pairs`() throws {
    let script = "local norms = fed.updates(fed.ones(60000, 2)):norms() return norms:max():item() - norms:min():item()"
    #expect(try evaluate(script, as: Double.self) == 0)
  }

  @Test func `what is too large for float32 is measured in float64`() throws {
    let script = """
      local big, small = fed.updates(fed.full({ 2, 100 }, 1e38)), fed.updates(fed.full({ 2, 4 }, 1e-30))
      assert(big:norms().type == "float64" and small:norms().type == "float32")
      assert(math.abs(big:norms()[1] / 1e39 - 1) < 1e-6 and math.abs(small:norms()[1] / 2e-30 - 1) < 1e-6)
      assert(math.abs(big:gram()[{ 1, 2 }] / 1e78 - 1) < 1e-6)
      assert(math.abs(small:gram()[{ 1, 2 }] / 4e-60 - 1) < 1e-6)
      assert(math.abs(small:dot(fed.full({ 4 }, 1e-30))[1] / 4e-60 - 1) < 1e-6)
      return big:cosines()[{ 1, 2 }] + small:cosines()[{ 1, 2 }]
      """
    #expect(abs(try evaluate(script, as: Double.self) - 2) < 1e-6)
  }

  @Test func `a parameter of the updates has the shape and order of the model's own`() throws {
    let script =
      "local seen = {}\n"
      + run(
        """
        function(round, updates)
          seen.global, seen.layers = round.global, updates.layers
          for _, name in ipairs(updates.layers) do seen[name] = updates:parameter(name)[2]:clone() end
          seen.row = updates[2]:clone()
          return seen.row
        end
        """) + """
        for _, name in ipairs(seen.layers) do
          local before, update, after = model:parameter(name), seen[name], run.model:parameter(name)
          assert((before + update - after):abs():max():item() < 1e-6, name)
        end
        return #seen.layers
        """
    #expect(try evaluate(script, as: Int.self) == 4)
  }

  @Test func `hand-made updates keep layers, ids and samples of those they are like`() throws {
    let script =
      "local kept\n"
      + run(
        """
        function(round, updates)
          kept = fed.updates(updates.tensor * 2, { like = updates })
          assert(#kept.layers == #updates.layers and kept.ids[3] == updates.ids[3] and kept.samples[1] == updates.samples[1])
          local one = fed.updates({ updates[1]:to_table() }, { like = updates, ids = { 9 } })
          assert(#one.layers == #updates.layers and one.ids[1] == 9 and one.samples[1] == 1)
          assert(#fed.updates({ { 1, 2 } }, { like = updates }).layers == 0)
          local layer = updates:layer { updates.layers[2], updates.layers[1] }
          assert(#layer.layers == 2 and layer.layers[1] == updates.layers[2])
          assert(#updates:with(updates.tensor * 2).layers == #updates.layers)
          return updates:mean()
        end
        """) + "return #kept.layers"
    #expect(try evaluate(script, as: Int.self) == 4)
  }

  @Test func `an aggregator tells its update and its decision`() throws {
    let script = """
      local rule = fed.aggregator("two", function(_, updates)
        return { update = updates[1], weights = { [4] = 1, [7] = 0 }, flagged = { 7 }, info = { why = "far" } }
      end)
      local update, decision = rule(fed.updates({ {1, 2}, {3, 4} }, { ids = { 4, 7 } }))
      assert(update[2] == 2 and decision.weights[1] == 1 and decision.flagged[1] == 7 and decision.info.why == "far")
      update, decision = fed.aggregators.mean() { {1}, {3} }
      return update[1] == 2 and #decision.flagged == 0 and decision.weights == nil
      """
    #expect(try evaluate(script, as: Bool.self))
  }

  @Test(arguments: [
    ("fed.updates { {1}, {2} }:select_where(fed.tensor { 0, 0 })", "the mask leaves out every row"),
    ("fed.updates { {1}, {2} }:select_where { true }", "a mask of 1 booleans does not fit"),
    ("fed.updates { {1}, {2} }:select { 0 }", "row 0 does not exist; 1 to 2 is allowed"),
    ("fed.updates { {1, 2} }:columns { 3 }", "columns = 3 is not allowed; 1 to d = 2 is allowed"),
    ("fed.updates { {1, 2} }:columns { math.mininteger }", "is not allowed; 1 to d = 2 is allowed"),
    ("fed.updates { {1, 2} }:columns {}", "columns = none is not allowed"),
    ("fed.updates { {1, 2} }:columns { count = 3, stream = fed.stream { seed = 1 } }", "count = 3 is not allowed"),
    ("fed.updates { {1, 2} }:columns { count = 1 }", "count needs a stream"),
    ("fed.updates { {1, 2} }:sketch { size = 2^62 }", "1 to 2^30 is allowed"),
    ("fed.updates { {1, 2} }:nearest(2^62)", "1 to n = 1 is allowed"),
    ("fed.updates { {1, 2} }:nearest_means(2)", "1 to n = 1 is allowed"),
    ("fed.updates { {1, 2} }:mean_around_median { keep = 2 }", "1 to n = 1 is allowed"),
    ("fed.updates { {1, 2} }:minus { 1 }", "shape [1] is not an update; [2] is needed"),
    ("fed.updates { {1, 2} }:minus(fed.updates { {1, 2}, {3, 4} })", "2 values for n = 1 updates"),
    ("fed.updates { {1, 2} }:with(fed.ones(2, 2))", "[1, d] is needed"),
    ("fed.updates { {1, 2} }:layer { }", "one name or more is needed"),
    ("fed.updates { {1, 2} }:parameter('w')", "there is no 'w'"),
    ("fed.updates { {1, 0/0} }:unit()", "is not finite"),
    ("fed.updates { {1, 0/0}, {1, 2} }:mixed { {1, 0}, {0, 1} }", "mixed: the update of client 1 is not finite"),
    ("fed.updates { {1, 0/0}, {1, 2} }:distance { 1, 2 }", "distance: the update of client 1 is not finite"),
    ("fed.updates { {1, 2} }:mixed { {1, 2} }", "[1, 1] is needed"),
    (
      "fed.aggregator('own', function(_, u) return u[1] end, { unchecked = true })({ {1, 2}, {1, 1/0} })",
      "own: the update of client 2 is not finite"
    ),
    (
      "fed.aggregator('own', function(_, u) error 'lost' end, { unchecked = true })({ {1, 2}, {1, 1/0} })",
      "own: the update of client 2 is not finite"
    ),
    ("fed.updates { {1, 2} }:cosine { {1} }", "is not an update; [2] is needed"),
  ])
  func `what cannot be done is an error`(call: String, part: String) throws {
    let error = #expect(throws: LuaError.self) { try evaluate("return tostring(\(call))", as: String.self) }
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
  }
}
