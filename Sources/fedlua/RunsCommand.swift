import ArgumentParser
import Federation
import Foundation
import RunIndex

/// `fedlua runs [DIR]`
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "Lists the runs in a folder, filters and compares them.",
    discussion: """
      Each folder that a script named as run_dir is a run. The list shows how far each is, and the options in which they \
      differ. An index in \(RunIndex.fileName) makes it fast; it is made anew from the folders wherever it is missing.
      """)

  @Argument(help: "The folder that holds them.", completion: .directory)
  var folder = "runs"

  @Option(
    name: .customLong("where"),
    help: "Only runs with this option, such as defense=krum or attack.scale!=10; may be given several times.")
  var conditions: [String] = []

  @Option(help: "Options to show, separated by commas; those that differ without it.")
  var columns: String?

  @Flag(help: "Tell in what the two runs that are left, or each and the first, differ.")
  var diff = false

  @Flag(help: "With --diff, tell of data, script and program, too.")
  var all = false

  @Flag(help: "Write a line of JSON a run.")
  var json = false

  func run() throws {
    guard FileManager.default.fileExists(atPath: folder) else {
      throw ValidationError("there is no folder '\(folder)'; name the one that holds the runs")
    }
    let asked = try conditions.map { text in
      guard let condition = RunIndex.Condition(text) else {
        throw ValidationError("--where '\(text)': an option and its value are needed, such as defense=krum")
      }
      return condition
    }
    let index = try RunIndex(folder), runs = try index.runs(where: asked)
    if diff { return try compare(runs) }
    let named = columns?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let shown = try named.map { try index.values(of: $0, runs) } ?? index.differing(runs)
    print(json ? lines(runs, shown) : table(runs, shown), terminator: "")
  }

  private func compare(_ runs: [RunIndex.Row]) throws {
    guard runs.count > 1 else { throw ValidationError("--diff needs two runs or more, \(runs.count) are left") }
    let all = try runs.map { try RecordedRun("\(folder)/\($0.path)") }
    for other in all.dropFirst() {
      print("\(all[0].path) -> \(other.path)")
      let found = RecordedRun.differences(all[0], other, all: self.all)
      print(found.isEmpty ? "  no difference" : found.map { "  " + $0.text }.joined(separator: "\n"))
    }
  }

  // MARK: Lists

  private func lines(_ runs: [RunIndex.Row], _ shown: [(name: String, values: [String?])]) -> String {
    runs.enumerated().map { place, run in
      JSONValue.object([
        ("path", .string(run.path)), ("completed", .int(run.completed)), ("total", .int(run.total)),
        ("accuracy", .number(run.accuracy)), ("started", run.started.map(JSONValue.string) ?? .null),
        ("hash", run.hash.map(JSONValue.string) ?? .null),
        ("options", .object(shown.map { ($0.name, $0.values[place].map(JSONValue.string) ?? .null) })),
      ]).text + "\n"
    }.joined()
  }

  private func table(_ runs: [RunIndex.Row], _ shown: [(name: String, values: [String?])]) -> String {
    if runs.isEmpty { return "no runs\n" }
    var columns = [
      ["run"] + runs.map(\.path), ["rounds"] + runs.map { "\($0.completed)/\($0.total)" },
      ["accuracy"] + runs.map { $0.accuracy.map { String(format: "%.4f", $0) } ?? "-" },
    ]
    columns += shown.map { [$0.name] + $0.values.map { $0 ?? "-" } }
    columns.append(["hash"] + runs.map { $0.hash.map { String($0.prefix(8)) } ?? "-" })
    let widths = columns.map { $0.map(\.count).max() ?? 0 }
    return (0...runs.count).map { row in
      zip(columns, widths).map { $0[row].padding(toLength: $1, withPad: " ", startingAt: 0) }
        .joined(separator: "  ").trimmingCharacters(in: .init(charactersIn: " ")) + "\n"
    }.joined()
  }
}
