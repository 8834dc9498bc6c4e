import Foundation
import LuaRuntime
import Synchronization
import Testing

/// A flag that native loops poll, as the compute core's.
private let stop = Atomic<Bool>(false)

/// SIGINT has one receiver in a process, so these run one after the other.
@Suite(.serialized) struct InterruptTests {
  /// Runs a script that never ends, and interrupts it a moment after its first line, which may prepare something.
  private func interrupt(_ script: String, preparation: String = "") throws -> (error: LuaError?, state: LuaState) {
    stop.store(false, ordering: .relaxed)
    let state = try makeState()
    state.open(loops)
    state.catchInterrupts { stop.store(true, ordering: .relaxed) }
    let error = #expect(throws: LuaError.self) {
      try state.run("\(preparation) fed.loops.interrupt_soon() keep = 6\n" + script, name: "=loop")
    }
    return (error, state)
  }

  /// A variable whose end never ends.
  private static let endlessVariable =
    "local x <close> = setmetatable({}, {__close = function() while true do end end})"

  private let loops = BindingModule("fed.loops", "Loops.") { module in
    module.function("interrupt_soon", "Sends SIGINT in a moment.") { () in
      Thread.detachNewThread {
        Thread.sleep(forTimeInterval: 0.02)
        kill(getpid(), SIGINT)
      }
      return Nothing()
    }
    module.function("native", "Runs until it is stopped.") { () -> Nothing in
      while !stop.load(ordering: .relaxed) {}
      throw ComputeError(description: "interrupted")
    }
    module.function("stubborn", "Catches the errors of its callback.", Parameter("f", "")) {
      (f: LuaFunction) -> Nothing in
      for _ in 1...3 { try? f.run() }
      return Nothing()
    }
  }

  @Test(
    "Ctrl-C stops every kind of loop, and the state goes on",
    arguments: [
      "while true do end", "while true do pcall(function() while true do end end) end",
      "coroutine.wrap(function() while true do end end)()", "while true do pcall(fed.loops.native) end",
      "xpcall(function() while true do end end, function() while true do end end)", "fed.loops.native()",
      "while true do fed.loops.stubborn(function() while true do end end) end",
      "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
      "count.call(function() local x <close> = count.new(1); while true do count.new(2):add() end end)",
      "local t = setmetatable({}, {__index = function() while true do end end}); return t.x",
      "table.sort({3, 2, 1}, function() while true do end end)",
      "string.gsub('x', 'x', function() while true do end end)",
      "table.move({}, 1, 1 << 60, 2)",
      "table.insert(setmetatable({}, {__len = function() return 1 << 60 end}), 1, 0)",
      "('a'):rep(60):find(('a-'):rep(30) .. 'b')", "('a'):rep(1 << 20):gsub('.-b', '')",
      "for _ in ('a'):rep(1 << 20):gmatch('(.-)b') do end", "('('):rep(1 << 20):match('%b()x')",
      "while true do local s = ('xy'):rep(1 << 26, ', ') end",
      "setmetatable({}, {__gc = function() while true do end end}) collectgarbage() while true do end",
      "local co = coroutine.create(function() \(endlessVariable) coroutine.yield() end) "
        + "coroutine.resume(co) coroutine.close(co)",
      "coroutine.wrap(function() \(endlessVariable) error('x') end)()",
    ])
  func loops(script: String) throws {
    let (error, state) = try interrupt(script)
    #expect(error?.kind == .interrupted)
    #expect(error?.message.hasSuffix("interrupted") == true)
    #expect(error?.message.hasPrefix("loop:") == true)
    #expect(state.isInterrupted)
    state.clearInterrupt()
    #expect(try state.evaluate("return keep * 7", as: Int.self) == 42)
    #expect(!state.isInterrupted)
  }

  @Test(
    "Ctrl-C stops a single call on a long text in its midst",
    arguments: [
      "text:upper()", "text:reverse()", "utf8.len(text)", "utf8.offset(text, -1 << 40)",
      "load(code)",
    ])
  func longTexts(call: String) throws {
    let preparation = "local text, code = ('x'):rep(1 << 28), ('y = 1 '):rep(1 << 23)"
    let (error, state) = try interrupt("\(call) ended = true", preparation: preparation)
    #expect(error?.kind == .interrupted)
    state.clearInterrupt()
    #expect(try state.evaluate("return rawget(_G, 'ended') == nil", as: Bool.self))
  }
}
