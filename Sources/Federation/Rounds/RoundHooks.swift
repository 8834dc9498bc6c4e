public import Tensors

/// State of a policy as a checkpoint keeps it.
public struct PolicyState {
  public var json: JSONValue
  /// Tensors that `json` refers to by position, from 0.
  public var tensors: [Tensor]

  public init(json: JSONValue, tensors: [Tensor] = []) {
    self.json = json
    self.tensors = tensors
  }
}

/// Events that any policy may follow. Each is called on the coordinating thread, between parallel phases.
public struct PolicyEvents {
  /// Called before local training; `true` stops the run before the round.
  public var onRoundStart: ((Round) throws -> Bool)?
  /// Called after evaluation; `true` stops the run after the round.
  public var onRoundEnd: ((Round, RoundRecord) throws -> Bool)?
  /// Returns what the policy remembers.
  public var onSave: (() throws -> PolicyState)?
  /// Brings back what ``onSave`` returned.
  public var onLoad: ((PolicyState) throws -> Void)?

  public init() {}
}

/// What the server decides apart from the defense.
public struct ServerHooks {
  /// Picks the ids of a round's clients; nil samples them at random.
  public var selectClients: ((Round) throws -> [Int])?
  public var events = PolicyEvents()

  public init() {}
}

/// What a defense decided in one round.
public struct Decision {
  /// Added to the global model. Shape `[d]`.
  public var update: Tensor
  /// Share of each row, for the record; nil if the rule has none.
  public var weights: [Double]?
  /// Ids of the clients held to be Byzantine.
  public var flagged: [Int]
  /// Why, for the record.
  public var info: JSONValue?

  public init(update: Tensor, weights: [Double]? = nil, flagged: [Int] = [], info: JSONValue? = nil) {
    self.update = update
    self.weights = weights
    self.flagged = flagged
    self.info = info
  }
}

/// How the server turns updates into one: a plain set of functions, each optional.
///
/// ``weigh``, ``weighGram`` and ``aggregate`` act where the run learns, ``inspect`` and ``purify`` where it answers. With ``weigh``
/// alone the update is the mean weighted by weight times samples. With neither it is FedAvg.
public struct Defense {
  public var name: String
  /// Returns one weight a row, finite and 0 or more.
  public var weigh: ((Round, UpdateMatrix) throws -> [Double])?
  /// As ``weigh``, for a rule that reads nothing but how the updates lie to each other; in place of it. The rows lie in
  /// a file then, unless an attack reads them.
  public var weighGram: ((Round, UpdateGram) throws -> [Double])?
  public var aggregate: ((Round, UpdateMatrix, [Double]?) throws -> Decision)?
  /// Returns an anomaly score for each input, shape `[b]`; higher is more suspicious.
  ///
  /// It and ``purify`` act wherever the run answers for inputs, on the coordinating thread, batch by batch in the order
  /// of the inputs.
  public var inspect: ((InputBatch) throws -> Tensor)?
  /// Returns what the model gets in place of the inputs, in their shape. The scores are those of ``inspect``, shape
  /// `[b]`; nil without it.
  public var purify: ((InputBatch, _ scores: Tensor?) throws -> Tensor)?
  /// How updates are weighed by a rule that needs their mean and nothing else. No single update is kept then, unless an
  /// attack reads them; nil for all other rules.
  public var sumWeights: SumWeights?
  /// Makes the update out of the mean that ``sumWeights`` asks for; nil takes the mean itself.
  public var combine: ((Round, UpdateMean) throws -> Decision)?
  public var events = PolicyEvents()

  public init(name: String) { self.name = name }

  /// Whether it looks at single updates, or compares them. Without a rule of its own the updates are averaged by samples.
  var readsRows: Bool { weigh != nil || weighGram != nil || aggregate != nil && sumWeights == nil }

  /// A defense that is one aggregator.
  public init(_ aggregator: any Aggregator) {
    name = aggregator.name
    sumWeights = aggregator.sumWeights
    aggregate = { round, updates, weights in
      Decision(update: try aggregator.aggregate(updates, weights: weights, round: round), weights: weights)
    }
  }
}

/// What an attacker sees in one round: everything. Attacks that know less read less.
public struct AttackContext {
  public let round: Round
  /// What the honest clients send; the attacker's own rows where a cohort has no honest client.
  public let honest: UpdateMatrix
  /// What the Byzantine clients would send if they were honest, one row each.
  public let own: UpdateMatrix

  public init(round: Round, honest: UpdateMatrix, own: UpdateMatrix) {
    self.round = round
    self.honest = honest
    self.own = own
  }
}

/// What the Byzantine clients do: a plain set of functions, each optional.
public struct Attack {
  public var name: String
  /// Returns what the Byzantine clients send, `[m, d]` or one `[d]` for all; nil to be honest this round.
  public var replaceUpdates: ((AttackContext) throws -> Tensor?)?
  /// Returns the labels a Byzantine client trains on, given its true ones; nil to be honest this round.
  public var replaceLabels: ((_ labels: [Int], _ classes: Int, _ round: Int, _ stream: RandomStream) throws -> [Int]?)?
  public var events = PolicyEvents()

  public init(name: String) { self.name = name }
}
