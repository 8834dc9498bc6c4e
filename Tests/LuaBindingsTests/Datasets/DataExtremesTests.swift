import LuaRuntime
import Testing

@testable import LuaBindings

/// Every function of `fed.data`, `fed.partition` and `fed.images`, and every method of a data set, with each argument
/// and each option in turn at its extremes: each call gives a result or an error, and the host lives on.
@Suite struct DataExtremesTests {
  private static let extremes = """
    local function extremes()
      return {
        0, 1, -1, 1 << 31, 1 << 62, math.maxinteger, math.mininteger, -(1 << 62), 0.5, -0.0, 0/0, 1/0, -1/0, 1e300,
        5e-324, -2^63, 2^63, true, false, "", "\\0", {}, { 0 }, { 1 }, { -1 }, { 1 << 62 }, { math.mininteger },
        { math.maxinteger, math.maxinteger }, { 1 << 62, 1 << 62, 4 }, { 1 << 31, 1 << 31 }, { 0/0 }, { 0/0, 1 },
        { 1/0, -1/0 }, { "" }, { {} }, { size = 1 << 62 }, { count = math.mininteger }, { test = 0/0 },
        fed.zeros(0), fed.zeros(3, 0), fed.tensor(2), fed.tensor { 0/0, 1/0 }, fed.labels { math.maxinteger, -1 },
        fed.ones(1):expand(1 << 20), fed.ones(1, 1, 1, 1):expand(1 << 10, 3, 8, 8),
      }
    end
    """

  /// What a call needs to succeed: arguments by the names of parameters, and options that must be given.
  private static let sound = """
    local set = fed.data.from_tensors(fed.randn { 12, 1, 8, 8, seed = 1 }, { 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2 },
      { groups = { 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6 }, sites = { 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2 } })
    local arguments = {
      set = set, dataset = set, other = set, images = fed.zeros(2, 1, 8, 8), masks = fed.zeros(2, 1, 8, 8),
      path = "/no/such/file", inputs = fed.zeros(12, 3), labels = { 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2 },
      size = 4, filter = "area", positions = { 1 }, position = 1, count = 2, region = "lesion",
    }
    local needed = {
      clients = 2, concentration = 1, share = 0.5, dir = "/no/such/folder", path = "/no/such/file", train = 9, count = 2,
      minimum_samples = 1, size = 16, leak = false,
    }
    """

  /// Name, names of the parameters and names of the options of each call, as a table of Lua.
  private static let calls: String = {
    let functions = HostModules.registry.bindings.filter { binding in
      ["fed.data.", "fed.partition.", "fed.images."].contains { binding.fullName.hasPrefix($0) }
    }.map { ($0.fullName, $0.documentation) }
    let methods = datasetClass.methods.map { (":" + $0.name, $0.documentation) }
    return (functions + methods).map { name, documentation in
      let parameters = documentation.parameters.map { parameter in
        let options = parameter.options.filter { $0.name != "filter" }.map { "\"\($0.name)\"" }
        return "{ \"\(parameter.name)\", { \(options.joined(separator: ", ")) } }"
      }
      return "{ \"\(name)\", { \(parameters.joined(separator: ", ")) } }"
    }.joined(separator: ",\n")
  }()

  private func run(_ code: String) throws -> [String] {
    let state = try HostModules.open()
    var lines: [String] = []
    state.redirectPrint { lines += $0.split(separator: "\n").map(String.init) }
    try state.run(Self.extremes + "\n" + Self.sound + "\n" + code, name: "=extremes")
    return lines
  }

