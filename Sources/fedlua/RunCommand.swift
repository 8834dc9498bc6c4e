import ArgumentParser
import Foundation
import LuaBindings
import LuaRuntime

/// `fedlua run script.lua [argument …]`
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs a script.",
    discussion: """
      All that stands behind the script's name belongs to the script, dashes too: fedlua run train.lua --lr 0.1 -h. \
      Only --set is fedlua's wherever it stands. `fedlua train.lua` and `fedlua -e CODE` are short for this command.
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var execution: ExecutionOptions

  @OptionGroup var progress: ProgressOptions

  @OptionGroup var prompt: PromptOptions

  @Option(
    name: [.customShort("e"), .customLong("execute")], parsing: .unconditionalSingleValue,
    help: "Code to run before the script; may be given several times, and without a script.")
  var chunks: [String] = []

  @Flag(name: [.customShort("i"), .customLong("interactive")], help: "Open a prompt after the script.")
  var opensPrompt = false

  @Flag(
    help: """
      Put modules that were edited into the run before each round; where one does not load or a round fails, wait for \
      the next edit.
      """)
  var watch = false

  @Option(name: .customLong("on-error"), help: "stop, or repl for a prompt inside of the function that failed.")
  var onError = ErrorAnswer.stop

  @Argument(help: "The script; - reads it from the standard input.", completion: .file(extensions: ["lua"]))
  var script: String?

  @Argument(help: "Arguments of the script, which finds them in `...` and `arg`.")
  var arguments: [String] = []

  enum ErrorAnswer: String, ExpressibleByArgument {
    case stop, repl
  }

  func validate() throws {
    if script == nil, chunks.isEmpty, !opensPrompt {
      throw ValidationError("a script is missing; name one, or - for the standard input, or give code by -e")
    }
    _ = try settings()
  }

  func run() throws {
    var settings = try settings()
    let ranks = try execution.join(&settings, threads: options.threads, words.kept)
    try HostModules.withSettings(settings) {
      let state = try HostModules.open(settings)
      HostModules.catchInterrupts(state)
      if onError == .repl { state.openPromptOnErrors { HostModules.clearInterrupt(state) } }
      if watch { state.watchesModules = true }
      do throws(LuaError) { try run(in: state) } catch {
        fflush(nil)
        ranks?.problem = error.message
        if ranks?.speaks != false { report(error) }
        guard opensPrompt else { throw ExitCode(error.kind == .interrupted ? 130 : 1) }
        HostModules.clearInterrupt(state)
      }
      if opensPrompt, !prompt.prompt(state) { throw ExitCode.failure }
    }
  }

  private func run(in state: LuaState) throws(LuaError) {
    if script == nil || !chunks.isEmpty { state.searchCurrentFolder() }
    for chunk in chunks { try state.run(chunk, name: "=-e") }
    if let script { try state.run(file: script, arguments: words.kept) }
  }

  /// The settings, those that stand behind the script's name too.
  private func settings() throws -> HostSettings {
    var settings = progress.applied(to: options.settings)
    settings.scriptPath = script
    settings.scriptArguments = words.kept
    settings.assignments = try RunOptions.assignments(options.assignments + words.settings)
    return settings
  }

  /// What the script gets, and what is `--set` among it.
  private var words: (kept: [String], settings: [String]) {
    var kept: [String] = [], settings: [String] = [], rest = arguments[...]
    while let word = rest.popFirst() {
      if word == "--set", let setting = rest.popFirst() { settings.append(setting) } else { kept.append(word) }
    }
    return (kept, settings)
  }

  private func report(_ error: LuaError) {
    let traceback = error.traceback.map { "\n" + $0 } ?? ""
    FileHandle.standardError.write(Data("fedlua: \(error.message)\(traceback)\n".utf8))
  }
}
