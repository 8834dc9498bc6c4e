import Federation
import LuaRuntime

/// Which of several runs the memory of a rule belongs to at the moment: those that were forked share the rule itself.
final class SharedPolicies {
  weak var holder: LuaRun?
  /// What the policies of runs that do not hold them remember.
  private var kept: [ObjectIdentifier: PolicyMemories] = [:]

  init(_ holder: LuaRun) { self.holder = holder }

  func keep(_ memories: PolicyMemories, of run: LuaRun) { kept[ObjectIdentifier(run)] = memories }

  func forget(_ run: LuaRun) { kept[ObjectIdentifier(run)] = nil }

  /// What an older defense or attack of a run remembered is nothing to its new one.
  func forgetDefense(of run: LuaRun) { kept[ObjectIdentifier(run)]?.defense = nil }
  func forgetAttack(of run: LuaRun) { kept[ObjectIdentifier(run)]?.attack = nil }

  /// Gives the policies what they remember of a run, after noting what they remember of another.
  func enter(_ run: LuaRun) throws {
    guard holder !== run else { return }
    if let holder { keep(try holder.simulation.memories(), of: holder) }
    if let memories = kept[ObjectIdentifier(run)] { try run.simulation.restore(memories) }
    forget(run)
    holder = run
  }
}

/// `run:fork { defense = … }`
struct ForkOptions: LuaOptions {
  var defense = LuaValue.nil
  var attack = LuaValue.nil
  var runDir: String?

  static let fields = Fields<ForkOptions> { field in
    field.option("defense", \.defense, "Another defense for the new run; the same without it.")
    field.option("attack", \.attack, "Another attack for the new run; the same without it.")
    field.option("run_dir", \.runDir, "Folder for the new run's own records; none without it.")
  }
}

extension ClassBuilder where Object == LuaRun {
  /// Declares how a run continues in two ways.
  mutating func addRunForking(after smallRun: String) {
    method(
      "fork",
      "Makes a second run that goes on from here: the same model, clients, history and random streams, and the rules' "
        + "memories copied by on_save and on_load. Each may then be changed; one that is not ends as an undisturbed run.",
      Parameter("options", "What is different in the new run."), returns: "The new run.",
      errors: ["A round is under way."],
      example: Example(
        smallRun + """
          run:next_round()
          local fork = run:fork { defense = fed.aggregators.coordinate_median() }
          for _ in fork:rounds() do end
          print(run.completed, fork.completed, #fork.history)
          """, prints: "1\t2\t2")
    ) { (run: LuaRun, options: ForkOptions) in try run.fork(options) }
  }
}
