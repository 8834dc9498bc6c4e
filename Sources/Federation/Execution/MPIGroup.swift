import Foundation
import Glibc
import Tensors

/// The processes that `mpirun` or `srun` started, joined by the MPI of their cluster.
///
/// Its library is opened at run time through a plug-in of ours that was compiled with the cluster's own `mpicc`; see
/// `fedlua_mpi.c`. Lives on the thread that made it.
public final class MPIGroup: RankGroup {
  /// Number of this process, from 0.
  public let rank: Int
  /// How many there are.
  public let size: Int
  /// Ranks on this rank's machine.
  public let neighbors: Int
  /// Name and version of the library.
  public let library: String

  private let plugin: MPIPlugin
  private let deadline: Double
  private static let block = 64

  /// Starts MPI.
  ///
  /// - Parameters:
  ///   - path: The compiled plug-in.
  ///   - deadline: Seconds that others are waited for.
  public init(plugin path: String, deadline: Double) throws {
    self.deadline = deadline
    plugin = try MPIPlugin(path)
    var rank: Int32 = 0, size: Int32 = 0, neighbors: Int32 = 0
    guard plugin.start(&rank, &size, &neighbors) == 0 else { throw RankError.broken(problem: "MPI did not start") }
    (self.rank, self.size, self.neighbors) = (Int(rank), Int(size), max(1, Int(neighbors)))
    library = plugin.libraryName
  }

  /// Tells the name of the library behind a plug-in, without starting it.
  public static func library(of path: String) throws -> String { try MPIPlugin(path).libraryName }

  /// Brings one message and takes one from each rank.
  public func gather(_ bytes: [UInt8]) throws -> [[UInt8]] {
    guard size > 1 else { return [bytes] }
    let counts = try announce(bytes.count)
    let blocks = counts.map { Int32(($0 + Self.block - 1) / Self.block) }
    var places: [Int32] = [], total = 0
    for count in blocks {
      places.append(Int32(truncatingIfNeeded: total))
      total += Int(count)
    }
    guard total <= Int(Int32.max) else { throw RankError.broken(problem: "a message is longer than MPI can count") }
    // What MPI reads and writes goes on moving until the end, so it has a place that nothing else frees or moves.
    let all = UnsafeMutableRawPointer.allocate(byteCount: max(1, total * Self.block), alignment: 64)
    let own = UnsafeMutableRawPointer.allocate(byteCount: max(1, Int(blocks[rank]) * Self.block), alignment: 64)
    bytes.withUnsafeBytes { if let start = $0.baseAddress { own.copyMemory(from: start, byteCount: $0.count) } }
    guard plugin.gather(own, all, blocks, places) == 0 else { throw failure }
    try wait("one of the ranks") {
      plugin.gathered()
    } until: {
      $0 == 1
    }
    defer {
      all.deallocate()
      own.deallocate()
    }
    return counts.enumerated().map { rank, count in
      rank == self.rank
        ? bytes : Array(UnsafeRawBufferPointer(start: all + Int(places[rank]) * Self.block, count: count))
    }
  }

  /// Tells all how long a message is, and waits until all have told.
  private func announce(_ count: Int) throws -> [Int] {
    let counts = UnsafeMutablePointer<UInt64>.allocate(capacity: size)
    counts.initialize(repeating: 0, count: size)
    guard plugin.announce(UInt64(count), counts) == 0 else { throw failure }
    var missing: Int32 = -1
    try wait("\(missing)") {
      missing = plugin.missing()
      return missing
    } until: {
      $0 == -1
    }
    defer { counts.deallocate() }
    return (0..<size).map { Int(counts[$0]) }
  }

  /// Asks again and again, ever more rarely, so that a rank that waits leaves its processor to one that works.
  private func wait(
    _ name: @autoclosure () -> String, for ask: () -> Int32, until isDone: (Int32) -> Bool
  ) throws {
    let start = DispatchTime.now().uptimeNanoseconds
    var pause: UInt32 = 5
    while true {
      let answer = ask()
      if isDone(answer) { return }
      if answer == -2 { throw failure }
      try Interrupt.check()
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
      if seconds > deadline { throw RankError.silent(rank: name(), seconds: Int(deadline)) }
      usleep(pause)
      pause = min(1000, pause + pause / 4 + 1)
    }
  }

  private var failure: RankError { .broken(problem: "\(library) reports an error") }

  /// Ends all ranks at once.
  public func abort(status: Int32) { plugin.abort(status) }

  /// Ends MPI, once all ranks are done.
  public func finish() { plugin.finish() }
}

/// The functions of `fedlua_mpi.c`, found by name.
private final class MPIPlugin {
  typealias Start =
    @convention(c) (
      UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>
    ) -> Int32
  typealias Name = @convention(c) (UnsafeMutablePointer<CChar>, Int32) -> Void
  typealias Announce = @convention(c) (UInt64, UnsafeMutablePointer<UInt64>) -> Int32
  typealias Ask = @convention(c) () -> Int32
  typealias Gather =
    @convention(c) (
      UnsafeRawPointer, UnsafeMutableRawPointer, UnsafePointer<Int32>, UnsafePointer<Int32>
    ) -> Int32
  typealias Abort = @convention(c) (Int32) -> Void
  typealias Finish = @convention(c) () -> Void

  let start: Start
  let announce: Announce
  let missing: Ask, gathered: Ask
  let gather: Gather
  let abort: Abort
  let finish: Finish
  private let library: Name
  private static let interface: Int32 = 1

  init(_ path: String) throws {
    // Parts of MPI that it loads itself look for its symbols among those of the program.
    guard let handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL) else {
      throw FederationError.setup(
        what: path, problem: dlerror().map { String(cString: $0) } ?? "it cannot be opened",
        allowed: "fedlua mpi-plugin makes it with this machine's mpicc")
    }
    func find<Function>(_ name: String, as type: Function.Type) throws -> Function {
      guard let symbol = dlsym(handle, "fedlua_mpi_" + name) else {
        throw FederationError.setup(
          what: path, problem: "it has no fedlua_mpi_\(name)", allowed: "fedlua mpi-plugin makes the right one")
      }
      return unsafeBitCast(symbol, to: type)
    }
    guard try find("interface", as: Ask.self)() == Self.interface else {
      throw FederationError.setup(
        what: path, problem: "it was made for another version of fedlua",
        allowed: "fedlua mpi-plugin makes the right one")
    }
    start = try find("start", as: Start.self)
    library = try find("library", as: Name.self)
    announce = try find("announce", as: Announce.self)
    missing = try find("missing", as: Ask.self)
    gather = try find("gather", as: Gather.self)
    gathered = try find("gathered", as: Ask.self)
    abort = try find("abort", as: Abort.self)
    finish = try find("finish", as: Finish.self)
  }

  var libraryName: String {
    var text = [CChar](repeating: 0, count: 256)
    library(&text, Int32(text.count))
    return text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
  }
}
