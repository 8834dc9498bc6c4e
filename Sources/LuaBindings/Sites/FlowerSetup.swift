import Foundation

/// What this machine has for runs on Flower.
enum FlowerSetup {
  /// Oldest version of Flower that the app was run with.
  private static let oldest = "1.26.1"

  /// What `fedlua doctor` tells.
  static var facts: String {
    guard let path = Executables.path(of: "flwr") else {
      return "no flwr on the path; pip install flwr, \(oldest) or newer, at the server and at the nodes"
    }
    guard let version = version(of: path) else { return "\(path) does not tell its version" }
    let isOld = version.compare(oldest, options: .numeric) == .orderedAscending
    return "Flower \(version), through \(path)" + (isOld ? "; \(oldest) or newer is needed" : "")
  }

  private static func version(of path: String) -> String? {
    let program = Process(), pipe = Pipe()
    program.executableURL = URL(fileURLWithPath: path)
    program.arguments = ["--version"]
    program.environment = ProcessInfo.processInfo.environment.merging(
      ["FLWR_TELEMETRY_ENABLED": "0", "FLWR_DISABLE_UPDATE_CHECK": "1"]) { $1 }
    program.standardOutput = pipe
    program.standardError = FileHandle.nullDevice
    guard (try? program.run()) != nil else { return nil }
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    program.waitUntilExit()
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    return text.split(whereSeparator: \.isWhitespace).last { $0.first?.isNumber == true }.map(String.init)
  }
}
