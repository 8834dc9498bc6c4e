import LuaRuntime

/// What a policy says it needs, `needs = { updates = "gram", instructions = 1e6 }`, held against what it may use before
/// the first round.
struct PolicyNeeds {
  /// Whether it wants the root update of each round, in a process of its own.
  private(set) var root = false

  private static let known = ["instructions", "memory", "root", "seconds", "tensor_memory", "updates"]

  /// Reads the field `needs` of a table of hooks, and leaves in it what a run looks for.
  ///
  /// - Throws: If the policy needs more than it may use, or something that is not known.
  init(_ hooks: CrossingTable, _ limits: SandboxLimits, of name: String) throws {
    guard case .table(let needs)? = hooks["needs"] else { return }
    let allowed: [String: Double] = [
      "instructions": Double(limits.instructions), "memory": Double(limits.memory),
      "tensor_memory": Double(limits.nativeMemory), "seconds": limits.seconds,
    ]
    for entry in needs.entries {
      guard case .bytes(let bytes) = entry.key, let need = String(validating: bytes, as: UTF8.self),
        Self.known.contains(need)
      else {
        throw LuaFailure("\(name): needs: unknown need; \(Self.known.joined(separator: ", ")) are known")
      }
      switch (need, entry.value) {
      case ("updates", .bytes(let level)): hooks["needs"] = .bytes(level)
      case ("root", .boolean(let wanted)): root = wanted
      case (_, let value): try Self.expect(need, value, allowed[need], name)
      }
    }
    if case .table? = hooks["needs"] { hooks["needs"] = nil }
  }

  private static func expect(_ need: String, _ value: CrossingValue, _ allowed: Double?, _ name: String) throws {
    let number: Double? =
      switch value {
      case .integer(let integer): Double(integer)
      case .number(let number): number
      default: nil
      }
    guard let number, let allowed else { throw LuaFailure("\(name): needs: '\(need)' has a value of another type") }
    guard number <= allowed else {
      throw LuaFailure(
        "\(name): it needs \(need) = \(shown(number)), and \(shown(allowed)) are allowed; option '\(need)' allows more")
    }
  }

  private static func shown(_ number: Double) -> String { Int(exactly: number).map { "\($0)" } ?? "\(number)" }
}
