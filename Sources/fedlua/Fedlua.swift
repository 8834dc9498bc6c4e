import ArgumentParser

@main
struct Fedlua: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "fedlua", abstract: "Federated learning under attack, in Lua.")
}
