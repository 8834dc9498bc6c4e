import Foundation
import TestSupport
import Testing

/// Debian's Chromium, where it is installed.
private let chromium = "/usr/bin/chromium"

@Suite(
  "Reports in a browser",
  .enabled(if: FileManager.default.isExecutableFile(atPath: chromium), "there is no \(chromium): install chromium"))
struct ReportPageTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A report of a run under attack and of a sweep, as a file beside the test's others.
  private func writeReport() throws {
    try scratch.write(
      """
      local fed = require "fed"
      local train, test = fed.data.blobs { train = 200, test = 40, classes = 2, seed = 1 }
      local run = fed.simulation {
        clients = fed.partition.identical(train, { clients = 10, seed = 1 }), test = test, rounds = 3, seed = 1,
        model = fed.models.mlp { inputs = 2, hidden = {}, classes = 2 }, progress = false,
        byzantine = { 9, 10 }, attack = fed.attacks.updates.sign_flip { scale = 10 },
        defense = fed.aggregators.multi_krum { f = 2 },
      }
      for _ in run:rounds() do end
      local sweep = fed.sweep {
        grid = { defense = { "mean", "a_rule_with_a_very_long_name_indeed" }, attack = { "none", "sign_flip" } },
        seeds = { 1, 2 }, out = "cells.csv", run = function(cell) return { accuracy = cell.seed / 2 } end,
      }
      sweep:run()
      fed.report {
        title = "A run & a sweep", run = run, sweep = sweep, settings = { path = ("x/y"):rep(60) },
        pitfalls = fed.evaluate.pitfalls { runs = { run } },
      }:save "report.html"
      """, to: "report.lua")
    let outcome = try Program.fedlua(folder: scratch.folder).run(["run", "report.lua"])
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test("Nothing overflows on a screen or a telephone, and the browser complains of nothing", arguments: [1280, 390])
  func fits(width: Int) throws {
    try writeReport()
    try scratch.write(
      """
      <iframe src="report.html" width="\(width)" height="800" style="border: 0" onload="
        const root = this.contentDocument.documentElement;
        document.title = [root.clientWidth, root.scrollWidth, root.querySelectorAll('svg').length].join(' ')
      "></iframe>
      """, to: "frame.html")
    let outcome = try Program(
      chromium, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
      "--enable-logging=stderr", "--virtual-time-budget=2000", "--user-data-dir=\(scratch.path("profile"))",
      folder: scratch.folder
    ).run(["--window-size=1400,900", "--dump-dom", "file://\(scratch.path("frame.html"))"])
    let title = outcome.output.firstMatch(of: /<title>(\d+) (\d+) (\d+)<\/title>/)
    let (inner, whole, figures) = try #require(title.map { ($0.1, $0.2, $0.3) }, "\(outcome.output)")
    #expect(inner == whole, "the page is \(whole) pixels wide in \(inner)")
    #expect(Int(figures)! >= 5)
    #expect(!outcome.errors.contains("CONSOLE"), "\(outcome.errors)")
  }
}
