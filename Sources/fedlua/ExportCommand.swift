import ArgumentParser
import Federation
import Foundation

/// `fedlua export DIR --tensorboard --out FOLDER`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes recorded runs for other programs to read.",
    discussion: """
      DIR is the folder of a run, its run_dir, or one that holds several. TensorBoard opens the result by \
      `tensorboard --logdir FOLDER`, MLflow by `MLFLOW_ALLOW_FILE_STORE=true mlflow ui \
      --backend-store-uri FOLDER/mlruns`, NumPy by `numpy.load("FOLDER/RUN/run.npz")`.
      """)

  @Argument(help: "The folder of a run, or of several.", completion: .directory)
  var folder: String

  @Flag(help: "Event files of TensorBoard.")
  var tensorboard = false

  @Flag(help: "The file store of MLflow.")
  var mlflow = false

  @Flag(help: "Tables of rounds, of clients in rounds, and of options.")
  var csv = false

  @Flag(help: "An archive of arrays for NumPy.")
  var npz = false

  @Option(help: "Where it goes.", completion: .directory)
  var out: String

  private var kinds: [RunExport] {
    let asked: [(isAsked: Bool, kind: RunExport)] = [
      (tensorboard, .tensorboard), (mlflow, .mlflow), (csv, .csv), (npz, .npz),
    ]
    return asked.filter(\.isAsked).map(\.kind)
  }

  func validate() throws {
    if kinds.isEmpty { throw ValidationError("one of --tensorboard, --mlflow, --csv and --npz is needed") }
  }

  func run() throws {
    let runs = RecordedRun.all(in: folder)
    guard !runs.isEmpty else { throw ValidationError("there is no run in '\(folder)'") }
    for run in runs {
      let inner = run.path.dropFirst(folder.count).split(separator: "/").joined(separator: "_")
      let own = URL(fileURLWithPath: run.path).standardizedFileURL.lastPathComponent
      let name = inner.isEmpty ? own : inner
      for kind in kinds { try kind.write(run, to: out, name: name) }
      print("\(run.path) -> \(out): \(kinds.map(\.rawValue).joined(separator: ", ")) of \(run.history().count) rounds")
    }
  }
}
