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
    let words = try shown("(function() local t = {} for i = 1, 60 do t[i] = {} end return t end)()")
    #expect(words.split(separator: "\n").count == 53)
    #expect(words.hasSuffix("  {},\n  … 10 more\n}"))
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
      ("count.s", "um(", ["sum("]), ("print(count.to", "tal(", ["total("]), ("fed.cou", "nt.", ["count."]),
      ("c:ad", "d(", ["add("]), ("c.va", "lue", ["value"]), ("c:va", "", []), ("c.ad", "", []),
      ("s:upp", "er(", ["upper("]), ("s.upp", "", []),
      ("whi", "le", ["while"]), ("nothing.", "", []), ("trap.a.", "", []),
      ("string.re", "", ["rep(", "reverse("]),
      ("lazy.kr", "um", ["krum"]), ("x = {count.li", "", ["list(", "live("]),
      // What a call returns is known by its declaration.
      ("count.new(3):ad", "d(", ["add("]), ("count.new(3).va", "lue", ["value"]), ("(c):ad", "d(", ["add("]),
      ("c:add():ad", "d(", ["add("]), ("'x':upp", "er(", ["upper("]), ("local y = count.new((1 + 2)):ad", "d(", ["add("]),
      // Options stand where a key can.
      ("count.options { st", "art = ", ["start = "]), ("count.options({ st", "art = ", ["start = "]),
      ("count.options { start = 1, ra", "te = ", ["rate = "]), ("count.options { start = 1, st", "ring.", ["string."]),
      ("count.options { start = count.s", "um(", ["sum("]),
      ("count.options { start = c", "", ["c", "collectgarbage(", "coroutine.", "count."]),
      ("-- count.s", "", []), ("'count.s", "", []), ("5", "", []), (":apr", "opos", [":apropos"]),
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

/// What an entry leaves behind for the next ones.
@Suite struct SessionTests {
  /// Runs entries and returns what each shows; `! ` stands before a failure.
  private func shown(_ entries: String...) throws -> [String] {
    let evaluator = Evaluator(try makeState())
    return entries.map { entry in
      switch evaluator.evaluate(entry) {
      case .values(let texts): texts.joined(separator: "\t")
      case .incomplete: "…"
      case .failure(let error): "! " + error.message
      }
    }
  }

  @Test("A local variable outside of every block is known to later entries, which share it with functions")
  func locals() throws {
    let texts = try shown(
      "local x, y = 5, 'a'", "x .. y", "local function inc() x = x + 1 return x end", "inc()", "x", "x = 10", "inc()",
      "do local hidden = 1 end", "hidden == nil", "local x = 'new'", "x", "inc()")
    #expect(texts == ["", "5a", "", "6", "6", "", "11", "", "true", "", "new", "12"])
  }

  @Test("Constants are known too, variables that close are not, and locals end with an entry that returns")
  func oddLocals() throws {
    #expect(try shown("local k <const> = 7", "k").last == "7")
    #expect(try shown("local c <close> = nil", "rawget(_G, 'c')").last == "nil")
    #expect(try shown("local r = 3 return r", "rawget(_G, 'r')") == ["3", "nil"])
    #expect(try shown("local f = function() local inner = 1 end", "rawget(_G, 'inner')").last == "nil")
    #expect(try shown("for i = 1, 2 do local z = i end local w = 4", "w").last == "4")
  }

  @Test("Lines are counted over the session, in messages and tracebacks")
  func lineNumbers() throws {
    let texts = try shown("x = 1", "function f()\n  error('deep')\nend", "f()", "local y = 2", "y + {}", "x = = 1")
    #expect(texts[2] == "! stdin:3: deep")
    #expect(texts[4].hasPrefix("! stdin:7: attempt to perform arithmetic on a table value"))
    #expect(texts[5] == "! stdin:8: unexpected symbol near '='")
    let evaluator = Evaluator(try makeState())
    _ = evaluator.evaluate("local n = 1")
    guard case .failure(let error) = evaluator.evaluate("n = n + nil") else { return #expect(Bool(false)) }
    #expect(error.traceback == "stack traceback:\n\tstdin:2: in main chunk")
  }

  @Test("The last three results are kept")
  func results() throws {
    #expect(try shown("1", "2", "3", "{_, _1, _2, _3}").last == "{ 3, 3, 2, 1 }")
  }

  @Test(
    "Text is whole or goes on",
    arguments: [("f(", false), ("x = 1", true), ("for i = 1, 2 do", false), ("x = = 1", true), ("[[a", false), ("", true)])
  func completeness(text: String, isComplete: Bool) throws {
    #expect(Evaluator(try makeState()).isComplete(text) == isComplete)
  }

  @Test("Entries with names of a file are counted in its own lines")
  func namedChunks() throws {
    let evaluator = Evaluator(try makeState())
    _ = evaluator.evaluate("x = 1\nx = 2")
    guard case .failure(let error) = evaluator.evaluate("local kept = 4\nerror('no')", named: "@a.lua") else {
      return #expect(Bool(false))
    }
    #expect(error.message == "a.lua:2: no")
  }
}
