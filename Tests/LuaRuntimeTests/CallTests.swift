import LuaRuntime
import Testing

@Suite struct CallTests {
  @Test(
    "Arguments, defaults and results cross",
    arguments: [
      ("return count.sum(1, 2.5)", "3.5"), ("return count.new():add().value", "1"),
      ("return count.new(3):add(4).value", "7"),
      ("return count.total(1, 2, 3)", "6.0"), ("return count.total()", "0.0"), ("return count.list{1, 2}", "3.0"),
      ("local c = count.new(2); return c + c", "Counter(4)"), ("return 5 + count.new(2)", "Counter(7)"),
      ("return #count.new(9)", "9"), ("return count.new(4)[3]", "7"), ("return count.new(4)(3)", "12"),
      ("return count.new(4).half", "2.0"), ("local c = count.new(4); c.value = 9; return c.value", "9"),
      ("local c = count.new(4); c[2] = 9; return c.value", "7"), ("return count.new(1).layer_2", "layer_2!"),
      ("return count.record().list[2]", "2"), ("return tostring(count.record().none)", "nil"),
      ("local a = 0; for i, q in count.new(3):steps() do a = a + q end return a", "14"),
      ("local it = count.new(3):steps(); return it() + it()", "3"),
      ("local c = count.new(1); return tostring(c == c:add())", "true"),
      ("return tostring(count.new(1) == count.new(1))", "false"), ("return getmetatable(count.new(1))", "Counter"),
      ("return select(2, count.open(''))", "no such file"), ("return count.open('x')", "x"),
      ("return require('fed.count') == count and 'same'", "same"),
      ("return select('#', count.options{owner = count.new(1), 2, 3})", "4"),
      ("return select(4, count.options{owner = count.new(1), 2, 3})[2]", "3"),
      ("return select(3, count.options{owner = count.new(1), factor = 4})", "4.0"),
      ("return select(3, count.options{owner = count.new(1), factor = function(x) return x + 1 end})", "4.0"),
      ("return count.call(function(x) return x.y end, {y = 'deep'})", "deep"),
    ])
  func crossing(script: String, expected: String) throws {
    let state = try makeState()
    #expect(try state.evaluate("return tostring((function() \(script) end)())", as: String.self) == expected)
  }

  @Test(
    "Mistakes name line, function, value and what is allowed",
    arguments: [
      ("count.sum(1)", "bad argument #2 'b' to 'fed.count.sum' (number expected, got no value)"),
      ("count.sum(1, 'x')", "bad argument #2 'b' to 'fed.count.sum' (number expected, got string)"),
      ("count.new(1.5)", "bad argument #1 'value' to 'fed.count.new' (integer expected, got 1.5)"),
      ("count.new(1):add('x')", "bad argument #1 'amount' to 'Counter:add' (integer expected, got string)"),
      (
        "count.new(1).add(3)",
        "bad self in call of 'Counter:add' (Counter expected, got number); call methods with a colon"
      ),
      ("count.new(1):add(-1)", "Counter:add: amount -1 is negative; amounts are at least 0"),
      ("count.new(1):scaled(-1)", "Counter:scaled: factor = -1 is not allowed; it must be at least 0"),
      ("count.fail('boom')", "fed.count.fail: boom"), ("count.fail('fail: boom')", "fed.count.fail: boom"),
      ("count.fail('fed.count.fail: boom')", "fed.count.fail: boom"),
      ("return count.new(1) + {}", "bad argument #2 'b' to 'Counter:add' (Counter or integer expected, got table)"),
      ("return count.new(1000000) + 1", "Counter:add: too large"),
      ("return count.new(1)[11]", "Counter[key]: position 11 is out of range 1 to 10"),
      ("return count.new(1)['vaule']", "Counter has no field 'vaule'; did you mean 'value'?"),
      ("count.new(1).half = 2", "'half' of Counter is read-only"),
      ("count.new(1).valeu = 2", "Counter has no field 'valeu' to set; did you mean 'value'?"),
      ("count.new(1).value = 'x'", "Counter.value: integer expected, got string"),
      ("count.list{1, 'x'}", "bad argument #1 'values' to 'fed.count.list' (element 2: number expected, got string)"),
      ("count.options{}", "fed.count.options: option 'owner' is missing, Counter expected"),
      ("count.options(3)", "bad argument #1 'options' to 'fed.count.options' (table of options expected, got number)"),
      (
        "count.options{ownre = 1}",
        "fed.count.options: unknown option 'ownre'; did you mean 'owner'?; the options are factor, label, mode, owner, rate, rule, start"
      ),
      ("count.options{owner = 3}", "fed.count.options: option 'owner': Counter expected, got number"),
      ("count.options{start = -1}", "fed.count.options: option 'start' = -1 is not allowed; it must be at least 0"),
      ("count.options{rate = 1.5}", "fed.count.options: option 'rate' = 1.5 is not allowed; it must be from 0 to 1"),
      ("count.options{'x'}", "fed.count.options: sizes: element 1: integer expected, got string"),
      (
        "count.options{label = 'x'}",
        "fed.count.options: option 'label' = \"x\" is not allowed; it must be one of \"none\", \"short\""
      ),
      (
        "count.options{factor = 'x'}",
        "fed.count.options: option 'factor': number or function expected, got string"
      ),
      (
        "count.options{mode = 'sideways'}",
        "fed.count.options: option 'mode' = \"sideways\" is not allowed; it must be one of \"up\", \"down\""
      ),
      ("count.options{mode = 3}", "fed.count.options: option 'mode': string expected, got number"),
      (
        "count.options{owner = count.new(1), factor = function() return 'x' end}",
        "fed.count.options: the result of 'factor': number expected, got string"
      ),
      (
        "local c = count.new(1); c:close(); c:add()",
        "Counter:add: the Counter is closed"
      ),
      ("for i in count.new(9):steps() do end", "Counter:steps: 7 is unlucky"),
    ])
  func mistakes(script: String, expected: String) throws { try expectMessage(script, expected) }

