extension ErrorHint {
  /// Hints for text that does not compile, by the line that Lua complains of: most often it is another language.
  static let ofSyntax: [ErrorHint] = [
    line("!=", "'~=' means different"),
    line("<>", "'~=' means different"),
    line("&&", "write 'and'"),
    line("||", "write 'or'"),
    line("++", "write x = x + 1"),
    compound,
    namedArguments,
    range,
    severalIndices,
    word("def", "write function name(…) … end"),
    word("fn", "write function name(…) … end"),
    word("lambda", "write function(x) return … end"),
    word("import", "write local fed = require \"fed\""),
    word("from", "write local fed = require \"fed\""),
    word("elif", "write elseif"),
    word("except", "write local ok, message = pcall(…)"),
    word("try", "write local ok, message = pcall(…)"),
    word("class", "a table with functions does it: local rule = {}"),
    word("let", "write local"),
    word("var", "write local"),
    word("const", "write local"),
    word("pass", "an empty block needs no word"),
    word("is", "write == or ~="),
    elseIf,
    rangeLoop,
    comment("//", "comments begin with --"),
    comment("#", "comments begin with --"),
    comment("/*", "comments begin with --, or stand in --[[ … ]]"),
    near("'['", "a list is written in braces: { 1, 2, 3 }"),
    near("'{'", "a block begins with do or then and ends with end"),
    pairsWithColons,
    block,
    near("'!'", "write not"),
    near("'?'", "write condition and this or that"),
    near("'`'", "strings stand in quotes or in [[ … ]]"),
    near("'if'", "a condition on one line: x and this or that"),
  ]

  private static func line(_ sign: String, _ text: String) -> ErrorHint {
    ErrorHint { $0.line?.contains(sign) == true ? text : nil }
  }

  /// A word that begins a statement or an expression of another language.
  private static func word(_ word: String, _ text: String) -> ErrorHint {
    ErrorHint { $0.line?.words.contains(word[...]) == true ? text : nil }
  }

  private static func comment(_ start: String, _ text: String) -> ErrorHint {
    ErrorHint { $0.line?.drop { $0 == " " || $0 == "\t" }.hasPrefix(start) == true ? text : nil }
  }

  private static func near(_ token: String, _ text: String) -> ErrorHint { ErrorHint("near " + token, advice: text) }

  /// `x += 1`
  private static let compound = ErrorHint { report in
    ["+", "-", "*", "/", "%"].first { report.line?.contains($0 + "=") == true }.map { "write x = x \($0) …" }
  }

  /// `sgd(lr=0.1)`
  private static let namedArguments = ErrorHint { report in
    guard report.message.holds(["')' expected near '='"]), let line = report.line, let open = line.firstIndex(of: "(")
    else { return nil }
    let name = line[..<open].reversed().prefix { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" || $0 == ":" }
    return "named arguments stand in a table: \(String(name.reversed())) { name = value }"
  }

  /// `x[1:3]`
  private static let range = ErrorHint { report in
    guard report.message.contains("']' expected near ':'") else { return nil }
    return "a range of a tensor is x[{ {1, 3} }], or x:narrow(axis, first, count)"
  }

  /// `x[1, 2]`
  private static let severalIndices = ErrorHint(
    "']' expected near ','", advice: "an element of a matrix is x[{1, 2}], or x[1][2]")

  /// `{ a: 1 }`
  private static let pairsWithColons = ErrorHint { report in
    guard let line = report.line, line.contains("{"), line.contains(":"), !line.contains("::"),
      report.message.contains("expected near")
    else { return nil }
    return "fields are written { name = value }"
  }

  /// `if x:`, `for i in range(3):`
  private static let block = ErrorHint { report in
    guard let line = report.line, let first = line.words.first, ["if", "for", "while", "else"].contains(first),
      line.trimmingSuffix(while: { $0 == " " }).hasSuffix(":")
    else { return nil }
    return "a block begins with do or then, has no colon, and ends with end"
  }

  private static let rangeLoop = ErrorHint { report in
    guard let line = report.line, line.contains("in range(") else { return nil }
    return "count with for i = 1, n do … end"
  }

  /// `else if` opens a second block, whose end is then missing.
  private static let elseIf = ErrorHint { report in
    guard report.message.holds(["'end' expected", "to close 'if'"]) else { return nil }
    return "else if opens a second if; elseif needs one end alone"
  }
}

extension String {
  /// The names and keywords of a line of code, in their order.
  var words: [Substring] { split { !($0.isLetter || $0.isNumber || $0 == "_") } }
}

/// What names of other languages are here, for messages about undefined variables.
func translation(of name: String) -> String? {
  let words = [
    "None": "nil", "null": "nil", "NULL": "nil", "undefined": "nil", "True": "true", "False": "false",
    "len": "#x, the length of a list, a tensor or a string", "str": "tostring(x)", "int": "math.floor(x)",
    "float": "tonumber(x)", "range": "for i = 1, n do", "enumerate": "for i, value in ipairs(list) do",
    "append": "list[#list + 1] = value", "dict": "{ name = value }", "list": "{ 1, 2, 3 }", "isinstance": "type(x)",
    "f": "(\"%d rounds\"):format(n), if a string with values was meant", "exit": "os.exit()", "input": "io.read()",
    "abs": "math.abs(x), or x:abs() of a tensor", "min": "math.min(x, y), or x:min() of a tensor",
    "max": "math.max(x, y), or x:max() of a tensor", "sqrt": "math.sqrt(x), or x:sqrt() of a tensor",
    "exp": "math.exp(x), or x:exp() of a tensor", "log": "math.log(x), or x:log() of a tensor",
    "floor": "math.floor(x)", "pi": "math.pi", "inf": "math.huge", "nan": "0 / 0", "unpack": "table.unpack(list)",
    "np": "fed, which has tensors", "numpy": "fed, which has tensors", "torch": "fed, which has tensors and fed.nn",
    "raise": "error(\"message\")", "this": "self, in a function with a colon",
  ]
  return words[name].map { "; in Lua that is \($0)" }
}
