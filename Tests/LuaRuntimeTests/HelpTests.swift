import LuaRuntime
import Testing

@Suite struct HelpTests {
  private func help(_ call: String) throws -> String {
    let state = try makeState()
    state.openHelp()
    var lines: [String] = []
    state.redirectPrint { lines.append($0) }
    try state.run(call)
    return lines.joined(separator: "\n")
  }

  @Test("help of a function tells all that its declaration says")
  func function() throws {
    let text = try help("help(count.new)")
    #expect(
      text == """
        fed.count.new(value: integer = 0) -> Counter

          Makes a counter.

          Parameters
            value: integer  Where to start. Default: 0.

          Returns
            The counter.

          Example
            print(fed.count.new(3).value)
            --> 3
        """)
    #expect(try help("help('fed.count.new')") == text)
    #expect(try help("help('new')") == text)
  }

  @Test("help of options lists their defaults and limits")
  func options() throws {
    let lines = try help("help(count.options)").split(separator: "\n").map { $0.drop { $0 == " " } }
    #expect(lines.contains("start: integer  Where to start. Must be at least 0. Default: 1."))
    #expect(lines.contains("label: string  What to show. Must be one of \"none\", \"short\". Default: \"none\"."))
    #expect(lines.contains("mode: string  Which way. Must be one of \"up\", \"down\". Default: \"up\"."))
    #expect(lines.contains("owner: Counter  Whose it is. Required."))
    #expect(lines.contains("factor: number|function  A number or a function. Default: 1."))
  }

  @Test("help of objects, classes, methods, modules and names")
  func others() throws {
    let type = try help("help(count.new(1))")
    #expect(type.contains("value: integer  The value."))
    #expect(type.contains("Counter:add(amount: integer = 1) -> Counter  Adds to the value."))
    #expect(type.contains("#Counter"))
    #expect(try help("help('Counter')") == type)
    #expect(try help("help(count.new(1).add)") == help("help('Counter:add')"))
    #expect(try help("help(count)").contains("fed.count.sum(a: number, b: number) -> number  Adds two numbers."))
    #expect(try help("help()").contains("fed.count: Counting."))
    #expect(try help("help('fed.count.nwe')") == "nothing is known of 'fed.count.nwe'; did you mean 'fed.count.new'?")
    #expect(try help("help(3)") == "a number")
    #expect(try help("help({})") == "a table")
    #expect(try help("help(print)").hasPrefix("print"))
  }

  @Test("help of a function written in Lua is the comment above it")
  func scripted() throws {
    let state = try makeState()
    state.openHelp()
    let source = """
      --- Decides by picking.

      --- Picks one.
      -- In two lines.
      ---@param updates { n: integer, d: integer } What to pick from.
      ---@param by fun(x: any): number
      ---@return any update
      return function(updates, by)
        return updates[1]
      end
      """
    state.searchModules(in: [], library: { $0 == "fed.count.pick" ? source : nil }, modules: ["fed.count.pick"])
    var lines: [String] = []
    state.redirectPrint { lines.append($0) }
    try state.run("help(require 'fed.count.pick') help('fed.count.pick') help('fed.count') help()")
    #expect(
      lines[0]
        == """
        fed.count.pick(updates, by)

          Picks one.
          In two lines.

          Parameters
            updates: { n: integer, d: integer }  What to pick from.
            by: fun(x: any): number

          Returns
            any update
        """)
    #expect(lines[1] == lines[0])
    #expect(lines[2].hasSuffix("  Written in Lua\n    fed.count.pick(updates, by)  Decides by picking."))
    #expect(lines[3].contains("record, pick, Counter"))
  }

  @Test("The registry complains of what a reader could not use")
  func complaints() throws {
    let module = BindingModule("fed.bad", "Bad.") { module in
      module.function("plain", "No stop", Parameter("x", "")) { (x: Double) in x }
      module.function("plain", "Twice.") { () in Nothing() }
    }
    #expect(
      Registry([module]).complaints() == [
        "fed.bad.plain: the sentence must end with a full stop", "fed.bad.plain: parameter 'x' has no sentence",
        "fed.bad.plain: says nothing of its result", "fed.bad.plain: has no example", "fed.bad.plain: has no example",
        "fed.bad.plain: declared twice",
      ])
  }

  @Test("An example that prints something else is told with both texts")
  func examples() throws {
    let runner = ExampleRunner { () throws(LuaError) in
      do { return try makeState() } catch { throw LuaError(.runtime, "\(error)") }
    }
    func mismatch(_ code: String, _ output: String) -> String? {
      let text = Documentation("Shows.", example: Example(code, prints: output))
      return runner.mismatch(Binding(owner: "", "show", .function, text) { (_) throws(LuaFailure) in 0 })?.actual
    }
    #expect(mismatch("print(1, 'a')\nprint()", "1\ta\n") == nil)
    #expect(mismatch("print(2)", "1") == "2")
    #expect(mismatch("print(1) error('bad', 0)", "1") == "1\nerror: bad")
  }
}
