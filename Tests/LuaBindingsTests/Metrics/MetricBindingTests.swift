import LuaBindings
import LuaRuntime
import Testing

@Suite struct MetricBindingTests {
  private func result(_ code: String) throws -> String {
    try HostModules.open().evaluate("local function run() \(code) end return tostring(run())", as: String.self)
  }

  @Test func tablesAndTensorsGiveTheSame() throws {
    #expect(
      try result("return fed.metrics.accuracy(fed.labels { 0, 1, 2 }, fed.tensor { 0, 1, 1 })") == "0.66666666666667")
    #expect(try result("return fed.metrics.auroc(fed.tensor { 1, 2, 3 }, fed.tensor { 0, 1, 1 })") == "1.0")
    #expect(try result("return fed.metrics.detection({ 1, 0 }, { true, true }).recall") == "0.5")
  }

  @Test func undefinedRatesAreNil() throws {
    #expect(try result("return fed.metrics.detection({ false }, { false }).precision") == "nil")
    #expect(try result("return fed.metrics.confusion_matrix({ 0 }, { 0 }, 3):per_class()[2].recall") == "nil")
  }

  @Test func theMatrixAgreesWithTheSingleMeasures() throws {
    let code = """
      local labels, guesses = { 0, 0, 1, 2, 2 }, { 0, 1, 1, 2, 0 }
      local m = fed.metrics.confusion_matrix(labels, guesses)
      return m.accuracy == fed.metrics.accuracy(labels, guesses) and m.macro_f1 == fed.metrics.macro_f1(labels, guesses)
        and m.balanced_accuracy == fed.metrics.balanced_accuracy(labels, guesses)
        and m.total == 5 and m.classes == 3 and m.counts[1][2] == 1 and m:count(2, 0) == 1
      """
    #expect(try result(code) == "true")
  }

  static let mistakes: [(code: String, message: String)] = [
    (
      "fed.metrics.accuracy({ 0 }, { 0, 1 })",
      "fed.metrics.accuracy: 1 labels and 2 predictions do not fit; as many of both are needed"
    ),
    ("fed.metrics.macro_f1({}, {})", "fed.metrics.macro_f1: there are no labels; at least one is needed"),
    (
      "fed.metrics.balanced_accuracy({ 0, -1 }, { 0, 0 })",
      "fed.metrics.balanced_accuracy: label -1 at position 2 is outside the classes; 0 to 0 is allowed"
    ),
    (
      "fed.metrics.confusion_matrix({ 0, 1 }, { 0, 3 }, 3)",
      "fed.metrics.confusion_matrix: prediction 3 at position 2 is outside the classes; 0 to 2 is allowed"
    ),
    (
      "fed.metrics.confusion_matrix({ math.maxinteger }, { 0 })",
      "fed.metrics.confusion_matrix: classes = 9223372036854775807 is not allowed; 1 to 10000 is allowed"
    ),
    (
      "fed.metrics.confusion_matrix({ 0 }, { 0 }):count(0, 1)",
      "ConfusionMatrix:count: class 1 does not exist; 0 to 0 is allowed"
    ),
    (
      "fed.metrics.auroc({ 1, 2 }, { true, true })", "fed.metrics.auroc: there are no negatives; at least one is needed"
    ),
    (
      "fed.metrics.auroc({ 0/0, 2 }, { true, false })",
      "fed.metrics.auroc: score 1 = nan is not allowed; numbers are allowed"
    ),
    (
      "fed.metrics.accuracy({ 'x' }, { 0 })",
      "bad argument #1 'labels' to 'fed.metrics.accuracy' (element 1: integer expected, got string)"
    ),
    ("fed.metrics.detection({}, {})", "fed.metrics.detection: there are no flags; at least one is needed"),
    (
      "fed.metrics.wilson_interval(5, 4)",
      "fed.metrics.wilson_interval: successes = 5 is not allowed; 0 to 4 is allowed"
    ),
    (
      "fed.metrics.wilson_interval(1, 4, 95)",
      "fed.metrics.wilson_interval: confidence = 95.0 is not allowed; a number between 0 and 1 is allowed"
    ),
  ]

  @Test(arguments: mistakes)
  func theScriptIsToldWhereAndWhat(code: String, message: String) throws {
    let state = try HostModules.open()
    let error = #expect(throws: LuaError.self) { try state.run("\n" + code, name: "=script.lua") }
    #expect(error?.message == "script.lua:2: " + message)
  }
}
