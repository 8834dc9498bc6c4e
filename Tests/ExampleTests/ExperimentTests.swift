import Foundation
import TestSupport
import Testing

/// The scripts of `scripts/experiments` in sizes that end in seconds: that they run and leave every row behind.
@Suite("The experiments", .serialized)
struct ExperimentTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func run(_ script: String, _ arguments: [String]) throws -> Program.Outcome {
    let path = "\(Program.packageRoot)/scripts/experiments/\(script)"
    let outcome = try Program.fedlua(folder: scratch.folder).run(["run", path] + arguments)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return outcome
  }

  /// Rows of a sweep's file, without its heading.
  private func rows(_ name: String) throws -> [Substring] {
    try String(contentsOfFile: scratch.path(name), encoding: .utf8).split(separator: "\n").dropFirst().map { $0 }
  }

  @Test("The grid of OptiGradTrust runs all kinds of cells")
  func optigradtrust() throws {
    let outcome = try run(
      "optigradtrust.lua",
      [
        "out=grid.csv", "data=fashion_mnist", "images=300", "rounds=1", "root=60", "validation=60", "seeds=1",
        "attacks=none,label_flip,mpaf", "defenses=oracle,optigradtrust",
      ])
    #expect(try rows("grid.csv").count == 12)
    #expect(outcome.output.contains("| iid | label_flip | optigradtrust |"))
  }

  @Test("The grid has its table where nobody attacks")
  func optigradtrustAlone() throws {
    let outcome = try run(
      "optigradtrust.lua",
      [
        "out=alone.csv", "data=fashion_mnist", "images=300", "rounds=1", "root=60", "validation=60", "seeds=1",
        "attacks=none", "defenses=fedavg", "divisions=iid",
      ])
    #expect(outcome.output.contains("| iid | none | fedavg |"))
  }

  @Test("MedFedPure's experiment trains, measures under every attack, inspects and prints")
  func medfedpure() throws {
    let small = [
      "data=synthetic", "side=16", "scans=240", "clients=2", "images=8", "plain_rounds=1", "rounds=1", "together=1",
      "steps=1", "late_steps=1", "generator_rounds=1", "generator_steps=1", "white_steps=1", "full_steps=1",
      "bpda_steps=1", "low_steps=1", "queries=3", "systems=undefended,ours,pooled", "out=mri",
      "defenses=median,mirrored_selective",
    ]
    let outcome = try run("medfedpure.lua", small.flatMap { ["--set", $0] })
    #expect(try rows("mri/results.csv").count == 2 * 18)
    #expect(outcome.output.contains("| selective | 1 |"))
  }

  @Test("The scanners' experiment prints a row for each way of training")
  func scanners() throws {
    let outcome = try run("scanners.lua", ["1", "1", "20"])
    for name in ["fedavg", "fedprox", "fedbn", "fedbn_prox"] { #expect(outcome.output.contains("| \(name) |")) }
  }
}
