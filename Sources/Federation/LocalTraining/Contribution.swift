import Tensors

/// What a worker tells of a client whose update it adds to the others' itself: numbers that travel in its place.
struct Contribution {
  let loss: Double
  /// Norm of the update, NaN where the update is no number.
  let norm: Double
  /// Whether the update was added: one with NaN or an infinity is not.
  let isFinite: Bool

  init(loss: Double, norm: Double, isFinite: Bool) {
    self.loss = loss
    self.norm = norm
    self.isFinite = isFinite
  }

  init(_ numbers: [Double]) {
    self.init(loss: numbers[0], norm: numbers[1], isFinite: numbers[2] == 1)
  }

  var numbers: [Double] { [loss, norm, isFinite ? 1 : 0] }
}

extension ClientTrainer {
  /// Trains from `job.shared[0]`, and gives back the client's share of the mean update: `share · (local - global)`, with
  /// the traveling part of the global vector in `job.shared[1]`; then its share of the values that no update carries.
  func contribute(_ task: ClientTask, _ job: Job) throws -> TaskResult {
    let trained = try train(task, job), split = place.split
    let vector = trained.tensors[0]
    let update = try vector.gathered(split.shared).sub_(job.shared[1])
    guard update.isFinite else {
      return TaskResult(numbers: Contribution(loss: trained.numbers[0], norm: .nan, isFinite: false).numbers)
    }
    let contribution = Contribution(loss: trained.numbers[0], norm: try update.norm().item(), isFinite: true)
    var shares = [try update.mul_(task.share)]
    if !split.averaged.isEmpty {
      let values = try vector.gathered(split.averaged)
      shares.append(values.isFinite ? try values.mul_(task.share) : try values.fill_(0))
    }
    return TaskResult(tensors: shares, numbers: contribution.numbers, state: trained.state)
  }
}

extension Tensor {
  /// Whether a contiguous float32 tensor holds neither NaN nor an infinity.
  var isFinite: Bool { withFloats { RowFault(row: 0, $0, count: count) } == nil }
}
