/// Descent whose way is divided by the work done, so that clients with more steps do not pull the model to themselves.
///
/// The server gets each update divided by τ, what the client's gradients were multiplied by in all in units of the first
/// rate, and multiplies what its rule decides by the mean of the τ, weighted by samples.
///
/// - Source: Wang et al., NeurIPS 2020, <https://arxiv.org/abs/2007.07481>, equations 6 and 7; τ for momentum as in
///   section 4, for a schedule of rates likewise.
/// - Deviation: running statistics in an update are not divided.
public struct FedNova: LocalAlgorithm {
  public let name = "fednova"
  private static let work: ExchangeKey = "local_work"

  public init() {}

  public var sentBeside: [SentValue] { [SentValue(Self.work, .samples)] }

  public func validate(_ training: LocalTraining) throws { try requireSGD(training) }

  public func end(_ work: LocalWork) throws {
    let rate = work.training.optimizer.learningRate
    let amount = rate > 0 ? work.gradientWeight / rate : 1
    work.sent.numbers[Self.work] = amount
    if amount > 0 { work.updateScale = 1 / amount }
  }

  public func combine(_ step: inout ServerStep) throws {
    guard let amount = step.sent.numbers[Self.work] else { return }
    try step.trainableUpdate().mul_(amount)
  }
}
