import Foundation
import TestSupport
import Testing

/// Policies in a process of their own: the same results, the limits of the system, and an end when they take too long.
@Suite("Policies in processes")
struct PolicyProcessTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Runs a script with `policy(text, options)` at hand, which loads a text in a process.
  private func run(_ script: String) throws -> Program.Outcome {
    let prelude = """
      local number = 0
      function policy(text, options)
        number = number + 1
        local path = ("\(scratch.folder)/p%d.lua"):format(number)
        local file = assert(io.open(path, "w"))
        file:write(text)
        file:close()
        options = options or {}
        options.isolation = options.isolation or "process"
        return fed.policy.load(path, options)
      end
      -- The processes of policies that run for this one.
      function workers()
        local own, found = io.open("/proc/self/stat"):read("a"):match("^(%d+)"), {}
        for child in io.open(("/proc/%s/task/%s/children"):format(own, own)):read("a"):gmatch("%d+") do
          local command = io.open(("/proc/%s/cmdline"):format(child))
          if command and command:read("a"):find("policy-worker", 1, true) then found[#found + 1] = child end
        end
        return found
      end
      function play(options)
        local train, test = fed.data.blobs { train = 120, test = 60, classes = 3 }
        local run = fed.simulation {
          clients = fed.partition.identical(train, { clients = 5 }), test = test, rounds = 3, seed = 5, progress = false,
          model = fed.models.mlp { inputs = 2, hidden = { 6 }, classes = 3 }, byzantine = { 5 },
          attack = options.attack, defense = options.defense, root = options.root, allow_overlap = true,
        }
        local lines = {}
        for round in run:rounds() do lines[#lines + 1] = ("%a %a"):format(round.loss, round.update_norm) end
        return table.concat(lines, "\\n")
      end

      """
    let path = try scratch.write(prelude + script, to: "script.lua")
    return try Program.fedlua().run(["run", path])
  }

  private func expectSuccess(_ script: String, prints output: String = "") throws {
    let outcome = try run(script)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output == output)
  }

  @Test("Rules and attacks give the same bits as in this process")
  func sameBits() throws {
    try expectSuccess(
      """
      local rule = [[return function(round, updates)
        local pick = updates[round.stream:integer(#updates)]
        return (pick + updates:median()) * 0.5, round.global, #round.history
      end]]
      local flip = "return function(context) return context.honest:mean() * -3 + context.global * 0.01 end"
      local plain = play { defense = load(rule)(), attack = load(flip)() }
      assert(play { defense = policy(rule), attack = policy(flip) } == plain)
      assert(play { defense = policy(rule) } ~= plain)
      local krum = "return function(options) return fed.aggregators.krum { f = options.f } end"
      local made = policy(krum, { options = { f = 1 } })
      assert(made.f == 1)
      assert(play { defense = made, attack = load(flip)() }
        == play { defense = fed.aggregators.krum { f = 1 }, attack = load(flip)() })
      local gram = [[return { needs = { updates = "gram" }, weigh = function(round, gram)
        return gram:squared_distances():sum { axis = 1 }:le(gram:squared_distances():sum { axis = 1 }:median() * 1.5)
      end }]]
      assert(play { defense = policy(gram) } == play { defense = policy(gram, { isolation = "state" }) })
      local sum = "return { needs = 'sum', aggregate = function(round, mean) return mean.update * 0.5 end }"
      assert(play { defense = policy(sum) } == play { defense = policy(sum, { isolation = "state" }) })
      local root = "return { needs = { root = true }, aggregate = function(round, updates) return round.root_update end }"
      local data = fed.data.blobs { train = 60, classes = 3 }
      assert(play { defense = policy(root), root = data } == play { defense = policy(root, { isolation = "state" }), root = data })
      local flipping = "return fed.attacks.updates.sign_flip { scale = 4 }"
      assert(play { attack = policy(flipping) } == play { attack = fed.attacks.updates.sign_flip { scale = 4 } })
      """)
  }

  @Test("Data cross as copies, lines are shown, and mistakes are told")
  func crossing() throws {
    try expectSuccess(
      """
      local echo = policy "return function(...) print('seen', (...)) return ... end"
      local shared = { 1 }
      local back, text, flag, none, number = echo({ shared, shared, x = { y = 0.5 } }, "a\\0\\200", true, nil, 1 << 60)
      assert(back[1] == back[2] and back[1][1] == 1 and back.x.y == 0.5)
      assert(text == "a\\0\\200" and flag == true and none == nil and number == 1 << 60)
      assert(echo(fed.ones(3)):sum():item() == 3)
      local counter = policy "local n = 0; return function() n = n + 1; return function() return n end end"
      counter()
      assert(counter()() == 2)
      local ok, message = pcall(policy("return function(r)\\n  return r.nope.field\\nend"), {})
      assert(message:find("p3.lua:2: attempt to index a nil value (field 'nope')", 1, true), message)
      ok, message = pcall(echo, fed.data.blobs { train = 6 })
      assert(message:find("a Dataset cannot enter or leave a policy in a process of its own", 1, true), message)
      """, prints: "seen\ttable\nseen\tTensor [3] float32\n  1  1  1\n")
  }

  @Test("A limit is told, and the process answers afterwards")
  func limits() throws {
    try expectSuccess(
      """
      local rule = policy("return function(x) if x then while true do pcall(function() end) end end return 42 end",
        { instructions = 1e6 })
      local ok, message = pcall(rule, true)
      assert(message:find("stopped after 1000000 instructions", 1, true), message)
      assert(rule() == 42)
      """)
  }

  @Test("The process has no environment, no files, and a bound on its memory")
  func confined() throws {
    try expectSuccess(
      """
      local rule = policy "return function() return 42 end"
      rule()
      local child = workers()[1]
      local function lines(name)
        local pipe = io.popen(("cat /proc/%s/%s 2>/dev/null"):format(child, name))
        return pipe:read("a")
      end
      local limits = lines "limits"
      assert(limits:find("Max open files%s+3%s+3") and limits:find("Max file size%s+0%s+0"), limits)
      assert(not limits:find("Max address space%s+unlimited"), limits)
      local count = 0
      for _ in io.popen(("ls /proc/%s/fd 2>/dev/null"):format(child)):lines() do count = count + 1 end
      assert(count <= 3, count)
      """)
  }

  @Test("A process that is gone, or takes too long, is told, and the host goes on")
  func gone() throws {
    try expectSuccess(
      """
      local rule = policy "return function() return 42 end"
      assert(rule() == 42)
      os.execute("kill -KILL " .. workers()[1])
      local ok, message = pcall(rule)
      assert(not ok and message:find("its process is gone, signal 9 ended it; load it again", 1, true), message)
      assert(not pcall(rule))
      local next = policy "return function() return 43 end"
      assert(next() == 43)
      """)
  }

  @Test("Processes end with their policies")
  func noneLeft() throws {
    try expectSuccess(
      """
      for _ = 1, 20 do assert(policy("return function() return 1 end")() == 1) end
      assert(#workers() > 0)
      collectgarbage() collectgarbage()
      assert(#workers() <= 1)  -- the last one may still lie on the stack
      """)
  }
}
