import Testing

@testable import LuaRuntime

/// Errors raised over and over must leave no native object behind.
@Suite struct LeakTests {
  @Test("100,000 errors of ten kinds leave no object alive")
  func bindingErrors() throws {
    try expectNoLeak(
      """
      local mistakes = {
        function(c) c:add(-1) end, function(c) c:add('x') end, function(c) c:add(c) end, function(c) return c + {} end,
        function(c) return c.vaule end, function(c) c.half = 1 end, function(c) return c[11] end,
        function(c) count.options{owner = c, start = -1} end, function(c) count.options{owner = c, unknown = 2} end,
        function(c) count.list{c} end,
      }
      local failures = 0
      for i = 1, 100000 do
        if not pcall(mistakes[i % 10 + 1], count.new(i)) then failures = failures + 1 end
      end
      return failures
      """, failures: 100_000)
  }

  @Test("10,000 errors through Lua, Swift and Lua leave no object alive")
  func nestedErrors() throws {
    try expectNoLeak(
      """
      local failures = 0
      local function fail(x) local y <close> = count.new(2); return x.nope.field end
      for i = 1, 10000 do
        if not pcall(count.call, function(x) return count.call(fail, x) end, {}) then failures = failures + 1 end
      end
      return failures
      """, failures: 10_000)
  }

  @Test("Errors in coroutines and iterators leave no object alive")
  func coroutineErrors() throws {
    try expectNoLeak(
      """
      local failures = 0
      for i = 1, 5000 do
        local run = coroutine.wrap(function() local c = count.new(9); coroutine.yield(c); c:add(-1) end)
        run()
        if not pcall(run) then failures = failures + 1 end
        if not pcall(function() for s in count.new(9):steps() do end end) then failures = failures + 1 end
      end
      return failures
      """, failures: 10_000)
  }

  @Test("References that Swift drops are freed on the state's thread")
  func references() throws {
    let state = try makeState()
    let heap = try state.evaluate("collectgarbage() return collectgarbage('count')", as: Double.self)
    for _ in 0..<20_000 { _ = try state.evaluate("return function() end", as: LuaFunction.self) }
    state.collectGarbage()
    let after = try state.evaluate("collectgarbage() return collectgarbage('count')", as: Double.self)
    #expect(after < heap + 64)
  }

  @Test("Native memory drives the collector: garbage stays near 4 MiB")
  func nativePressure() throws {
    try Tally.$current.withValue(Tally()) {
      let state = try makeState()
      let peak = try state.evaluate(
        """
        local peak = 0
        for i = 1, 4000 do local c = count.big(256 * 1024); peak = math.max(peak, count.live()) end
        return peak
        """, as: Int.self)
      #expect(peak <= 40)
      #expect(state.nativeBytes <= 40 * 256 * 1024)
    }
  }

  @Test("The end of a scope, close and the end of the state free objects")
  func lifetimes() throws {
    try Tally.$current.withValue(Tally()) {
      let state = try makeState()
      let alive = try state.evaluate(
        "do local c <close> = count.new(1) end; count.new(1):close(); keep = count.new(1) return count.live()",
        as: Int.self)
      #expect(alive == 1)
      #expect(state.nativeBytes == 0)
    }
  }

  private func expectNoLeak(_ script: String, failures: Int) throws {
    try Tally.$current.withValue(Tally()) {
      let state = try makeState()
      #expect(try state.evaluate(script, as: Int.self) == failures)
      #expect(Tally.current.count < failures)
      state.collectGarbage()
      #expect(Tally.current.count == 0)
    }
  }
}
