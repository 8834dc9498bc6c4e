import LuaRuntime
import Synchronization

/// How many counters of one test are alive.
final class Tally: Sendable {
  let live = Atomic<Int>(0)

  /// The tally of the running test.
  @TaskLocal static var current = Tally()

  var count: Int { live.load(ordering: .relaxed) }
}

/// A native object of the tests that counts how many of its kind are alive.
final class Counter: LuaObject, @unchecked Sendable {
  static let luaClass = LuaClass("Counter")

  var value: Int
  let bytes: Int
  private let tally = Tally.current
  private(set) var isReleased = false

  init(_ value: Int, bytes: Int = 0) {
    self.value = value
    self.bytes = bytes
    tally.live.add(1, ordering: .relaxed)
  }

  deinit { tally.live.subtract(1, ordering: .relaxed) }

  var luaByteCount: Int { bytes }

  func release() { isReleased = true }
}

/// What compute code throws: it names its operation as a script knows it.
struct ComputeError: Error, CustomStringConvertible {
  let description: String
}

enum CountMode: String, CaseIterable, LuaEnumeration { case up, down }

struct CountOptions: LuaOptions {
  var start = 1
  var rate = 0.5
  var label = "none"
  var rule: LuaFunction?
  var mode = CountMode.up
  var factor: Either<Double, LuaFunction> = .first(1)
  @Required var owner: Counter
  var sizes: [Int] = []

  static let fields = Fields<CountOptions> { field in
    field.option("start", \.start, "Where to start.", check: .atLeast(0))
    field.option("rate", \.rate, "How fast.", check: .within(0...1))
    field.option("label", \.label, "What to show.", check: .oneOf(["none", "short"]))
    field.option("mode", \.mode, "Which way.")
    field.option("rule", \.rule, "Called for each step.")
    field.option("factor", \.factor, "A number or a function.")
    field.required("owner", \.$owner, "Whose it is.")
    field.items("sizes", \.sizes, "Sizes.")
  }
}

let counterClass = ClassBindings(Counter.self, "A number that counts.") { type in
  type.method("add", "Adds to the value.", Parameter("amount", "How much.", default: 1), returns: "The counter.") {
    (counter: Counter, amount: Int) in
    if amount < 0 { throw ComputeError(description: "add: amount \(amount) is negative; amounts are at least 0") }
    counter.value += amount
    return counter
  }
  type.method("scaled", "Returns a scaled copy.", Parameter("factor", "", check: .atLeast(0))) {
    (counter: Counter, factor: Double) in Counter(Int(Double(counter.value) * factor))
  }
  type.method("each", "Calls a function for 1...value.", Parameter("body", "")) {
    (counter: Counter, body: LuaFunction) in
    for step in 1...counter.value { try body.run(step) }
    return Nothing()
  }
  type.method("steps", "Walks 1...value.") { (counter: Counter) in
    var step = 0
    return LuaIterator {
      step += 1
      if step > counter.value { return nil }
      if step == 7 { throw ComputeError(description: "steps: 7 is unlucky") }
      return Results(step, step * step)
    }
  }
  type.property("value", "The value.", get: { (c: Counter) in c.value }, set: { (c: Counter, v: Int) in c.value = v })
  type.property("half", "Half the value.", get: { (c: Counter) in Double(c.value) / 2 })
  type.metamethod(.add, "Adds.", Parameter("a", ""), Parameter("b", "")) {
    (a: Either<Counter, Int>, b: Either<Counter, Int>) in
    func value(_ x: Either<Counter, Int>) -> Int {
      switch x {
      case .first(let c): c.value;
      case .second(let i): i
      }
    }
    if value(a) + value(b) > 1_000_000 { throw ComputeError(description: "add: too large") }
    return Counter(value(a) + value(b))
  }
  type.call("Multiplies.", Parameter("by", "")) { (counter: Counter, by: Int) in counter.value * by }
  type.length("The value.") { (counter: Counter) in counter.value }
  type.index("Value plus position.", Parameter("position", "")) { (counter: Counter, position: Int) throws -> Int in
    if position > 10 { throw ComputeError(description: "position \(position) is out of range 1 to 10") }
    return counter.value + position
  }
  type.setIndex("Sets the difference.", Parameter("position", ""), Parameter("value", "")) {
    (counter: Counter, position: Int, value: Int) in counter.value = value - position
  }
  type.fields("Dynamic names.") { (counter: Counter, name: String) -> String? in
    name.hasPrefix("layer") ? name + "!" : nil
  }
  type.description { (counter: Counter) in "Counter(\(counter.value))" }
  type.closable { (counter: Counter) in counter.release() }
}

let countModule = BindingModule("fed.count", "Counting.", classes: [counterClass]) { module in
  module.function(
    "new", "Makes a counter.", Parameter("value", "Where to start.", default: 0), returns: "The counter.",
    example: Example("print(fed.count.new(3).value)", prints: "3")
  ) { (value: Int) in Counter(value) }
  module.function("big", "Makes a counter with native memory.", .caller, Parameter("bytes", "")) {
    (caller: LuaCaller, bytes: Int) in
    try caller.willAllocate(bytes)
    return Counter(0, bytes: bytes)
  }
  module.function("live", "Counts counters.") { () in Tally.current.count }
  module.function("text", "Makes a string.", Parameter("bytes", "")) { (bytes: Int) in
    String(repeating: "x", count: bytes)
  }
  module.function("sum", "Adds two numbers.", Parameter("a", "First."), Parameter("b", "Second.")) {
    (a: Double, b: Double) in a + b
  }
  module.function("total", "Adds all.", Parameter("values", "")) { (values: Varargs<Double>) in
    values.values.reduce(0, +)
  }
  module.function("list", "Adds a list.", Parameter("values", "")) { (values: [Double]) in values.reduce(0, +) }
  module.function("fail", "Fails.", Parameter("message", "")) { (message: String) -> Nothing in
    throw ComputeError(description: message)
  }
  module.function("call", "Calls a function.", Parameter("f", ""), Parameter("x", "")) {
    (f: LuaFunction, x: LuaValue) in try f(x, returning: LuaValue.self)
  }
  module.function("options", "Takes options.", Parameter("options", "")) { (options: CountOptions) in
    let factor =
      switch options.factor {
      case .first(let number): number
      case .second(let function): try function(3, returning: Double.self)
      }
    return Results(options.start, options.rate, factor, options.sizes)
  }
  module.function("open", "Gives nothing for a path of nothing.", Parameter("path", "")) { (path: String) in
    path == "" ? Fallible.failure("no such file") : .value(path)
  }
  module.function("record", "Returns a table.") { () in
    ["name": "r", "list": [1, 2], "none": Int?.none] as LuaRecord
  }
}

func makeState(_ settings: LuaSettings = LuaSettings()) throws -> LuaState {
  let state = try LuaState(settings)
  state.open(countModule)
  try state.run("fed = require 'fed'; count = fed.count")
  return state
}
