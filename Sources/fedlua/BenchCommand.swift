import ArgumentParser
import Foundation
import LuaBindings
import LuaRuntime

/// `fedlua bench [name …]`
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measures how fast this machine runs the host.",
    discussion: "A name SERIES:SIZE, such as cnn_batch:8, measures one size. scripts/bench compares with PyTorch.")

  @Flag(help: "Answer each name read from standard input with seconds of processor time and of wall time.")
  var serve = false

  @Option(help: "Threads that the work may use.")
  var threads = 1

  @Option(help: "Measurements of each; the median counts.")
  var repeats = 5

  @Argument(help: "What to measure; everything by default.")
  var names: [String] = []

  /// Opening a state with all bindings, which no script can time.
  private static let opening = (name: "state", about: "opening a Lua state with all bindings")
  /// The time of a thousand million operations at the machine's peak.
  private static let peak = (name: "peak", about: "1e9 multiplications and additions in registers alone")

  /// What doing a piece of work once takes, in seconds.
  private struct Times {
    let processor: Double
    let wall: Double
  }

  func validate() throws {
    if repeats < 1 { throw ValidationError("--repeats is at least 1, got \(repeats)") }
    if threads < 1 { throw ValidationError("--threads is at least 1, got \(threads)") }
    if let complaint = Environment.complaints.first { throw ValidationError(complaint) }
  }

  func run() throws {
    var settings = HostSettings()
    settings.threads = threads
    try HostModules.withSettings(settings) {
      let state = try HostModules.open(settings)
      HostModules.catchInterrupts(state)
      let bench: LuaTable = try state.evaluate("return require 'fed.bench'")
      if serve { try answer(bench) } else { try report(bench) }
    }
  }

  private func answer(_ bench: LuaTable) throws {
    while let name = readLine(strippingNewline: true) {
      let times = try measure(name, bench)
      print(times.processor, times.wall)
      fflush(nil)
    }
  }

  private func report(_ bench: LuaTable) throws {
    let work: LuaTable = try bench.get("work")
    let all = try [Self.opening.name, Self.peak.name] + bench.get("names", as: LuaTable.self).array(of: String.self)
    let alone = [Self.opening.name: Self.opening.about, Self.peak.name: Self.peak.about]
    for name in names.isEmpty ? all : names {
      let times = try (0..<repeats).map { _ in
        let times = try measure(name, bench)
        return threads == 1 ? times.processor : times.wall
      }.sorted()
      let about = try alone[name] ?? work.get(name, as: LuaTable?.self)?.get("about") ?? name
      print(Self.readable(times[repeats / 2]).padding(toLength: 12, withPad: " ", startingAt: 0) + about)
      fflush(nil)
      try bench.get("release", as: LuaFunction.self).run(name)
    }
  }

  private func measure(_ name: String, _ bench: LuaTable) throws -> Times {
    if name == Self.opening.name {
      return try timed {
        for _ in 0..<20 { _ = try HostModules.open() }
      } over: {
        20
      }
    }
    if name == Self.peak.name {
      let seconds = 1e9 / HostModules.peakRate()
      return Times(processor: seconds, wall: seconds)
    }
    try bench.get("prepare", as: LuaFunction.self).run(name)
    let run: LuaFunction = try bench.get("run")
    var count = 1
    return try timed {
      count = try run(name)
    } over: {
      count
    }
  }

  private func timed(_ body: () throws -> Void, over count: () -> Int) rethrows -> Times {
    let ticks = clock(), start = DispatchTime.now().uptimeNanoseconds
    try body()
    let wall = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    let processor = Double(clock() - ticks) / Double(CLOCKS_PER_SEC)
    return Times(processor: processor / Double(count()), wall: wall / Double(count()))
  }

  private static func readable(_ seconds: Double) -> String {
    let (value, unit) =
      seconds < 1e-6 ? (seconds * 1e9, "ns") : seconds < 1e-3 ? (seconds * 1e6, "us") : (seconds * 1e3, "ms")
    return String(format: "%.\(value < 10 ? 2 : value < 100 ? 1 : 0)f \(unit)", value)
  }
}
