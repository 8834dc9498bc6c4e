import ArgumentParser
import Foundation

/// `fedlua kernel`
struct KernelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernel", abstract: "Installs fedlua for Jupyter notebooks.",
    discussion: "The kernel is a script for Python's ipykernel, which must be there: pip install ipykernel.")

  @Flag(help: "Write the kernel where Jupyter looks for kernels.")
  var install = false

  @Flag(help: "Into the user's own folder. This is the default.")
  var user = false

  @Option(help: "Into a folder such as that of a virtual environment.")
  var prefix: String?

  @Option(help: "The Python that runs the kernel. (default: FEDLUA_PYTHON, or python3)")
  var python: String?

  func validate() throws {
    guard install else { throw ValidationError("--install is missing; it writes the kernel") }
    if user, prefix != nil { throw ValidationError("--user and --prefix exclude each other") }
  }

  func run() throws {
    let folder = URL(fileURLWithPath: place).appendingPathComponent("kernels/fedlua")
    let script = folder.appendingPathComponent("fedlua_kernel.py")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try kernelScript.write(to: script, atomically: true, encoding: .utf8)
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
    let description: [String: Any] = [
      "argv": [interpreter, script.path, "-f", "{connection_file}"], "display_name": "fedlua (Lua)", "language": "lua",
      "interrupt_mode": "signal", "env": ["FEDLUA_PROGRAM": program],
    ]
    let data = try JSONSerialization.data(
      withJSONObject: description, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    try data.write(to: folder.appendingPathComponent("kernel.json"), options: .atomic)
    print("installed the kernel 'fedlua' in \(folder.path)")
  }

  private var interpreter: String {
    python ?? ProcessInfo.processInfo.environment["FEDLUA_PYTHON"] ?? "python3"
  }

  /// The folder `share/jupyter` of the prefix, or that of the user.
  private var place: String {
    if let prefix { return prefix + "/share/jupyter" }
    let environment = ProcessInfo.processInfo.environment
    if let own = environment["JUPYTER_DATA_DIR"] { return own }
    if let data = environment["XDG_DATA_HOME"] { return data + "/jupyter" }
    return (environment["HOME"] ?? NSHomeDirectory()) + "/.local/share/jupyter"
  }
}
