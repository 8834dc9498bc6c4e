import Federation
import Foundation
import LuaRuntime
import Tensors

extension LuaRun {
  /// Runs a round until it goes well: where `run --watch` is at work, a module that was edited is put in before it, and
  /// a round that failed runs again after the next edit; where a prompt at an error asked for it, it runs again at once.
  func persistently<Result>(_ state: LuaState, _ round: () throws -> Result) throws -> Result {
    while true {
      if state.watchesModules { try takeEdits(state) }
      do { return try round() } catch {
        if state.takesRetry() { continue }
        guard state.watchesModules, state.watchesAnyModule, !state.isInterrupted else { throw error }
        say("round \(simulation.completedRounds + 1) failed: \(error)\nfedlua: waiting for an edit, then it runs again")
        try waitForEdit(state)
      }
    }
  }

  /// Puts edited modules in; waits while one of them does not load.
  private func takeEdits(_ state: LuaState) throws {
    while true {
      let reports = state.reloadChangedModules()
      for report in reports { say("\(report), before round \(simulation.completedRounds + 1)") }
      guard reports.contains(where: { $0.failure != nil }) else { return }
      say("waiting for the next edit")
      try waitForEdit(state)
    }
  }

  private func waitForEdit(_ state: LuaState) throws {
    while !state.hasChangedModules {
      if state.isInterrupted { throw LuaFailure("interrupted") }
      usleep(100_000)
    }
  }

  private func say(_ text: String) { FileHandle.standardError.write(Data("fedlua: \(text)\n".utf8)) }

  /// Takes over what a reload put in the place of the policies' functions. Returns what the run could not take over.
  func rereadPolicies() -> String? {
    do {
      if let new = reread(defense) { try setDefense(new) }
      if let new = reread(attack) { try setAttack(new) }
    } catch { return "a run keeps its old rule: \(error)" }
    return nil
  }

  /// A policy that has to be read again: a table, whose functions may be others now, or the new one of a function.
  private func reread(_ policy: LuaValue) -> LuaValue? {
    switch policy {
    case .table: policy
    case .function(let function): function.replacement
    default: nil
    }
  }
}
