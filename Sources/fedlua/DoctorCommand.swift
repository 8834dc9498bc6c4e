import ArgumentParser
import LuaBindings

/// `fedlua doctor`
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Tells versions, threads, the instruction set and which data is found.")

  func run() throws {
    let facts = [(name: "fedlua", value: fedluaVersion)] + HostFacts.all(HostSettings())
    let width = facts.map(\.name.count).max() ?? 0
    for fact in facts { print(fact.name.padding(toLength: width, withPad: " ", startingAt: 0) + "  " + fact.value) }
  }
}
