/// How far a run is.
public struct Progress: Sendable, Equatable {
  /// Round in work, from 1.
  public let round: Int
  public let rounds: Int
  /// Clients of the round that have finished training.
  public let clientsDone: Int
  public let clients: Int

  public init(round: Int, rounds: Int, clientsDone: Int, clients: Int) {
    self.round = round
    self.rounds = rounds
    self.clientsDone = clientsDone
    self.clients = clients
  }

  /// Share of the whole run that is done, in [0, 1].
  public var fraction: Double {
    (Double(round - 1) + Double(clientsDone) / Double(max(clients, 1))) / Double(max(rounds, 1))
  }
}
