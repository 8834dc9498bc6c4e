public import Datasets
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

/// What the Byzantine clients do: a plain set of functions, each optional.
public struct Attack {
  public var name: String
  /// What a checkpoint compares: the attack with its options, as far as words can tell.
  public var summary: String?
  /// Returns what the Byzantine clients send, `[m, d]` or one `[d]` for all; nil to be honest this round.
  public var replaceUpdates: ((AttackContext) throws -> Tensor?)?
  /// Returns the labels a Byzantine client trains on, given its true ones; nil to be honest this round.
  public var replaceLabels: ((_ labels: [Int], _ classes: Int, _ round: Int, _ stream: RandomStream) throws -> [Int]?)?
  /// Returns the samples a Byzantine client trains on, given its true ones; nil to be honest this round. Labels are
  /// replaced after that.
  public var replaceData: ((Dataset, Poisoning) throws -> Dataset?)?
  /// Returns samples that tell how well a backdoor works: with its trigger, under the labels that the attacker wants.
  public var triggered: ((Dataset) throws -> Dataset)?
  /// The most that it looks at.
  public var knowledge = Knowledge.everything
  /// Returns the losses that Byzantine clients report in the place of those that they measured, in the same shape
  /// `[b, m]` or `[b, m, k]`; nil to be honest.
  public var replaceVotes: ((AttackContext, _ losses: Tensor) throws -> Tensor?)?
  /// How Byzantine clients train in a round; nil for the run's way.
  public var localTraining: ((_ round: Int) throws -> LocalTraining?)?
  public var events = PolicyEvents()

  /// An attack that does nothing yet.
  public init(name: String) { self.name = name }
}
