import ArgumentParser
import Federation
import Foundation
import LuaBindings
import LuaRuntime

/// `fedlua export DIR --tensorboard --out FOLDER`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes recorded runs for other programs to read.",
    discussion: """
      DIR is the folder of a run, its run_dir, or one that holds several. TensorBoard opens the result by \
      `tensorboard --logdir FOLDER`, MLflow by `MLFLOW_ALLOW_FILE_STORE=true mlflow ui \
      --backend-store-uri FOLDER/mlruns`, NumPy by `numpy.load("FOLDER/RUN/run.npz")`, and a browser FOLDER/RUN.html.
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

  @Flag(help: "A page that tells of the run, as fed.report makes it.")
  var html = false

  @Option(help: "Where it goes.", completion: .directory)
  var out: String

  private var kinds: [RunExport] {
    let asked: [(isAsked: Bool, kind: RunExport)] = [
      (tensorboard, .tensorboard), (mlflow, .mlflow), (csv, .csv), (npz, .npz),
    ]
    return asked.filter(\.isAsked).map(\.kind)
  }

  func validate() throws {
    if kinds.isEmpty, !html {
      throw ValidationError("one of --tensorboard, --mlflow, --csv, --npz and --html is needed")
    }
  }

  func run() throws {
    let runs = RecordedRun.all(in: folder)
    guard !runs.isEmpty else { throw ValidationError("there is no run in '\(folder)'") }
    for run in runs {
      let inner = run.path.dropFirst(folder.count).split(separator: "/").joined(separator: "_")
      let own = URL(fileURLWithPath: run.path).standardizedFileURL.lastPathComponent
      let name = inner.isEmpty ? own : inner
      for kind in kinds { try kind.write(run, to: out, name: name) }
      if html { try writePage(run, name) }
      let written = kinds.map(\.rawValue) + (html ? ["html"] : [])
      print("\(run.path) -> \(out): \(written.joined(separator: ", ")) of \(run.history().count) rounds")
    }
  }

  private func writePage(_ run: RecordedRun, _ name: String) throws {
    try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    let state = try HostModules.open()
    let write: LuaFunction = try state.evaluate(
      """
      return function(folder, name, path)
        local fed = require "fed"
        fed.report { title = "Run " .. name, run = fed.runs(folder)[1] }:save(path)
      end
      """)
    try withExtendedLifetime(state) { try write.run(run.path, name, "\(out)/\(name).html") }
  }
}
