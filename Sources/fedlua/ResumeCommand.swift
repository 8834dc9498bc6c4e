import ArgumentParser
import LuaBindings

/// `fedlua resume DIR`
struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Goes on with a run that was stopped or killed.",
    discussion: """
      Runs the script again that the run's manifest.json holds, with its arguments and seed, in the folder where it was \
      run. Each run of the script goes on from the checkpoint in its run_dir; what was done is not done again.
      """)

  @Argument(help: "The folder of the run, its run_dir.", completion: .directory)
  var folder: String

  @Option(help: "Threads to use. (default: FEDLUA_THREADS, or all processors)")
  var threads: Int?

  @OptionGroup var progress: ProgressOptions

  func run() throws { try RecordedScript(folder).execute(.resumed, threads: threads, progress) }
}
