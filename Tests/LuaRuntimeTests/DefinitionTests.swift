import LuaRuntime
import Testing

/// Functions that scripts define: checked and explained like native ones.
@Suite struct DefinitionTests {
  private static let tools = BindingModule("fed", "Tools.") { module in module.addDefinitions() }

  private static let pick = """
    return fed.define {
      "Picks a few.",
      options = {
        count = { "How many.", type = "integer", at_least = 1 },
        rate = { 0.5, "How fast.", above = 0, at_most = 1 },
        from = { 0, "Where to start." },
        mode = { "up", "Which way.", one_of = { "up", "down" } },
        who = { nil, "Whose.", type = "Counter" },
        value = { 1.0, "A value, or a function.", type = "number|function" },
        sizes = { nil, "Sizes.", type = "integer[]" },
      },
      returns = { "string", "What was picked." }, source = "Own.", deviation = "None that is known.",
      example = { "print(fed.count.pick { count = 2 })", prints = "2 0.5 0 up nil 1.0" },
      make = function(o, path)
        if o.count == 7 then error(path .. ": seven", 0) end
        return table.concat({ o.count, o.rate, o.from, o.mode, tostring(o.who), tostring(o.value) }, " ")
      end,
    }
    """

  private func open() throws -> LuaState {
    let state = try makeState()
    state.open(Self.tools)
    state.openHelp()
    state.searchModules(in: [], library: { $0 == "fed.count.pick" ? Self.pick : nil }, modules: ["fed.count.pick"])
    return state
  }

  @Test(
    "A defined function gets its options checked and filled up",
    arguments: [
      ("{ count = 2 }", "2 0.5 0 up nil 1.0"), ("{ count = 3.0, rate = 1, mode = 'down' }", "3 1 0 down nil 1.0"),
      ("{ count = 1, from = -4, value = 0, sizes = { 1, 2 } }", "1 0.5 -4 up nil 0"),
    ])
  func values(_ options: String, _ expected: String) throws {
    #expect(try open().evaluate("return (require 'fed.count.pick')\(options)", as: String.self) == expected)
  }

