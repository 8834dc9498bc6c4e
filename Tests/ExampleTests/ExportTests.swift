import Foundation
import TestSupport
import Testing

/// What `fedlua export` writes is read by the programs that it is for.
///
/// They are Python packages: FEDLUA_PYTHON names an interpreter that has tensorboard, mlflow and numpy.
@Suite("Exported runs")
struct ExportTests {
  private static let python = ProcessInfo.processInfo.environment["FEDLUA_PYTHON"] ?? "python3"

  /// Whether the interpreter has a module; says so where it has not.
  private static func has(_ module: String) -> Bool {
    let found = (try? Program(python, "-c", "import \(module)").run().status) == 0
    if !found { print("skipped: \(python) has no \(module); name one that has it in FEDLUA_PYTHON") }
    return found
  }

  private static let script = """
    local fed = require "fed"
    local train, test = fed.data.blobs { train = 120, test = 60, classes = 3 }
    local run = fed.simulation {
      clients = fed.partition.identical(train, { clients = 5 }), test = test, rounds = 4, seed = 7, evaluate_every = 2,
      model = fed.models.mlp { inputs = 2, hidden = { 8 }, classes = 3 }, byzantine = { 5 },
      attack = fed.attacks.updates.sign_flip { scale = 5 }, run_dir = arg[1],
      defense = function(round, updates)
        return { update = updates:median(), ledger = { length = updates:norms() }, reasons = { [2] = 'so, "late"' } }
      end,
    }
    for _ in run:rounds() do end
    local rounds, values = run.history:column "accuracy"
    for i, round in ipairs(rounds) do print(round, ("%.17g"):format(values[i])) end
    """

  /// A run and its exports in the folder `out`; what the run printed: rounds and accuracies.
  private func exported(_ kinds: String...) throws -> (scratch: Scratch, accuracies: [[Double]]) {
    let scratch = try Scratch()
    try scratch.write(Self.script, to: "run.lua")
    let run = try Program.fedlua(folder: scratch.folder).run(["run", "--quiet", "run.lua", "one"])
    try #require(run.status == 0, "\(run.errors)")
    let export = try Program.fedlua(folder: scratch.folder).run(["export", "one", "--out", "out"] + kinds)
    try #require(export.status == 0, "\(export.errors)")
    return (scratch, run.output.split(separator: "\n").map { $0.split(separator: "\t").compactMap { Double($0) } })
  }

  private func read(_ scratch: Scratch, _ code: String) throws -> [[Double]] {
    let outcome = try Program(
      Self.python, "-c", code, folder: scratch.folder, environment: ["MLFLOW_ALLOW_FILE_STORE": "true"]
    ).run()
    try #require(outcome.status == 0, "\(outcome.errors)")
    return outcome.output.split(separator: "\n").map { $0.split(separator: " ").compactMap { Double($0) } }
  }

  @Test("A page tells of the run by itself")
  func html() throws {
    let (scratch, _) = try exported("--html")
    let page = try String(contentsOfFile: scratch.path("out/one.html"), encoding: .utf8)
    #expect(page.contains("<title>Run one</title>") && page.contains("<h2>Settings</h2>"))
    #expect(page.contains("<svg") && !page.contains("<script"))
  }

  @Test("CSV has rounds, clients and options")
  func csv() throws {
    let (scratch, accuracies) = try exported("--csv")
    func lines(_ name: String) throws -> [String] {
      try String(contentsOfFile: scratch.path("out/one/\(name)"), encoding: .utf8).components(separatedBy: "\r\n")
        .filter { !$0.isEmpty }
    }
    let history = try lines("history.csv").map { $0.components(separatedBy: ",") }
    let column = try #require(history[0].firstIndex(of: "accuracy"))
    #expect(history.dropFirst().map { Double($0[column]) } == [nil, accuracies[0][1], nil, accuracies[1][1]])
    let ledger = try lines("ledger.csv")
    #expect(ledger.count == 21 && ledger[0].hasSuffix(",length") && ledger[2].contains(#","so, ""late""","#))
    #expect(try lines("options.csv").contains("attack.scale,5"))
  }

  @Test("NumPy reads the archive", .enabled(if: has("numpy")))
  func npz() throws {
    let (scratch, accuracies) = try exported("--npz")
    let read = try read(
      scratch,
      """
      import numpy
      run = numpy.load("out/one/run.npz")
      for round, value in zip(run["round"], run["accuracy"]):
          if value == value: print(round, repr(float(value)))
      print(len(run["ledger_client"]), run["ledger_of_rule_length"].dtype == numpy.float64, run["round"].dtype.itemsize)
      """)
    #expect(read.prefix(2) == accuracies[...])
    #expect(read[2] == [20, 8])
  }

  @Test("TensorBoard reads the events", .enabled(if: has("tensorboard")))
  func tensorboard() throws {
    let (scratch, accuracies) = try exported("--tensorboard")
    let read = try read(
      scratch,
      """
      from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
      events = EventAccumulator("out/one")
      events.Reload()
      for event in events.Scalars("test/accuracy"): print(event.step, event.value)
      print(len(events.Scalars("client_3/length")), len(events.Scalars("round/training_loss")))
      """)
    #expect(read.prefix(2).map { $0[0] } == accuracies.map { $0[0] })
    for (read, right) in zip(read, accuracies) { #expect(Float(read[1]) == Float(right[1])) }
    #expect(read[2] == [4, 4])
  }

  @Test("MLflow reads the store", .enabled(if: has("mlflow")))
  func mlflow() throws {
    let (scratch, accuracies) = try exported("--mlflow")
    let read = try read(
      scratch,
      """
      import os, warnings
      warnings.simplefilter("ignore")
      from mlflow.tracking import MlflowClient
      client = MlflowClient("file://" + os.path.abspath("out/mlruns"))
      experiment = client.get_experiment_by_name("fedlua")
      [run] = client.search_runs([experiment.experiment_id], "params.`attack.scale` = '5'")
      for metric in client.get_metric_history(run.info.run_id, "accuracy"): print(metric.step, repr(metric.value))
      assert run.info.run_name == "one" and run.info.status == "FINISHED"
      assert run.data.params["attack"].startswith("fed.attacks.updates.sign_flip { scale = 5"), run.data.params
      assert [f.path for f in client.list_artifacts(run.info.run_id)] == ["manifest.json"]
      """)
    #expect(read == accuracies)
  }
}
