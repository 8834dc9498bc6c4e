import ArgumentParser
import Foundation
import LuaBindings
import LuaLibrary
import LuaRuntime

/// `fedlua flower`
struct FlowerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flower", abstract: "Runs a script between the nodes of a Flower federation.",
    discussion: """
      'new' writes an app for Flower that carries a script: 'flwr run' starts it. 'serve' and 'work' are what that app \
      starts at the server and at the nodes, where this program must be on the path.
      """,
    subcommands: [FlowerNewCommand.self, FlowerServeCommand.self, FlowerWorkCommand.self])
}

private func complain(_ message: String) { FileHandle.standardError.write(Data("fedlua: \(message)\n".utf8)) }

/// Gives away standard input and output for messages; what scripts print goes to the error output.
private func takeStandardPipes() -> (input: Int32, output: Int32) {
  let pipes = (input: dup(0), output: dup(1))
  dup2(2, 1)
  let nothing = open("/dev/null", O_RDONLY)
  if nothing >= 0 { dup2(nothing, 0) }
  return pipes
}

/// `fedlua flower new FOLDER SCRIPT`
struct FlowerNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Writes an app for Flower that carries a script.")

  @Argument(help: "The folder to make.", completion: .directory)
  var folder: String

  @Argument(help: "The script.", completion: .file(extensions: ["lua"]))
  var script: String

  func run() throws {
    guard let text = try? String(contentsOfFile: script, encoding: .utf8) else {
      throw ValidationError("cannot read '\(script)'")
    }
    if FileManager.default.fileExists(atPath: folder) { throw ValidationError("'\(folder)' is there already") }
    let name = URL(fileURLWithPath: script).lastPathComponent
    do {
      for path in LuaLibrary.files(in: "flower") {
        try write(LuaLibrary.file(path) ?? "", to: String(path.dropFirst("flower/".count)))
      }
      let quoted = [name, text].map(HostFacts.quoted)
      try write(
        "\"\"\"The script that this app carries.\"\"\"\n\nNAME = \(quoted[0])\nTEXT = \(quoted[1])\n",
        to: "fedlua_flower/script.py")
    } catch {
      complain("flower new: \(error)")
      throw ExitCode.failure
    }
    print("\(folder): an app for Flower with \(name), SHA-256 \(HostFacts.hash(of: text))")
  }

  private func write(_ text: String, to name: String) throws {
    let file = URL(fileURLWithPath: folder).appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: true, encoding: .utf8)
  }
}

/// `fedlua flower serve SCRIPT`
struct FlowerServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Runs the server's part of a script; the app of 'flower new' starts this.")

  @OptionGroup var options: RunOptions

  @Argument(help: "The script.", completion: .file(extensions: ["lua"]))
  var script: String

  @Argument(help: "Arguments of the script.")
  var arguments: [String] = []

  func run() throws {
    let pipes = takeStandardPipes(), server = SiteServer(input: pipes.input, output: pipes.output)
    var settings = options.settings
    settings.scriptPath = script
    settings.server = server
    do {
      try HostModules.withSettings(settings) {
        let state = try HostModules.open(settings)
        HostModules.catchInterrupts(state)
        try state.run(file: script, arguments: arguments)
      }
    } catch let error as LuaError {
      fflush(nil)
      complain(error.message + (error.traceback.map { "\n" + $0 } ?? ""))
      server.end(error.message)
      throw ExitCode.failure
    }
    fflush(nil)
    server.end(nil)
  }
}

/// `fedlua flower work`
struct FlowerWorkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work", abstract: "Does one message's work at a node; the app of 'flower new' starts this.")

  @Option(help: "The file that tells this site's name, data and allowed scripts; none for a node of one's own cluster.")
  var site: String?

  @Option(help: "Threads to use. (default: FEDLUA_THREADS, or all processors)")
  var threads: Int?

  func run() throws {
    let pipes = takeStandardPipes()
    do {
      let worker = try SiteWorker(
        input: pipes.input, output: pipes.output, site: site.map { try SiteDescription(file: $0) } ?? SiteDescription()
      ) {
        Foundation.exit(0)
      }
      try work(worker)
      SiteWorker.refuse("the script '\(worker.scriptName)' makes no run", output: pipes.output)
    } catch let error as LuaError {
      SiteWorker.refuse(error.message, output: pipes.output)
    } catch {
      SiteWorker.refuse("\(error)", output: pipes.output)
    }
  }

  private func work(_ worker: SiteWorker) throws {
    var settings = HostSettings()
    if let threads { settings.threads = threads }
    settings.seed = worker.seed
    settings.worker = worker
    try HostModules.withSettings(settings) {
      let state = try HostModules.open(settings)
      HostModules.catchInterrupts(state)
      try state.run(worker.script, name: "@" + worker.scriptName, arguments: worker.arguments)
    }
  }
}
