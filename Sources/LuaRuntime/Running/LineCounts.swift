import CLua

/// Which lines of scripts run.
extension LuaState {
  /// Counts from now on how often each line of each script file runs; a coroutine counts for itself and is left out.
  public func countLines() {
    lineCounts = [:]
    clua_count_lines(host) { pointer, path, line in
      LuaState.of(pointer!).lineCounts[String(cString: path!), default: [:]][Int(line), default: 0] += 1
    }
  }

  /// Ends the counting and returns how often the lines of each file ran, files in the order of their paths.
  public func stopCountingLines() -> [(path: String, counts: [Int: Int])] {
    clua_count_lines(host, nil)
    defer { lineCounts = [:] }
    return lineCounts.sorted { $0.key < $1.key }.map { (path: $0.key, counts: $0.value) }
  }
}
