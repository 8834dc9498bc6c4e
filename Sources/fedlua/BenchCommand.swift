import ArgumentParser
import Foundation
import LuaBindings
import LuaRuntime

/// `fedlua bench [name …]`
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measures how fast this machine runs the host.",
    discussion: "scripts/bench compares these times with PyTorch's.")

  @Flag(help: "Answer each name read from standard input with seconds.")
  var serve = false

  @Option(help: "Measurements of each; the median counts.")
  var repeats = 5

  @Argument(help: "What to measure; everything by default.")
  var names: [String] = []

  /// Opening a state with all bindings: the one piece of work that is not written in Lua.
  private static let opening = (name: "state", about: "opening a Lua state with all bindings")

  func validate() throws {
    if repeats < 1 { throw ValidationError("--repeats is at least 1, got \(repeats)") }
  }

  func run() throws {
    var settings = HostSettings()
    settings.threads = 1
    try HostModules.withThreads(settings) {
      let state = try HostModules.open(settings)
      HostModules.catchInterrupts(state)
      let bench: LuaTable = try state.evaluate("return require 'fed.bench'")
      if serve { try answer(bench) } else { try report(bench) }
    }
  }

  private func answer(_ bench: LuaTable) throws {
    while let name = readLine(strippingNewline: true) {
      print(try measure(name, bench))
      fflush(nil)
    }
  }

  private func report(_ bench: LuaTable) throws {
    let work: LuaTable = try bench.get("work")
    let all = try [Self.opening.name] + bench.get("names", as: LuaTable.self).array(of: String.self)
    for name in names.isEmpty ? all : names {
      let times = try (0..<repeats).map { _ in try measure(name, bench) }.sorted()
      let about =
        name == Self.opening.name ? Self.opening.about : try work.get(name, as: LuaTable.self).get("about")
      print(Self.readable(times[repeats / 2]).padding(toLength: 12, withPad: " ", startingAt: 0) + about)
      fflush(nil)
    }
  }

  /// Returns the seconds that a piece of work takes once.
  private func measure(_ name: String, _ bench: LuaTable) throws -> Double {
    if name == Self.opening.name { return try openingTime() }
    let measure: LuaFunction = try bench.get("measure")
    return try measure(name, returning: Double.self)
  }

  private func openingTime() throws -> Double {
    let times = 20, start = DispatchTime.now().uptimeNanoseconds
    for _ in 0..<times { _ = try HostModules.open() }
    return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9 / Double(times)
  }

  private static func readable(_ seconds: Double) -> String {
    let (value, unit) =
      seconds < 1e-6 ? (seconds * 1e9, "ns") : seconds < 1e-3 ? (seconds * 1e6, "us") : (seconds * 1e3, "ms")
    return String(format: "%.\(value < 10 ? 2 : value < 100 ? 1 : 0)f \(unit)", value)
  }
}
