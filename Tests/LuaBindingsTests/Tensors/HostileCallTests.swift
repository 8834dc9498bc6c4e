import LuaRuntime
import Testing

@testable import LuaBindings

/// Calls with arguments that no one means: each gives a result or an error, and the host lives on.
@Suite struct HostileCallTests {
  /// Values of all kinds, drawn by position; a fresh set for each call, since calls write into tensors.
  private static let pool = """
    local function pool()
      return {
        nil, true, false, 0, 1, -1, 2, 3, 0.5, -0.0, 0/0, 1/0, -1/0, 1e300, math.maxinteger, math.mininteger,
        math.maxinteger - 1, 1 << 40, 1 << 31, "", "float32", "int64", "uint8", "mean", "none", "\\0x", {}, { 1 }, { 0 },
        { -1 }, { 1, 2 }, { 2, 1 }, { 0, 0 }, { { 1, 2 }, 1 }, { { 2, 1 } }, { math.maxinteger }, { math.mininteger, 1 },
        { 1 << 40, 1 << 40 }, { 0/0 }, { stride = math.maxinteger }, { groups = 1 << 62 }, { padding = 3 },
        { type = "int64" }, { seed = math.mininteger }, { heads = math.maxinteger }, { epsilon = 0/0 },
        { label_smoothing = 0/0 }, { reduction = "sum" }, { low = 0/0 }, { weight = fed.ones(3) },
        fed.ones(1), fed.tensor(2), fed.zeros(0), fed.zeros(0, 3), fed.zeros(3, 0), fed.ones(2, 3), fed.ones(3, 2):t(),
        fed.ones(1, 1):expand(4, 3), fed.zeros(2, 3, 4), fed.ones(1, 2, 4, 4), fed.zeros(2, 0, 4, 4), fed.zeros(0, 2, 4, 4),
        fed.zeros(1, 2, 0, 4), fed.ones(2, 2, 3, 3), fed.ones(2, 1, 3, 3), fed.ones(0, 1, 3, 3), fed.ones(3, 2, 0, 0),
        fed.ones(1, 2, 1, 1):expand(1, 2, 5, 5), fed.tensor { 0/0, 1/0, -1/0 }, fed.tensor { 1e38, -1e38, 1e-45 },
        fed.labels { 0, 1, 2 }, fed.labels { math.maxinteger, math.mininteger, -1 }, fed.labels {}, fed.labels { 1 },
        fed.ones { 3, type = "float64" }, fed.zeros { 2, 3, type = "float64" }, fed.ones { 3, type = "uint8" },
        fed.ones(3):requires_grad(), fed.ones(2, 3):requires_grad() * 2, fed.zeros(3, 3):row(2), fed.arange(1, 5):narrow(1, 2, 3),
        fed.stream { seed = 1 }, fed, print, fed.ones(2, 2):requires_grad():sum():backward(),
      }, 84
    end
    """

  /// All but the one that writes files.
  private static let calls =
    tensorClass.methods.map { ":\($0.name)" } + tensorBindings.functions.map(\.name).filter { $0 != "save" }

  @Test("hostile arguments never end the host", arguments: 0..<4)
  func survives(_ seed: Int) throws {
    let state = try HostModules.open()
    state.redirectPrint { _ in }
    let script =
      Self.pool + """

        local names = { \(Self.calls.map { "\"\($0)\"" }.joined(separator: ", ")) }
        local stream, failures, results = fed.stream { seed = \(seed), purpose = "hostile" }, 0, {}
        for step = 1, 6000 do
          local values, count = pool()
          local function any()
          if stream:uniform() < 0.2 then return results[stream:integer(20)] end
          return values[stream:integer(count)]
        end
          local name = names[stream:integer(#names)]
          local self, a, b, c = values[50 + stream:integer(34)], any(), any(), any()
        if stream:uniform() < 0.3 then self = results[stream:integer(20)] end
          local ok, result
          if name:sub(1, 1) == ":" then
            ok, result = pcall(function() return self[name:sub(2)](self, a, b, c) end)
          else
            ok, result = pcall(fed[name], a, b, c)
          end
          if ok then pcall(tostring, result) else failures = failures + 1 end
        if ok and getmetatable(result) == "Tensor" and result.count < 10000 then results[stream:integer(20)] = result end
          pcall(function() return self + a, self * a, a - self, self / a, self ^ a, -self, #self, self[a], self[b] end)
          pcall(function() self[a] = b end)
          pcall(function() return result:sum():backward()[self] end)
        end
        assert(failures > 1000)
        """
    try state.run(script, name: "=hostile")
    #expect(try state.evaluate("return 6 * 7", as: Int.self) == 42)
  }
}
