import LuaRuntime
import Testing

@Suite struct EvaluatorTests {
  private func shown(_ entries: String...) throws -> String {
    let evaluator = Evaluator(try makeState())
    var last = ""
    for entry in entries {
      switch evaluator.evaluate(entry) {
      case .values(let texts): last = texts.joined(separator: "\t")
      case .incomplete: last = "…"
      case .failure(let error): last = "! " + error.message
      }
    }
    return last
  }

  @Test(
    "An entry is shown as a person would want it",
    arguments: [
      ("1 + 1", "2"), ("= 7", "7"), ("x = 3", ""), ("'text'", "text"), ("nil", "nil"), ("1, 'a', nil", "1\ta\tnil"),
      ("{}", "{}"), ("{1, 2, {3}}", "{ 1, 2, { 3 } }"), ("{'a', b = 'c\\n'}", "{ \"a\", b = \"c\\n\" }"),
      (
        "{b = 1, a = 2, [10] = 3, ['x y'] = 4, ['end'] = 5}", "{ [10] = 3, a = 2, b = 1, [\"end\"] = 5, [\"x y\"] = 4 }"
      ),
      ("{{{{{1}}}}}", "{ { { { {…} } } } }"), ("print", "function"), ("(function() end)", "function"),
      ("count.sum", "function fed.count.sum(a: number, b: number) -> number"), ("count.new(3)", "Counter(3)"),
      ("{count.new(3)}", "{ Counter(3) }"), ("{[true] = 1}", "{ [true] = 1 }"), ("1;", ""), ("1; ", ""),
      ("for i = 1, 2 do", "…"), ("f(", "…"), ("x = = 2", "! stdin:1: unexpected symbol near '='"),
      ("error('bad')", "! stdin:1: bad"), ("error({})", "! an error object was raised: {}"),
      ("setmetatable({}, {__tostring = function() return 'me' end})", "me"),
      ("setmetatable({}, {__tostring = error})", "<error in tostring: …>"),
      ("count.sum(1)", "! stdin:1: bad argument…"),
      ("return 5", "5"), ("[[a\nb]]", "a\nb"), ("-- a comment", ""), ("1 -- one", "1"),
    ])
  func entries(entry: String, expected: String) throws {
    let text = try shown(entry)
    if expected.hasSuffix("…") && expected != "…" || expected.hasSuffix("…>") {
      #expect(text.hasPrefix(String(expected.prefix { $0 != "…" })))
    } else {
      #expect(text == expected)
    }
  }

  @Test("The last result is kept in _, and globals live on")
  func memory() throws {
    #expect(try shown("20 + 1", "_ * 2") == "42")
    #expect(try shown("x = 4", "x * x") == "16")
    #expect(try shown("7;", "_") == "7")
  }

  @Test("A cycle ends, and long tables are cut and laid out in lines")
  func bigTables() throws {
    #expect(try shown("t = {1}; t.me = t", "t") == "{ 1, me = <cycle> }")
    let numbers = try shown("(function() local t = {} for i = 1, 60 do t[i] = i end return t end)()")
    #expect(numbers.split(separator: "\n").count == 53)
    #expect(numbers.hasSuffix("  50,\n  … 10 more\n}"))
  }

  @Test("Members that are not loaded yet are shown by name")
  func lazyMembers() throws {
    #expect(try shown("setmetatable({a = 1}, {__scripts = {a = 'm.a', b = 'm.b'}})") == "{ a = 1, b = … }")
  }

  @Test("Colors surround values but not the text of strings at the top")
  func colors() throws {
    var evaluator = Evaluator(try makeState())
    evaluator.usesColor = true
    guard case .values(let texts) = evaluator.evaluate("{a = 1}, 'plain'") else { return #expect(Bool(false)) }
    #expect(texts == ["{ \u{1b}[33ma\u{1b}[0m = \u{1b}[36m1\u{1b}[0m }", "plain"])
  }

  @Test(
    "Tab completes names without running code",
    arguments: [
      ("count.s", "um(", ["count.sum("]), ("print(count.to", "tal(", ["count.total("]),
      ("fed.cou", "nt.", ["fed.count."]),
      ("c:ad", "d(", ["c:add("]), ("c.va", "lue", ["c.value"]), ("c:va", "", []), ("s:upp", "er(", ["s:upper("]),
      ("whi", "le", ["while"]), ("nothing.", "", []), ("trap.a.", "", []),
      ("string.re", "", ["string.rep(", "string.reverse("]),
      ("lazy.kr", "um", ["lazy.krum"]), ("x = {count.li", "", ["count.list(", "count.live("]),
    ])
  func completion(line: String, insertion: String, candidates: [String]) throws {
    let state = try makeState()
    try state.run(
      """
      c = count.new(1); s = 'x'
      trap = setmetatable({}, {__index = function() error('code ran') end})
      lazy = setmetatable({}, {__scripts = {krum = 'fed.krum'}})
      """)
    let found = Evaluator(state).complete(line)
    if !(found.candidates.count > 1) { #expect(found.insertion == insertion) }
    #expect(found.candidates == candidates)
  }
}
