import LuaRuntime
import Testing

@testable import LuaBindings

/// Every function and method of tensors and streams with numbers at the ends of their range in each argument and each
/// option: each call gives a result or an error, and the host lives on.
@Suite struct ExtremeArgumentTests {
  /// The names of a binding's options, as a Lua table.
  private static func probes(_ binding: Binding) -> String {
    let parameters = binding.documentation.parameters.filter { $0.name != "self" }
    let options = Set(parameters.flatMap(\.options).map(\.name)).filter { !$0.contains("[") }.sorted()
    return "{ \(options.map { "\"\($0)\"" }.joined(separator: ", ")) }"
  }

  private static let script = """
    local extremes = {
      math.mininteger, math.mininteger + 1, math.maxinteger, math.maxinteger - 1, -(1 << 62), 1 << 62, 1 << 53, 1 << 40,
      -(1 << 40), -1, 0, 2, 0.5, -0.0, 1e300, -1e300, 2.0^63, -2.0^63, 1e-320, 0/0, 1/0, -1/0,
    }
    local function tensors()
      return {
        fed.ones(2, 3), fed.ones(1, 4, 2, 2), fed.labels { 0, 1, 2 }, fed.tensor { 1, 2, 3, type = "float64" },
        fed.zeros(0, 2), fed.tensor(2), fed.ones(1, 1):expand(4, 3), fed.labels { math.mininteger, math.maxinteger },
      }
    end
    local function arguments(extreme, options)
      local list = { extreme, { extreme }, { extreme, extreme }, { 1, extreme }, fed.labels { math.tointeger(extreme) or 0 } }
      for _, name in ipairs(options) do
        list[#list + 1] = { [name] = extreme }
        list[#list + 1] = { 2, [name] = extreme }
        list[#list + 1] = { axis = 1, [name] = extreme }
      end
      return list
    end
    local plain = { { 1, 1, 1 }, { fed.ones(2, 3), 1, 1 }, { { 1, 1 }, { 1 }, true }, { 1, nil, nil } }
    local calls = 0
    local function probe(call, selves, options)
      for _, self in ipairs(selves) do
        for _, extreme in ipairs(extremes) do
          for _, argument in ipairs(arguments(extreme, options)) do
            for place = 1, 3 do
              for _, others in ipairs(plain) do
                local given = { others[1], others[2], others[3] }
                given[place] = argument
                local ok, result = pcall(call, self, given[1], given[2], given[3])
                if ok then pcall(tostring, result) end
                calls = calls + 1
              end
            end
          end
        end
      end
    end
    local function probe_method(name, options)
      probe(function(self, ...) return self[name](self, ...) end, tensors(), options)
    end
    local function probe_stream(name, options)
      probe(function(self, ...) return self[name](self, ...) end, { fed.stream { seed = 1 } }, options)
    end
    local function probe_function(name, options)
      local found = fed
      for part in name:gmatch("[^.]+") do found = found[part] end
      probe(function(_, ...) return found(...) end, { false }, options)
    end
    local function probe_operators()
      for _, x in ipairs(tensors()) do
        for _, extreme in ipairs(extremes) do
          for _, e in ipairs { extreme, { extreme }, { extreme, extreme }, { { extreme, extreme } }, { 1, { extreme, 2 } } } do
            local attempts = {
              function() return x + e end, function() return e - x end, function() return x * e end,
              function() return e / x end, function() return x ^ e end, function() return e ^ x end,
              function() return x // e end, function() return e // x end, function() return x % e end,
              function() return e % x end, function() return x[e] end, function() x[e] = 1 end,
              function() x[1] = e end, function() return -x end,
            }
            for _, attempt in ipairs(attempts) do pcall(attempt) end
          end
        end
      end
    end
    local function count() return calls end
    """

  @Test("methods of tensors", arguments: tensorClass.methods.map(\.name).filter { $0 != "close" })
  func methods(name: String) throws {
    let binding = try #require(tensorClass.methods.first { $0.name == name })
    try run("probe_method(\"\(name)\", \(Self.probes(binding)))")
  }

  @Test("methods of streams", arguments: streamClass.methods.map(\.name).filter { $0 != "close" })
  func streams(name: String) throws {
    let binding = try #require(streamClass.methods.first { $0.name == name })
    try run("probe_stream(\"\(name)\", \(Self.probes(binding)))")
  }

  @Test(
    "functions",
    arguments: tensorBindings.functions.map(\.name).filter { $0 != "save" }
      + linearAlgebraBindings.functions.map { "linalg.\($0.name)" })
  func functions(name: String) throws {
    let all = tensorBindings.functions + linearAlgebraBindings.functions
    let binding = try #require(all.first { name.hasSuffix($0.name) })
    try run("probe_function(\"\(name)\", \(Self.probes(binding)))")
  }

  @Test("operators and keys") func operators() throws {
    try run("probe_operators()", calls: 0)
  }

  private func run(_ code: String, calls: Int = 200) throws {
    let state = try HostModules.open()
    state.redirectPrint { _ in }
    try state.run("\(Self.script)\n\(code)\nassert(count() >= \(calls), count())", name: "=extremes")
    #expect(try state.evaluate("return 6 * 7", as: Int.self) == 42)
  }
}
