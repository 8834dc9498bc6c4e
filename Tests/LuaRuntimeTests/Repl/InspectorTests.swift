@testable import LuaRuntime
import Testing

@Suite struct InspectorTests {
  private func text(_ expression: String, width: Int = 60, depth: Int = 4, items: Int = 50) throws -> String {
    let state = try makeState()
    var inspector = Inspector(state: state)
    (inspector.lineWidth, inspector.maximumDepth, inspector.maximumItems) = (width, depth, items)
    return inspector.text(of: try state.evaluate("return " + expression))
  }

  private static let numbers = "(function() local t = {} for i = 1, 30 do t[i] = i * 7 end return t end)()"

  @Test("Numbers of a list stand in rows and columns as wide as the screen")
  func rows() throws {
    let lines = try text(Self.numbers, width: 40).split(separator: "\n")
    #expect(lines.first == "{")
    #expect(lines[1] == "    7,  14,  21,  28,  35,  42,  49,")
    #expect(lines.last == "}")
    #expect(lines.allSatisfy { $0.count <= 40 })
    let wide = try text(Self.numbers, width: 120).split(separator: "\n")
    #expect(wide.count < lines.count)
    #expect(try text(Self.numbers, items: 3).hasSuffix("… 18 more\n}"))
  }

  @Test("A list of records is a table of one line a record")
  func records() throws {
    let clients =
      "{ { id = 1, norm = 0.5, flagged = false }, { id = 2, norm = 12.25, flagged = true, reason = 'far' } }"
    #expect(
      try text(clients) == """
        id  flagged     norm  reason
         1  false    0.50000
         2  true      12.250  far
        """)
    #expect(
      try text("{ round = 3, clients = \(clients) }") == """
        {
          clients =
            id  flagged     norm  reason
             1  false    0.50000
             2  true      12.250  far,
          round = 3
        }
        """)
    #expect(try text(clients, width: 20).hasSuffix("… and norm, reason"))
    #expect(try text(clients, items: 1).hasSuffix("… 1 more"))
  }

  @Test("Columns of equal length are a table too; what is no table of records is not")
  func columns() throws {
    #expect(
      try text("{ round = { 1, 2, 3 }, loss = { 0.5, 0.25, 0.125 } }") == """
        round     loss
            1  0.50000
            2  0.25000
            3  0.12500
        """)
    #expect(try text("{ a = { 1, 2 }, b = { 1 } }") == "{ a = { 1, 2 }, b = { 1 } }")
    #expect(try text("{ { 1, 2 }, { 3, 4 } }") == "{ { 1, 2 }, { 3, 4 } }")
    #expect(try text("{ { a = 1 }, { b = 2 } }") == "{ { a = 1 }, { b = 2 } }")
  }

  @Test("Depth and entries are limited as asked")
  func limits() throws {
    #expect(try text("{ { { 1 } } }", depth: 2) == "{ { {…} } }")
    #expect(try text("{ a = {}, b = {}, c = {} }", items: 2) == "{ a = {}, b = {}, … 1 more }")
  }

  @Test("Numbers of tables have five digits that count")
  func numbers() {
    let cases = [
      0.0: "0", 1234567: "1234567", 0.00001: "1.0000e-05", -2.5: "-2.5000", 1e9: "1.0000e+09", 0.1: "0.10000",
    ]
    for (value, expected) in cases { #expect(TextTable.number(value) == expected) }
    #expect(TextTable.number(.nan) == "nan" && TextTable.number(-.infinity) == "-inf")
  }
}
