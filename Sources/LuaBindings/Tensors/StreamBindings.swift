public import LuaRuntime
import Synchronization
public import Tensors

/// A random stream that scripts draw from: it moves on with each draw.
public final class Stream: LuaObject, Sendable {
  public static let luaClass = LuaClass("Stream")

  private let state: Mutex<RandomStream>

  public init(_ stream: RandomStream) { state = Mutex(stream) }

  /// Draws from the stream.
  public func draw<R: Sendable>(_ body: (inout RandomStream) throws -> R) rethrows -> R {
    try state.withLock { try body(&$0) }
  }
}

/// Where a stream starts: `fed.stream { seed = 1, purpose = "choice" }`.
private struct StreamOptions: LuaOptions {
  var seed: UInt64?
  var purpose = "script"
  var round = 0
  var client = 0

  static let fields = Fields<StreamOptions> { field in
    field.option("seed", \.seed, "Streams of different seeds are independent; without it, the seed of the run.")
    field.option("purpose", \.purpose, "What the numbers are for; streams of different purposes are independent.")
    field.option("round", \.round, "Round the numbers are for.", check: .atLeast(0))
    field.option("client", \.client, "Client the numbers are for.", check: .atLeast(0))
  }
}

extension ModuleBuilder {
  mutating func addStreams() {
    function(
      "stream", "Makes a stream of random numbers: the same seed and purpose give the same numbers on every machine.",
      .caller, Parameter("options", "Where the stream starts."), returns: "The stream.",
      example: Example(
        "local a, b = fed.stream { seed = 1 }, fed.stream { seed = 1 }\nprint(a:integer(1000) == b:integer(1000))",
        prints: "true")
    ) { (caller: LuaCaller, options: StreamOptions) in
      Stream(
        RandomStream(
          seed: options.seed ?? caller.state.hostSettings.seed, purpose: RandomPurpose(options.purpose),
          round: options.round, client: options.client))
    }
  }
}

let streamClass = ClassBindings(Stream.self, "A stream of random numbers, which moves on with each draw.") { type in
  type.method(
    "uniform", "Draws a number from 0 up to, but not, 1.", returns: "The number.",
    example: Example("local u = fed.stream { seed = 1 }:uniform()\nprint(u >= 0 and u < 1)", prints: "true")
  ) { (stream: Stream) in stream.draw { $0.uniform() } }
  type.method(
    "normal", "Draws from the standard normal distribution.", returns: "The number.",
    example: Example("print(math.abs(fed.stream { seed = 1 }:normal()) < 7)", prints: "true")
  ) { (stream: Stream) in stream.draw { $0.normal() } }
  type.method(
    "integer", "Draws a whole number from 1 to a bound.", Parameter("bound", "The largest number.", check: .atLeast(1)),
    returns: "The number.", example: Example("print(fed.stream { seed = 1 }:integer(1))", prints: "1")
  ) { (stream: Stream, bound: Int) in stream.draw { $0.integer(below: bound) + 1 } }
  type.method(
    "shuffled", "Returns the numbers from 1 to a count in random order.",
    Parameter("count", "How many.", check: .within(0...10_000_000)), returns: "A table.",
    example: Example("print(#fed.stream { seed = 1 }:shuffled(10))", prints: "10")
  ) { (stream: Stream, count: Int) in stream.draw { $0.shuffled(count) }.map { $0 + 1 } }
  type.method(
    "gamma", "Draws from a gamma distribution.",
    Parameter("shape", "The shape, which is the mean at scale 1.", check: .within(1e-300...1e300)),
    Parameter("scale", "What the draw is multiplied by.", default: 1.0, check: .above(0)), returns: "The number.",
    source: "Marsaglia and Tsang, ACM TOMS 2000, https://doi.org/10.1145/358407.358414",
    example: Example("print(fed.stream { seed = 1 }:gamma(2) > 0)", prints: "true")
  ) { (stream: Stream, shape: Double, scale: Double) in stream.draw { $0.gamma(shape) } * scale }
  type.method(
    "dirichlet", "Draws shares that sum to 1 from a Dirichlet distribution.",
    Parameter(
      "concentration", "One number for all shares, or a table with one for each; small ones make few shares large."),
    Parameter<Int?>("count", "How many shares; for a table as many as it has."),
    returns: "A table of shares.",
    example: Example(
      "local shares = fed.stream { seed = 1 }:dirichlet(0.5, 3)\n"
        + "print(#shares, math.abs(shares[1] + shares[2] + shares[3] - 1) < 1e-12)", prints: "3\ttrue")
  ) { (stream: Stream, concentration: Either<Double, [Double]>, count: Int?) in
    let concentrations = try dirichletConcentrations(concentration, count)
    return stream.draw { $0.dirichlet(concentrations) }
  }
  type.method(
    "derive", "Returns an independent stream for a part of the work; it does not depend on what was drawn before.",
    Parameter("purpose", "What the part is."), Parameter("index", "Which of several such parts.", default: 0),
    returns: "The new stream.",
    example: Example(
      "local s = fed.stream { seed = 1 }\nlocal a = s:derive('choice', 2):uniform()\ns:uniform()\n"
        + "print(a == s:derive('choice', 2):uniform())", prints: "true")
  ) { (stream: Stream, purpose: String, index: Int) in
    Stream(stream.draw { $0.derive(RandomPurpose(purpose), index) })
  }
  type.description { (stream: Stream) in "Stream at \(stream.draw { $0.position })" }
}

private func dirichletConcentrations(_ given: Either<Double, [Double]>, _ count: Int?) throws -> [Double] {
  let all: [Double]
  switch given {
  case .first(let one):
    guard let count else { throw LuaFailure("count is missing; one concentration for all shares needs it") }
    guard 1...10_000_000 ~= count else {
      throw LuaFailure("count = \(count) is not allowed; it must be from 1 to 10000000")
    }
    all = [Double](repeating: one, count: count)
  case .second(let list):
    guard count == nil || count == list.count else {
      throw LuaFailure("count = \(count ?? 0) does not fit \(list.count) concentrations; leave it out")
    }
    all = list
  }
  for value in all where !(1e-300...1e300 ~= value) {
    throw LuaFailure("concentration \(value) is not allowed; it must be from 1e-300 to 1e300")
  }
  return all
}
