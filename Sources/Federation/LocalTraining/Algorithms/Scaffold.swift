import Tensors

/// Descent corrected by control variates: what a client's gradients differ from everybody's is taken off each step.
///
/// - Source: Karimireddy et al., ICML 2020, <https://arxiv.org/abs/1910.06378>, algorithm 1 with option II. The global
///   step size is that of the run's server optimizer.
/// - Deviation: with momentum or a schedule, the way of a client is divided by what its gradients were multiplied by in
///   all, and not by steps times rate. The server adds up differences of control variates as they come: no rule for
///   updates looks at them, and simulated attackers send theirs honestly.
public struct Scaffold: LocalAlgorithm {
  public let name = "scaffold"
  private static let control: ExchangeKey = "control", change: ExchangeKey = "control_change"
  private static let server: ExchangeKey = "scaffold.control"

  public init() {}

  public var sentBeside: [SentValue] { [SentValue(Self.change, .equal)] }

  public func validate(_ training: LocalTraining) throws { try requireSGD(training) }

  public func broadcast(_ memory: Exchange) -> Exchange {
    Exchange(tensors: memory.tensors.filter { $0.key == Self.server })
  }

  public func correct(_ work: LocalWork) throws {
    if let server = work.received.tensors[Self.server] { try work.addToGradient(server) }
    if let own = work.state.tensors[Self.control] { try work.addToGradient(own, -1) }
  }

  public func end(_ work: LocalWork) throws {
    // c_i - c + (x - y) / (K η): what the uncorrected gradients were on average.
    let next = try work.globalParameters().sub_(work.parameters()).div_(work.gradientWeight)
    if let own = work.state.tensors[Self.control] { try next.add_(own) }
    if let server = work.received.tensors[Self.server] { try next.sub_(server) }
    let change = try work.state.tensors[Self.control].map { try next.sub($0) } ?? next.clone()
    work.sent.tensors[Self.change] = change
    work.state.tensors[Self.control] = next
  }

  public func combine(_ step: inout ServerStep) throws {
    guard let change = step.sent.tensors[Self.change] else { return }
    let control = try step.memory.tensors[Self.server] ?? .zeros([step.trainableColumns])
    let share = Double(step.participants) / Double(step.clientCount)
    step.memory.tensors[Self.server] = try control.add(change.mul(share))
  }
}
