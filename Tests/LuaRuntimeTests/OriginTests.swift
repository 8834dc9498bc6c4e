import LuaRuntime
import Testing

/// What is known of values that documented functions made.
@Suite struct OriginTests {
  private static let tools = BindingModule("fed", "Tools.") { module in module.addDefinitions() }

  private func account(_ script: String) throws -> Account {
    let state = try makeState()
    state.open(Self.tools)
    let preamble = """
      local rule = fed.define {
        "Makes a rule.", name = "fed.rule",
        options = {
          f = { 1, "How many.", at_least = 0 }, inner = { nil, "A rule.", type = "function" },
          [1] = { "Rules.", type = "any" },
        },
        make = function(o) return o.inner == "same" and o.inner or function() return o.f end end,
      }

      """
    return try state.evaluate(preamble + script, as: LuaValue.self, name: "=test.lua").account
  }

  private func rule(_ options: Account.Field...) -> Account { .made(by: "fed.rule", options: options, beside: []) }

  @Test func `a value is told by the call that made it, with its defaults`() throws {
    #expect(try account("return rule()") == rule(.init("f", .int(1))))
    #expect(try account("return rule { f = 3.0 }") == rule(.init("f", .int(3))))
  }

  @Test func `what lies in options is told, too, and stays as it was when the call was made`() throws {
    let inner = rule(.init("f", .int(2)))
    #expect(
      try account("local o = { inner = rule { f = 2 } }\nlocal r = rule(o)\no.inner = nil\nreturn r")
        == rule(.init("f", .int(1)), .init("inner", inner)))
  }

  @Test func `a list of options is told as items`() throws {
    let account = try account("return rule { rule { f = 2 }, 7 }")
    #expect(account == rule(.init("f", .int(1)), .init("items", .list([rule(.init("f", .int(2))), .int(7)]))))
  }

  @Test func `a plain function is told by its text and what it captured`() throws {
    let told = try account(
      "local factor, list, unused = 2, { 1 }, function() end\nreturn function(x)\n  return x * factor, list\nend")
    guard case .function(let function) = told else {
      Issue.record("\(told)")
      return
    }
    #expect(function.source == "test.lua" && function.text == "return function(x)\n  return x * factor, list\nend")
    #expect(function.captured == [.init("factor", .int(2)), .init("list", .list([.int(1)]))])
  }

  @Test func `tables that hold themselves have an end`() throws {
    let told = try account("local t = { x = 1 }\nt.t = t\nreturn t")
    #expect(told == .fields([.init("t", .string("…")), .init("x", .int(1))]))
  }

  @Test func `a long list of numbers is told by its length and a hash`() throws {
    func hash(_ last: Int) throws -> Account {
      try account("local t = {}\nfor i = 1, 5000 do t[i] = i end\nt[5000] = \(last)\nreturn t")
    }
    guard case .fields(let fields) = try hash(5000) else {
      Issue.record("a list was told in full")
      return
    }
    #expect(fields.first == .init("numbers", .int(5000)))
    #expect(try hash(5000) == hash(5000))
    #expect(try hash(5000) != hash(5001))
  }
}