  @Test("What stands at the key 1 of the options is about the array part")
  func items() throws {
    let state = try open()
    try state.run(
      """
      pick = fed.define {
        "Joins.", name = "fed.join", options = { { "Parts.", type = "string|integer" }, by = { " ", "Between." } },
        make = function(o) return table.concat(o, o.by) end,
      }
      """, name: "=script")
    #expect(try state.evaluate("return pick { 'a', 2, 'c', by = '-' }", as: String.self) == "a-2-c")
    #expect(try state.evaluate("return pick()", as: String.self) == "")
    let cases = [
      ("{ 'a', true }", "element 2: string or integer expected, got boolean"),
      ("{ [3] = 'a' }", "a list goes from 1 to n"),
    ]
    for (options, message) in cases {
      let text = try state.evaluate("local _, e = pcall(pick, \(options)) return e", as: String.self)
      #expect(text.contains(message), "\(text)")
    }
    #expect(
      try state.evaluate(
        "return select(2, pcall(fed.define, { 'x', name = 'y', options = { [2] = { 1, 'x' } }, make = print }))",
        as: String.self
      ).contains("or the key 1"))
  }

  @Test(
    "Mistakes are told as those of native functions",
    arguments: [
      ("{}", "option 'count' is missing, integer expected"),
      (
        "{ coutn = 3 }",
        "unknown option 'coutn'; did you mean 'count'?; the options are count, from, mode, rate, sizes, value, who"
      ),
      ("{ count = 0 }", "option 'count' = 0 is not allowed; it must be at least 1"),
      ("{ count = 1.5 }", "option 'count': integer expected, got 1.5"),
      ("{ count = 'x' }", "option 'count': integer expected, got string"),
      ("{ count = 1, rate = 0 }", "option 'rate' = 0 is not allowed; it must be above 0 and at most 1"),
      ("{ count = 1, rate = 0/0 }", "option 'rate' = nan is not allowed; it must be above 0 and at most 1"),
      (
        "{ count = 1, mode = 'sideways' }",
        "option 'mode' = \"sideways\" is not allowed; it must be one of \"up\", \"down\""
      ),
      ("{ count = 1, who = 3 }", "option 'who': Counter expected, got number"),
      ("{ count = 1, value = {} }", "option 'value': number or function expected, got table"),
      ("{ count = 1, sizes = { 1, 'x' } }", "option 'sizes': element 2: integer expected, got string"),
      (
        "{ count = 1, sizes = { 1, n = 2 } }",
        "option 'sizes': a list goes from 1 to n and has no other keys, got the key 'n' in a list of 1"
      ),
      ("{ count = 7 }", "seven"), ("({ count = 1 }, 2)", "takes 1 argument, got 2"),
    ])
  func mistakes(_ options: String, _ expected: String) throws {
    let state = try open()
    let error = #expect(throws: LuaError.self) {
      try state.run("local pick = require 'fed.count.pick'\npick\(options)", name: "=s")
    }
    #expect(
      error?.message.replacing("-nan", with: "nan") == (expected == "seven" ? "" : "s:2: ") + "fed.count.pick: "
        + expected)
  }

  @Test("Help finds it by its short name, before anybody has loaded it")
  func help() throws {
    let state = try open()
    let text = try #require(state.help(for: "pick"))
    for line in [
      "fed.count.pick(options: table) -> string", "  Picks a few.",
      "    count: integer  How many. Required. Must be at least 1.",
      "    rate: number  How fast. Must be above 0 and at most 1. Default: 0.5.", "    who: Counter?  Whose.",
      "    Own.", "    None that is known.", "    print(fed.count.pick { count = 2 })",
    ] {
      #expect(text.split(separator: "\n").contains { $0 == line }, "\(line) is not in\n\(text)")
    }
    #expect(state.help(for: "fed.count")?.contains("fed.count.pick(options: table) -> string  Picks a few.") == true)
    #expect(state.registry.complaints().filter { $0.contains("pick") } == [])
  }

  @Test(
    "A definition that contradicts itself is refused",
    arguments: [
      ("\"Does.\"", "option 'make' is missing, function expected"),
      ("\"Does.\", make = print", "a name is missing; a script that `require` loads has one, any other gives name = …"),
      ("name = 'x', make = print", "one sentence says what the function does, got 0"),
      (
        "\"D.\", name = 'x', make = print, options = { a = 3 }",
        "option 'a': a table such as { 1, \"What it is.\" } expected, got number"
      ),
      (
        "\"D.\", name = 'x', make = print, options = { a = { 3 } }",
        "option 'a': a sentence is missing: { default, \"Sentence.\" }, or { \"Sentence.\", type = … } without one"
      ),
      (
        "\"D.\", name = 'x', make = print, options = { a = { \"A.\" } }",
        "option 'a': without a default there must be a type, such as type = \"integer\""
      ),
      (
        "\"D.\", name = 'x', make = print, options = { a = { 0, \"A.\", above = 0 } }",
        "option 'a': option 'a' = 0 is not allowed; it must be above 0"
      ),
      (
        "\"D.\", name = 'x', make = print, options = { a = { 0, \"A.\", abvoe = 0 } }",
        "option 'a': unknown option 'abvoe'; did you mean 'above'?; the options are above, at_least, at_most, below, one_of, type"
      ),
      (
        "\"D.\", name = 'x', make = print, options = { a = { \"A.\", type = \"intger\" } }",
        "option 'a': there is no type 'intger'; did you mean 'integer'?"
      ),
    ])
  func contradictions(_ definition: String, _ expected: String) throws {
    let state = try open()
    let error = #expect(throws: LuaError.self) { try state.run("fed.define { \(definition) }", name: "=s") }
    #expect(error?.message == "s:1: fed.define: " + expected)
  }
}