  /// Makes the calls, and tells whether there were as many as there should be.
  private static let sweep = """
    local failures, done = 0, 0
    local function plain(parameter)
      local name, options = parameter[1], parameter[2]
      if #options == 0 then return arguments[name] end
      local table = {}
      for _, option in ipairs(options) do table[option] = needed[option] end
      return table
    end
    local function try(name, list, count)
      local target = fed
      if name:sub(1, 1) == ":" then
        list = { set, table.unpack(list, 1, count) }
        count, target = count + 1, set[name:sub(2)]
      else
        for part in name:gmatch("[^.]+") do if part ~= "fed" then target = target[part] end end
      end
      local results = table.pack(pcall(target, table.unpack(list, 1, count)))
      done = done + 1
      if not results[1] then failures = failures + 1 end
      for i = 2, results.n do pcall(tostring, results[i]) end
      return results[1]
    end
    for _, call in ipairs(calls) do
      local name, parameters = call[1], call[2]
      for place, parameter in ipairs(parameters) do
        for _, value in ipairs(extremes()) do
          local list = {}
          for i, other in ipairs(parameters) do list[i] = plain(other) end
          list[place] = value
          try(name, list, #parameters)
          for _, option in ipairs(parameter[2]) do
            list[place] = plain(parameter)
            list[place][option] = value
            try(name, list, #parameters)
          end
        end
      end
    end
    print(done > 5000 and failures > done / 3, #calls > 40)
    """

  @Test("extreme arguments and options never end the host")
  func survives() throws {
    let lines = try run("local calls = { \(Self.calls) }\n" + Self.sweep)
    #expect(lines == ["true\ttrue"])
  }

  /// Each of these asks for more than any machine has, or for what no set can be.
  @Test(
    "sizes beyond everything are errors",
    arguments: [
      "fed.data.blobs { train = 1 << 62 }", "fed.data.blobs { test = math.maxinteger }",
      "fed.data.blobs { shape = { 1 << 62, 4, 4 } }", "fed.data.blobs { shape = { math.mininteger } }",
      "fed.data.blobs { classes = 1 << 62 }", "fed.data.blobs { train = -1 }",
      "fed.data.synthetic_mri { count = 1 << 62 }", "fed.data.synthetic_mri { size = 1 << 62 }",
      "fed.data.synthetic_mri { slices_per_patient = math.maxinteger }",
      "fed.data.from_tensors(fed.zeros(2, 2), { 0, 1 }, { classes = 1 << 62 })",
      "fed.data.from_tensors(fed.zeros(2, 2), { 0, 1 }, { groups = { 'a' } })",
      "fed.data.from_tensors(fed.zeros(2, 2), { 0, 1 }, { sites = {} })",
      "fed.data.nifti { dir = '/tmp', axis = math.mininteger }", "fed.data.nifti { dir = '/tmp', slices = -1 }",
      "fed.data.nifti { dir = '/tmp', frame = math.mininteger }",
      "fed.data.nifti { dir = '/tmp', size = { 1 << 62, 4 } }",
      "fed.data.images { dir = '/tmp', size = 1 << 62 }", "fed.data.images { dir = '/tmp', window = { 0/0, 1 } }",
      "fed.partition.identical(set, { clients = 1 << 62 })",
      "fed.partition.identical(set, { clients = 2, minimum_samples = math.maxinteger })",
      "fed.partition.shards(set, { clients = 2, minimum_samples = 1, shards_per_client = 1 << 62 })",
      "fed.partition.by_group(set, { minimum_samples = 1 << 62 })", "fed.partition.by_site(set, { ids = { 1 } })",
      "fed.images.resize(fed.zeros(1, 4, 4), 1 << 62)", "fed.images.resize(fed.zeros(1, 4, 4), { 1 << 62, 1 << 62 })",
      "fed.images.center_crop(fed.zeros(1, 4, 4), math.maxinteger)",
      "fed.images.grid(fed.zeros(2, 1, 4, 4), { gap = 1 << 62 })",
      "fed.images.augment { shift = 1 << 62 }", "set:sample { count = 1 << 62 }",
      "set:sample { count = 4, mix = { 1, 0/0, 1 } }", "set:split { 1 << 62, 1 << 62 }",
      "set:batch { math.mininteger }",
      "set:subset { 1 << 62 }", "set:take(math.mininteger)", "set:ids { 0 }", "set:relabel { 1 << 62 }",
      "set:batches { size = math.mininteger }",
    ])
  func refuses(_ call: String) throws {
    #expect(try run("print((pcall(function() return \(call) end)))") == ["false"])
  }

  @Test("a batch may be larger than any set")
  func batches() throws {
    let lines = try run("for x in set:batches { size = math.maxinteger, drop_last = true } do print(#x) end")
    #expect(lines == ["12"])
  }
}
