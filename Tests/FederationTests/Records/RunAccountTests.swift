import Testing

@testable import Federation

@Suite struct RunAccountTests {
  private func krum(_ f: JSONValue) -> JSONValue {
    .object([("name", .string("fed.aggregators.krum")), ("options", .object([("f", f), ("m", .int(1))]))])
  }

  private func texts(_ old: JSONValue, _ new: JSONValue) -> [String] {
    RunAccount.differences(.object([("defense", old)]), .object([("defense", new)])).map(\.text)
  }

  @Test func `exactly the option that differs is named, however deep it lies`() {
    #expect(texts(krum(.int(2)), krum(.int(3))) == ["defense.f: 2 -> 3"])
    func mixing(_ rule: JSONValue) -> JSONValue {
      .object([("name", .string("mixing")), ("options", .object([("f", .int(1)), ("rule", rule)]))])
    }
    #expect(texts(mixing(krum(.int(2))), mixing(krum(.int(3)))) == ["defense.rule.f: 2 -> 3"])
    let chain = [krum(.int(1)), krum(.int(2))]
    #expect(texts(.array(chain), .array([krum(.int(1)), krum(.int(5))])) == ["defense[2].f: 2 -> 5"])
  }

  @Test func `another rule is one difference, and so is a missing one`() {
    let mean = JSONValue.object([("name", .string("fed.aggregators.mean")), ("options", .object([]))])
    #expect(texts(krum(.int(2)), mean) == ["defense: fed.aggregators.krum { f = 2, m = 1 } -> fed.aggregators.mean"])
    let none = RunAccount.differences(.object([]), .object([("attack", mean)]))
    #expect(none.map(\.text) == ["attack: none -> fed.aggregators.mean"])
  }

  @Test func `numbers are compared by value, and functions by what they say`() {
    #expect(texts(krum(.int(2)), krum(.double(2))).isEmpty)
    func function(_ line: Int, _ hash: String, _ factor: Int) -> JSONValue {
      .object([
        ("function", .string("x.lua")), ("line", .int(line)), ("sha256", .string(hash)),
        ("captured", .object([("factor", .int(factor))])),
      ])
    }
    #expect(texts(function(3, "aa", 1), function(9, "aa", 1)).isEmpty)
    #expect(texts(function(3, "aa", 1), function(3, "aa", 2)) == ["defense.captured.factor: 1 -> 2"])
    #expect(texts(function(3, "aa", 1), function(3, "bb", 1)) == ["defense.sha256: aa -> bb"])
    #expect(texts(function(3, "aa", 1), krum(.int(1))).count == 1)
  }
}
