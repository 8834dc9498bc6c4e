public import Tensors

/// What a rule decided in one round.
public struct Decision {
  /// Added to the global model. Shape `[d]`.
  public var update: Tensor
  /// Share of each row, for the record; nil if the rule has none.
  public var weights: [Double]?
  /// Ids of the clients held to be Byzantine.
  public var flagged: [Int]
  /// Named numbers of each client, for the record.
  public var ledger: Ledger
  /// Why, for the record.
  public var info: JSONValue?

  public init(
    update: Tensor, weights: [Double]? = nil, flagged: [Int] = [], ledger: Ledger = Ledger(), info: JSONValue? = nil
  ) {
    self.update = update
    self.weights = weights
    self.flagged = flagged
    self.ledger = ledger
    self.info = info
  }

  /// The decision with its update in memory of its own, or an error if it cannot be added to the model.
  ///
  /// - Parameters:
  ///   - clients: Those whose updates the rule was shown, row by row.
  ///   - d: Length of an update.
  func checked(by rule: String, _ round: Round, clients: [Int], d: Int) throws -> Decision {
    guard update.shape == [d] else { throw FederationError.vectorShape(rule: rule, got: update.shape, d: d) }
    guard update.elementType == .float32 else {
      throw TensorError.elementType(op: rule, got: update.elementType, expected: "a float32 update is needed")
    }
    for column in ledger.columns where column.values.count != clients.count {
      throw FederationError.rowCount(
        what: "\(rule): ledger: \(column.name)", got: column.values.count, n: clients.count)
    }
    let copy = try Tensor.uninitialized([d], .float32)
    try copy.copy_(update.detach())
    if let fault = copy.withFloats({ RowFault(row: 0, $0, count: d) }) {
      throw FederationError.aggregateNotFinite(
        rule: rule, round: round.number, value: fault.value, coordinate: fault.coordinate)
    }
    var checked = self
    checked.update = copy
    return checked
  }
}
