public import Tensors

/// Name of one thing that travels between the server and a worker, or that one of them keeps between rounds.
public struct ExchangeKey: Hashable, Comparable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  public let name: String

  public init(_ name: String) { self.name = name }
  public init(stringLiteral name: String) { self.name = name }

  public var description: String { name }

  public static func < (a: ExchangeKey, b: ExchangeKey) -> Bool { a.name < b.name }
}

extension ExchangeKey {
  /// The global model's values `[trainable | statistics]`.
  static let global: ExchangeKey = "global"
  /// What a client sends: local minus global, the part that travels. Shape `[d]`.
  static let update: ExchangeKey = "update"
  /// Values of which the server keeps the clients' mean.
  static let averaged: ExchangeKey = "averaged"
  /// Values of the parameters that never leave a client.
  static let localValues: ExchangeKey = "local_values"
  /// Labels to train on in place of the true ones. Shape `[samples]`, int64.
  static let labels: ExchangeKey = "labels"
  /// What a client's update is multiplied by before it is added to the others.
  static let share: ExchangeKey = "share"
  /// A client's part of all samples of its round, and of all clients of its round.
  static let sampleShare: ExchangeKey = "sample_share", equalShare: ExchangeKey = "equal_share"
  /// Steps to take in place of those of the run, and what keys the random streams of such work.
  static let steps: ExchangeKey = "steps", stream: ExchangeKey = "stream"
  /// Whether a client trains as the attack says, not as the run does.
  static let trainsAsAttacker: ExchangeKey = "trains_as_attacker"
  /// Parameter vectors to measure, one a row.
  static let vectors: ExchangeKey = "vectors"
  /// Row of ``vectors`` that a task measures, and the samples that it measures it on.
  static let row: ExchangeKey = "row", first: ExchangeKey = "first", count: ExchangeKey = "count"
  /// Sums over samples: of losses, of right answers, and of samples.
  static let lossSum: ExchangeKey = "loss_sum", right: ExchangeKey = "right", samples: ExchangeKey = "samples"
  /// Number of classes by which such sums are kept apart; without it they are not.
  static let classes: ExchangeKey = "classes"
  /// Sum over samples of what the model holds likely. Shape `[k]`.
  static let likelihoods: ExchangeKey = "likelihoods"

  /// The same for the samples of one class.
  func of(class label: Int) -> ExchangeKey { ExchangeKey("\(name).\(label)") }
}

/// Named tensors and named numbers: what tasks, results and states carry.
public struct Exchange {
  public var tensors: [ExchangeKey: Tensor]
  public var numbers: [ExchangeKey: Double]

  public init(tensors: [ExchangeKey: Tensor] = [:], numbers: [ExchangeKey: Double] = [:]) {
    self.tensors = tensors
    self.numbers = numbers
  }

  public var isEmpty: Bool { tensors.isEmpty && numbers.isEmpty }

  /// The tensor of a name, which must be there.
  ///
  /// - Throws: ``FederationError/missing(what:known:)``.
  public func tensor(_ key: ExchangeKey) throws -> Tensor {
    guard let tensor = tensors[key] else { throw FederationError.missing(what: "tensor '\(key)'", known: names) }
    return tensor
  }

  /// The number of a name, which must be there.
  ///
  /// - Throws: ``FederationError/missing(what:known:)``.
  public func number(_ key: ExchangeKey) throws -> Double {
    guard let number = numbers[key] else { throw FederationError.missing(what: "number '\(key)'", known: names) }
    return number
  }

  /// The number of a name as a position or count.
  func whole(_ key: ExchangeKey) throws -> Int {
    let number = try number(key)
    guard let whole = Int(exactly: number), whole >= 0 else {
      throw FederationError.option(name: key.name, got: "\(number)", allowed: "a whole number of 0 or more is needed")
    }
    return whole
  }

  /// Takes over everything of another, whose values win where both have a name.
  public mutating func merge(_ other: Exchange) {
    tensors.merge(other.tensors) { $1 }
    numbers.merge(other.numbers) { $1 }
  }

  /// The same with each tensor in memory of its own.
  func copy() -> Exchange { Exchange(tensors: tensors.mapValues { $0.clone() }, numbers: numbers) }

  /// Whether something stands under a name.
  func has(_ key: ExchangeKey) -> Bool { tensors[key] != nil || numbers[key] != nil }

  /// Only what stands under these names.
  func keeping(_ keys: [ExchangeKey]) -> Exchange {
    Exchange(tensors: tensors.filter { keys.contains($0.key) }, numbers: numbers.filter { keys.contains($0.key) })
  }

  /// Adds what another holds under the same names; names that are new are taken over, tensors included.
  mutating func add(_ other: Exchange) throws {
    for (key, number) in other.numbers.sorted(by: { $0.key < $1.key }) {
      numbers[key] = numbers[key].map { $0 + number } ?? number
    }
    for (key, tensor) in other.tensors.sorted(by: { $0.key < $1.key }) {
      if let sum = tensors[key] { try sum.add_(tensor) } else { tensors[key] = tensor }
    }
  }

  private var names: [String] { (Array(tensors.keys) + Array(numbers.keys)).map(\.name).sorted() }
}
