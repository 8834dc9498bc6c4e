import Foundation
import LuaBindings
import LuaRuntime
import TestSupport
import Testing

/// What scripts of a sandbox must not do, a file each in `hostile/`, and what the sandbox offers them instead.
@Suite("The sandbox of policies")
struct SandboxTests {
  private static let folder = Program.packageRoot + "/Tests/LuaBindingsTests/hostile"
  static let hostile = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()

  /// A policy that runs whatever text it is given, and 6 * 7 without any.
  private static let runner = """
    return function(text, name)
      if text then return assert(load(text, name))() end
      return 6 * 7
    end
    """

  /// Opens a state with the runner as `run`.
  private func makeHost(_ limits: String = "") throws -> LuaState {
    let scratch = try Scratch()
    let state = try HostModules.open()
    state.redirectPrint { _ in }
    let path = try scratch.write(Self.runner, to: "runner.lua")
    try state.run("run = fed.policy.load('\(path)', { \(limits) })", name: "=host")
    withExtendedLifetime(scratch) {}
    return state
  }

  private func run(_ script: String, in state: LuaState) throws -> String {
    state.setGlobal("script", script)
    return try state.evaluate("return tostring(run(script, '=policy'))", name: "=host")
  }

  @Test("Hostile scripts end in an error, and the same state answers afterwards", arguments: hostile)
  func hostileScript(name: String) throws {
    let host = try makeHost("instructions = 1e7, memory = '64M', tensor_memory = '256M', seconds = 600")
    host.setGlobal("script", try String(contentsOfFile: "\(Self.folder)/\(name)", encoding: .utf8))
    let message: String = try host.evaluate(
      """
      local ok, message = pcall(run, script, '=hostile')
      assert(not ok, "it ended by itself")
      return tostring(message)
      """, name: "=host")
    #expect(message.hasPrefix("hostile:") && !message.contains("seconds"), "\(message)")
    #expect(try host.evaluate("return run()", as: Int.self) == 42)
    #expect(try host.evaluate("return 6 * 7", as: Int.self) == 42)
  }

  @Test("There is a hostile script for each hole that is known")
  func holes() { #expect(Self.hostile.count > 60) }

  @Test("Limits are told with the line, and say what allows more")
  func messages() throws {
    let host = try makeHost("instructions = 2000")
    let error = #expect(throws: LuaError.self) { try run("\nwhile true do end", in: host) }
    #expect(
      error?.message == "policy:2: stopped after 2000 instructions; options of fed.policy.load allow more")
    #expect(error?.traceback?.contains("policy:2: in") == true)
  }

  @Test("A budget of instructions ends a script at the same place in every run")
  func deterministic() throws {
    let script = "local n = 0; pcall(function() while true do n = n + #tostring({n}); kept = n end end)"
    let ends = try (0..<3).map { _ in
      let host = try makeHost("instructions = 50000")
      #expect(throws: LuaError.self) { try run(script, in: host) }
      return try run("return kept", in: host)
    }
    #expect(Int(ends[0]) ?? 0 > 100)
    #expect(Set(ends).count == 1)
  }

