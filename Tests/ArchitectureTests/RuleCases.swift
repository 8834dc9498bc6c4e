import Testing

/// A small tree that breaks a rule at one known line, and one that does the same thing rightly.
struct RuleCase: Sendable, CustomTestStringConvertible {
  let rule: String
  /// The place that breaks the rule, as `path:line`.
  let place: String
  let wrong: [String: String]
  let right: [String: String]

  /// Makes a case of many files.
  init(_ rule: String, at place: String, wrong: [String: String], right: [String: String]) {
    (self.rule, self.place, self.wrong, self.right) = (rule, place, wrong, right)
  }

  /// Makes a case of one file.
  init(_ rule: String, in path: String, line: Int = 1, wrong: String, right: String) {
    self.init(rule, at: "\(path):\(line)", wrong: [path: wrong], right: [path: right])
  }

  var testDescription: String { "\(rule) at \(place)" }

  static let all = order + conduct + leftOvers + names + budgets + mirrors
}

private let script = "Sources/LuaLibrary/lua/fed/trust/mean.lua"
private let source = "Sources/Metrics/Recall.swift"
private let test = "Tests/MetricsTests/RecallTests.swift"

/// Randomness and order: the same seed gives the same bits.
private let order = [
  RuleCase(
    "pairs-order", in: script, line: 2,
    wrong: "local sum = 0\nfor _, value in pairs(scores) do sum = sum + value end\n",
    right: "for _, value in ipairs(scores) do sum = sum + value end -- not pairs(scores)\n"),
  RuleCase(
    "foreign-random", in: "examples/own.lua", line: 2,
    wrong: "local x = 1\nlocal y = math.random()\n", right: "local y = round.stream:uniform()\n"),
  RuleCase(
    "foreign-random", in: source,
    wrong: "let x = Double.random(in: 0..<1)\n", right: "let x = stream.uniform()\n"),
  RuleCase(
    "unordered-visit", in: source, line: 2,
    wrong: "var trust: [Int: Double] = [:]\nfor (client, value) in trust { total += value }\n",
    right: "var trust: [Int: Double] = [:]\nfor (client, value) in trust.sorted(by: byClient) { total += value }\n"),
  RuleCase(
    "unordered-visit", in: source, line: 2,
    wrong: "let seen = Set<Int>()\nlet total = seen.reduce(0, +)\n",
    right: "let seen = Set<Int>()\nlet total = seen.sorted().reduce(0, +)\n"),
]

/// What a library does to the program that it runs in.
private let conduct = [
  RuleCase(
    "print", in: source, line: 2,
    wrong: "func show() {\n  print(1)\n}\n", right: "func show(on page: Page) {\n  page.print(1)\n}\n"),
  RuleCase(
    "print", in: script,
    wrong: "return function() print(1) end\n", right: "return function() return 'print(1)' end\n"),
  RuleCase("trap", in: source, wrong: "let x = try" + "! load()\n", right: "let x = try load()\n"),
  RuleCase("trap", in: test, line: 2, wrong: "\n#expect(" + "true)\n", right: "#expect(x == true)\n"),
]

private let leftOvers = [
  RuleCase("left-over", in: source, wrong: "// TO" + "DO: finish\n", right: "// Everything to do is done.\n"),
  RuleCase(
    "machine-path", in: "examples/own.lua",
    wrong: "local path = '/home" + "/somebody/data'\n", right: "local path = 'data'\n"),
  RuleCase(
    "undocumented", in: source, line: 4,
    wrong: "/// Means something.\npublic struct A {}\n\npublic final class B {}\n",
    right: "public import Tensors\n/// Means something.\n@frozen\npublic struct A {}\n"),
  RuleCase(
    "undocumented-members", at: "Sources/Shapes/Circle.swift:3",
    wrong: ["Sources/Shapes/Circle.swift": "/// Is round.\npublic struct Circle {\n  public let radius = 1\n}\n"],
    right: [
      "Sources/Shapes/Circle.swift":
        "/// Is round.\npublic struct Circle {\n  /// In pixels.\n  public let radius = 1\n  let area = 2\n}\n"
    ]),
  RuleCase("placeholder", in: source, wrong: "import Tensors\n\n// Nothing yet.\n", right: "let x = 1\n"),
]

private let names = [
  RuleCase(
    "file-name", at: "Sources/Metrics/RecallUtils.swift:1",
    wrong: ["Sources/Metrics/RecallUtils.swift": "let x = 1\n"],
    right: ["Sources/Metrics/Utilization.swift": "let x = 1\n"]),
  RuleCase(
    "same-name", at: "\(source):1",
    wrong: [source: "let x = 1\n", "Sources/Attacks/Updates/Recall.swift": "let x = 1\n"],
    right: [source: "let x = 1\n", "Sources/KernelsBase/Recall.swift": "let x = 1\n"]),
  RuleCase(
    "spelling", in: source,
    wrong: "func normali" + "sed() {}\n", right: "/// Prose may say normalised.\nfunc normalized() {}\n"),
  RuleCase(
    "script-frame", in: script,
    wrong: "local mean = {}\nreturn mean\n", right: "--- Trusts the mean.\nlocal mean = {}\nreturn mean\n"),
  RuleCase(
    "script-frame", in: script, line: 2,
    wrong: "--- Trusts the mean.\nfed.mean = 1\n", right: "--- Trusts the mean.\nreturn {\n  mean = 1,\n}\n"),
  RuleCase(
    "script-frame", in: script, line: 4,
    wrong: "--- Trusts the mean.\nlocal function f()\n  return 1\nend\n",
    right: "--- Trusts the mean.\nreturn function()\n  return 1\nend\n"),
]

private func lines(_ count: Int) -> String { String(repeating: "  x += 1\n", count: count) }

private let budgets = [
  RuleCase("file-length", in: source, wrong: lines(401), right: lines(400)),
  RuleCase(
    "function-length", in: source, line: 2,
    wrong: "var x = 0\nfunc f(\n  _ y: Int\n) throws -> Int {\n\(lines(37))}\n",
    right: "var x = 0\nfunc f(\n  _ y: Int\n) throws -> Int {\n\(lines(36))}\n\(lines(20))"),
  RuleCase(
    "function-length", in: source,
    wrong: "init(x: Int = { 1 }()) {\n  print(\"}\")\n\(lines(40))}\n",
    right: "protocol P {\n  func f()\n  func g(x: Int)\n}\nextension P {\n\(lines(40))}\n"),
  RuleCase(
    "function-length", in: script, line: 2,
    wrong: "local x = 0\nlocal function f()\n\(lines(39))end\n", right: "local function f()\n\(lines(38))end\n"),
]

private let mirrors = [
  RuleCase(
    "untested", at: "\(source):1",
    wrong: [source: "struct Recall {}\n", "Tests/MetricsTests/LossTests.swift": "@Test func loss() {}\n"],
    right: [source: "struct Recall {}\n", test: "@Test func recallOfNothing() { _ = Recall() }\n"]),
  RuleCase(
    "untested", at: "\(script):1", wrong: [script: "return {}\n"],
    right: [script: "return {}\n", "Tests/LuaLibraryTests/specs/trust/mean_spec.lua": "describe()\n"]),
  RuleCase(
    "untested", at: "\(script):1",
    wrong: [script: "return {}\n", "Tests/LuaLibraryTests/specs/trust/other_spec.lua": "describe()\n"],
    right: [script: "return {}\n", "Tests/LuaLibraryTests/specs/trust_spec.lua": "describe()\n"]),
]
