import Networks
import Tensors

/// A run as a worker for the same run elsewhere.
extension Simulation {
  /// Does tasks that another process of this run sent, as its own clients would do them.
  public func work(on job: Job) throws -> [Outcome] {
    try ConvolutionMode.with(options.convolutions) {
      try traces.prepare(model)
      try options.localTraining.algorithm.prepare(columns: run.split.trainableColumns)
      return try executor.map(job) { _ in }
    }
  }
}