  @Test("Tables are walked in the order of their keys")
  func order() throws {
    let host = try makeHost()
    let script = """
      local t, words = { 10, 20, z = 1, a = 2, [-1] = 3, [2.5] = 4, [true] = 5, [false] = 6 }, {}
      for key, value in pairs(t) do words[#words + 1] = tostring(key) .. "=" .. value end
      local key = next(t)
      while key ~= nil do words[#words + 1], key = tostring(key), next(t, key) end
      for k in pairs(t) do t[k] = nil end
      words[#words + 1] = tostring(next(t))
      local proxy = setmetatable({}, { __pairs = function() return function(_, k) return not k and 1 or nil end end })
      for k in pairs(proxy) do words[#words + 1] = k end
      return table.concat(words, " ")
      """
    #expect(
      try run(script, in: host)
        == "-1=3 1=10 2=20 2.5=4 a=2 z=1 false=6 true=5 -1 1 2 2.5 a z false true nil 1")
    let error = #expect(throws: LuaError.self) { try run("for _ in pairs { [{}] = 1 } do end", in: host) }
    #expect(error?.message.contains("a key is a table, which has no order") == true)
  }

  @Test("Sorting keeps the order of equal elements and takes any comparison")
  func sorting() throws {
    let host = try makeHost()
    let script = """
      local list = {}
      for i = 1, 300 do list[i] = { key = i * 7 % 10, place = i } end
      table.sort(list, function(a, b) return a.key < b.key end)
      for i = 2, #list do
        local a, b = list[i - 1], list[i]
        assert(a.key < b.key or (a.key == b.key and a.place < b.place))
      end
      local words = { "b", "a", "c" }
      table.sort(words)
      table.sort(list, function() return true end)
      return table.concat(words) .. #list
      """
    #expect(try run(script, in: host) == "abc300")
  }

  @Test("math.random draws the same numbers in every run, and others for another seed")
  func randomness() throws {
    let draw = "return math.random(1 << 40)"
    let first = try run(draw, in: makeHost("seed = 3")), again = try run(draw, in: makeHost("seed = 3"))
    #expect(first == again)
    #expect(try run(draw, in: makeHost("seed = 4")) != first)
  }

  @Test("The table library agrees with that of Lua")
  func tables() throws {
    let script = """
      local t = { 1, 2, 3, 4, 5 }
      table.insert(t, 6) table.insert(t, 1, 0) table.insert(t, 4, 9)
      local out = { table.remove(t), table.remove(t, 1), table.remove(t, 3), tostring(table.remove({})) }
      table.move(t, 2, 4, 3) table.move(t, 3, 5, 1) table.move({ 7, 8 }, 1, 2, 2, t)
      out[#out + 1] = table.concat(t, ",") .. table.concat(t, "-", 2, 3) .. table.concat({}, "x")
      out[#out + 1] = select("#", table.unpack({ 1, nil, 3 }, 1, 3)) .. select("#", table.unpack({}))
      for _, mistake in ipairs {
        function() table.insert(t, 9, 1) end, function() table.insert(t) end, function() table.remove(t, 9) end,
        function() table.concat { {} } end, function() table.move(t, 1, math.maxinteger, 2) end,
        function() table.insert(nil, 1) end, function() table.unpack({}, 1, 1e8) end,
      } do out[#out + 1] = tostring(pcall(mistake)) end
      return table.concat(out, " ")
      """
    let plain: String = try HostModules.open().evaluate(script, name: "=plain")
    #expect(try run(script, in: makeHost()) == plain)
  }

  @Test("What a policy prints is what `print` of the host shows")
  func printing() throws {
    let host = try makeHost()
    var lines: [String] = []
    host.redirectPrint { lines.append($0) }
    _ = try run("print('a', 1, {}, print) return 1", in: host)
    #expect(lines == ["a\t1\ttable\tfunction"])
  }

  @Test("A policy's library loads as a whole, and nothing in it takes a path")
  func noPaths() throws {
    let host = try makeHost()
    let found = try run(
      """
      local found, seen = {}, {}
      local function walk(table, path)
        if seen[table] then return end
        seen[table] = true
        for key, value in pairs(table) do
          if type(value) == "table" then walk(value, path .. "." .. tostring(key)) end
          for _, word in ipairs { "load$", "^save", "file", "replay", "simulation", "^data$", "images" } do
            if tostring(key):find(word) and path:find("fed") then found[#found + 1] = path .. "." .. key end
          end
        end
      end
      walk(fed, "fed")
      return table.concat(found, " ")
      """, in: host)
    #expect(found == "")
  }

  // In a process of its own: other tests take memory at the same time.
  @Test("Sandboxes that come and go leave nothing behind")
  func flatMemory() throws {
    let scratch = try Scratch()
    let policy = try scratch.write("return function() local t = {} while true do t[#t + 1] = {} end end", to: "p.lua")
    let script = try scratch.write(
      """
      local function cycle(count)
        for _ = 1, count do
          local rule = fed.policy.load("\(policy)", { instructions = 20000, memory = "1M" })
          assert(not pcall(rule))
        end
        collectgarbage() collectgarbage()
        return tonumber(io.open("/proc/self/statm"):read("a"):match("%d+ (%d+)"))
      end
      local before = cycle(400)  -- what the allocator keeps for the next is there after some hundred
      print(cycle(500) - before)
      """, to: "script.lua")
    let outcome = try Program.fedlua().run(["run", script])
    withExtendedLifetime(scratch) {}
    #expect(outcome.status == 0, "\(outcome.errors)")
    let pages = try #require(Int(outcome.lastLine))
    #expect(pages < 2048, "8 MiB, where 500 sandboxes take more than a hundred")
  }
}
