@testable import Federation
import Testing

@Suite struct JSONValueTests {
  @Test func `values read back as they were written`() {
    let value = JSONValue.object([
      ("z", .int(-3)), ("a", .double(0.1)), ("whole", .double(2)), ("tiny", .double(.leastNonzeroMagnitude)),
      ("text", .string("ä\"\\\n\u{1}😀")),
      ("list", .array([.null, .bool(true), .bool(false), .array([]), .object([])])),
    ])
    #expect(JSONValue(value.text) == value)
  }

  @Test func `keys keep their order and doubles their point`() {
    #expect(JSONValue.object([("b", .double(1)), ("a", .int(1))]).text == #"{"b":1.0,"a":1}"#)
  }

  @Test func `numbers that JSON lacks stand as text and read back`() {
    #expect(JSONValue.doubles([.nan, .infinity, -.infinity]).text == #"["NaN","Infinity","-Infinity"]"#)
    #expect(JSONValue("\"-Infinity\"")?.double == -.infinity)
  }

  @Test func `escapes and surrogate pairs are read`() {
    #expect(JSONValue(#""é\n😀\/""#) == .string("é\n😀/"))
  }

  @Test(arguments: ["", "{", "[1,]", "nul", "{\"a\" 1}", "\"\\x\"", "1 2", "[1", "\"abc", "\"\\ud83d\"", "-"])
  func `text that is no JSON is refused`(text: String) {
    #expect(JSONValue(text) == nil)
  }

  @Test func `deep nesting is refused`() {
    #expect(JSONValue(String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)) == nil)
  }
}
