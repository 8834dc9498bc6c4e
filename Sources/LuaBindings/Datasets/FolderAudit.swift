import Datasets
import Federation
import Foundation
import Synchronization
import Tensors

/// `fedlua audit`: everything but its flags.
public struct FolderAudit {
  /// Side at which pixels are compared; 0 keeps the pictures' own size.
  public var size = 64
  public var distance = DataAudit.Options().distance
  public var threads = HostSettings().threads
  public var seed = DataAudit.Options().seed

  /// What was found.
  public struct Outcome {
    public let text: String
    public let json: String
    public let hasProblems: Bool
  }

  public init() {}

  /// Audits a folder of pictures.
  ///
  /// - Parameters:
  ///   - path: Folders of classes, perhaps below folders for training and test.
  ///   - onProgress: Called now and then, on any thread, with what is being done and which share of it is done.
  /// - Throws: ``DatasetError``, ``Interrupted`` on request.
  public func run(_ path: String, onProgress: @escaping @Sendable (String, Double) -> Void) throws -> Outcome {
    var folder = AuditedFolder()
    folder.size = size == 0 ? nil : size
    var options = DataAudit.Options()
    (options.distance, options.seed) = (distance, seed)
    let audit = try Parallel.withThreads(threads) {
      onProgress("reading pictures", 0)
      return try DataAudit(try folder.load(path), options, onProgress: onProgress)
    }
    return Outcome(
      text: audit.report(folder: path), json: audit.json.text, hasProblems: !audit.problems.isEmpty)
  }

  /// Makes Ctrl-C stop the work.
  public static func catchInterrupts() {
    Interrupt.clear()
    signal(SIGINT) { _ in Interrupt.request() }
  }
}
