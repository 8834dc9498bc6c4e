@testable import LuaRuntime
import Testing

@Suite struct LexerTests {
  @Test(
    "Text is split as Lua splits it",
    arguments: [
      ("x = 0x1p4 + .5e-3 ..'a\\'b'", ["x", "=", "0x1p4", "+", ".5e-3", "..", "'a\\'b'"]),
      ("a.b:c[[ [x] ]]--[==[ ]] ]==]d", ["a", ".", "b", ":", "c", "[[ [x] ]]", "--[==[ ]] ]==]", "d"]),
      ("if a~=b//2 then ::l:: end -- e", ["if", "a", "~=", "b", "//", "2", "then", "::", "l", "::", "end", "-- e"]),
      ("x=1-- c\ny", ["x", "=", "1", "-- c", "y"]), ("é=1", ["é", "=", "1"]), ("", []), ("t[1]", ["t", "[", "1", "]"]),
    ])
  func tokens(text: String, expected: [String]) {
    #expect(LuaLexer.tokens(of: text).map(\.text) == expected)
  }

  @Test("What the text ends in is open", arguments: ["'abc", "[[a]", "--[[ x", "-- x", "\"a\\"])
  func open(text: String) {
    #expect(LuaLexer.tokens(of: text).last?.isClosed == false)
  }

  @Test(
    "Locals outside of every block are found",
    arguments: [
      ("local a, b <const>, c = 1", ["a", "b", "c"]), ("local f <close> = x", []),
      ("local function g() local h end", ["g"]), ("do local a end local b", ["b"]),
      ("repeat local a until true local b", ["b"]), ("if x then local a else local c end local b", ["b"]),
      ("while x do local a end for i = 1, 2 do local c end local b", ["b"]),
      ("t = { f = function() local a end } local b", ["b"]), ("-- local a\nlocal b -- local c", ["b"]),
      ("s = 'local a'", []), ("local", []),
    ])
  func locals(text: String, expected: [String]) {
    #expect(LuaLexer.tokens(of: text).declaredLocals == expected)
  }
}

@Suite struct EntrySplitterTests {
  @Test(
    "Lines become the entries that typing them would make",
    arguments: [
      ("a = 1\nb = 2", ["a = 1", "b = 2"], ""),
      ("for i = 1, 2 do\n\tprint(i)\nend\n\nx", ["for i = 1, 2 do\n\tprint(i)\nend", "x"], ""),
      ("x = y\n  + 1\n  .. 'a'", ["x = y\n  + 1\n  .. 'a'"], ""),
      ("f = m\n  :clamp(0, 1)\ng", ["f = m\n  :clamp(0, 1)", "g"], ""),
      ("a\n(b)", ["a", "(b)"], ""), ("a = 1\nfor i = 1, 2 do", ["a = 1"], "for i = 1, 2 do"),
      (":time f()\n:who", [":time f()", ":who"], ""), ("s = [[a\n\n b]]", ["s = [[a\n\n b]]"], ""),
    ])
  func split(text: String, entries: [String], rest: String) throws {
    let evaluator = Evaluator(try LuaState())
    let found = EntrySplitter { evaluator.isComplete($0) }.split(text)
    #expect(found.entries == entries)
    #expect(found.rest == rest)
  }

  @Test(
    "A copied session is pasted without its prompts and results",
    arguments: [
      ("> x = 1\n> for i = 1, 2 do\n>> y = i\n>> end\n2\n> x", "x = 1\nfor i = 1, 2 do\ny = i\nend\nx"),
      ("x = 1\r\ny = 2\r\n", "x = 1\ny = 2"), ("x > 1", "x > 1"), ("\ta = 1\n\n", "\ta = 1"),
    ])
  func paste(text: String, expected: String) {
    #expect(pastedText(text) == expected)
  }
}

@Suite struct LineWrappingTests {
  @Test("Long lines are broken between words and go on further right; examples stay as they are")
  func wrap() {
    let text =
      "short\n    one two three four\n  Example\n    print(1, 2, 3, 4, 5, 6)\n  Source\n    a bb ccc dddd eeeee"
    #expect(
      LineWrapping.wrap(text, width: 16) == """
        short
            one two
              three four
          Example
            print(1, 2, 3, 4, 5, 6)
          Source
            a bb ccc
              dddd eeeee
        """)
    #expect(LineWrapping.wrap(text, width: 60) == text)
  }

  @Test("Words fill the columns of the screen")
  func columns() {
    #expect(LineEditor.columns(["one", "three", "six", "seven"], width: 16) == "one    three\nsix    seven")
    #expect(LineEditor.columns(["abcdef"], width: 3) == "abcdef")
  }
}