  @Test(
    "What a call passes and nobody reads is a mistake",
    arguments: [
      ("count.sum(1, 2, 3)", "fed.count.sum: takes 2 arguments, got 3"),
      ("count.sum(1, 2, nil, 3)", "fed.count.sum: takes 2 arguments, got 4"),
      ("count.live(1)", "fed.count.live: takes no arguments, got 1"),
      ("count.new(1):add(1, 2)", "Counter:add: takes 1 argument, got 2"),
      ("count.new(1):steps('x')", "Counter:steps: takes no arguments, got 1"),
      ("count.new(1)(2, 3)", "Counter(…): takes 1 argument, got 2"),
      ("count.options({}, {})", "fed.count.options: takes 1 argument, got 2"),
      ("count:sum(1, 2)", "fed.count.sum: call it with a dot, fed.count.sum(…), and not with a colon"),
      ("count:live()", "fed.count.live: call it with a dot, fed.count.live(…), and not with a colon"),
      (
        "count.list{[0] = 7, 8, 9}",
        "bad argument #1 'values' to 'fed.count.list' (a list goes from 1 to n and has no other keys, got the key 0 in a list of 2)"
      ),
      (
        "count.list{1, z = 2, a = 3}",
        "bad argument #1 'values' to 'fed.count.list' (a list goes from 1 to n and has no other keys, got the key 'a' in a list of 1)"
      ),
      (
        "count.list{1, nil, 3}",
        "bad argument #1 'values' to 'fed.count.list' (element 2 of the list is missing)"
      ),
      (
        "count.options{5, [7] = 1, owner = count.new(1)}",
        "fed.count.options: a list goes from 1 to n and has no other keys, got the key 7 in a list of 1"
      ),
      (
        "count.options{zzz = 1, owner = 3, aaa = 2, start = 'x'}",
        "fed.count.options: unknown option 'aaa'; the options are factor, label, mode, owner, rate, rule, start"
      ),
      (
        "count.options{owner = 3, label = 3, start = 'x'}",
        "fed.count.options: option 'start': integer expected, got string"
      ),
    ])
  func surplus(script: String, expected: String) throws { try expectMessage(script, expected) }

  @Test("A nil at the end of the arguments says nothing")
  func trailingNil() throws {
    let state = try makeState()
    #expect(try state.evaluate("return count.sum(1, 2, nil, nil) + count.new(1, nil).value", as: Int.self) == 4)
  }

  @Test("Bytes that are no UTF-8 are kept or refused, never changed")
  func bytes() throws {
    try expectMessage(
      "count.fail('caf\\xE9')",
      "bad argument #1 'message' to 'fed.count.fail' (text in UTF-8 expected, got the bytes \"caf\\xE9\")")
    try expectMessage(
      "count.options{['\\xE9'] = 1}",
      "fed.count.options: unknown option '\\xE9'; "
        + "the options are factor, label, mode, owner, rate, rule, start")
    let state = try makeState()
    let isKept = try state.evaluate(
      """
      local text = 'caf\\xE9'
      local ok, raised = pcall(count.call, function() error(text, 0) end)
      return count.call(function(x) return x end, text) == text and raised == text
      """, as: Bool.self)
    #expect(isKept)
  }

  @Test("A script takes as many arguments as the command line has")
  func manyArguments() throws {
    let state = try makeState()
    let arguments = (1...5_000).map(String.init)
    try state.run("assert(select('#', ...) == 5000 and select(5000, ...) == '5000')", arguments: arguments)
    #expect(throws: LuaError.self) {
      try state.run("", arguments: [String](repeating: "x", count: 2_000_000))
    }
  }

  private func expectMessage(_ script: String, _ expected: String) throws {
    let state = try makeState()
    let error = #expect(throws: LuaError.self) { try state.run("\n" + script, name: "=script.lua") }
    #expect(error?.message == "script.lua:2: " + expected)
  }
}
