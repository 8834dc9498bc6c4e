import LuaRuntime
import Tensors

private struct ProfileOptions: LuaOptions {
  var quiet = false

  static let fields = Fields<ProfileOptions> { field in
    field.option("quiet", \.quiet, "Whether to print nothing and only return the numbers.")
  }
}

extension ModuleBuilder {
  /// Declares what tells how fast the machine is and where time goes.
  mutating func addProfiling() {
    function(
      "profile", "Runs a function and prints where its time went: by operations, with rates and memory.", .caller,
      Parameter("work", "Called once, without arguments."), Parameter("options", "How to report."),
      returns:
        "The numbers: `seconds`, `elsewhere` (outside of operations), and `groups`, the slowest first, each with "
        + "`name`, `calls`, `seconds`, `flops` and `bytes`; blocks of memory as `fresh_blocks`, `fresh_bytes`, "
        + "`reused_blocks` and `reused_bytes`. Seconds of several threads add up.",
      example: Example(
        """
        local profile = fed.profile(function() return fed.ones(3, 4):matmul(fed.ones(4, 5)) end, { quiet = true })
        for _, group in ipairs(profile.groups) do
          if group.name == "matmul" then print(group.calls, group.flops, group.bytes) end
        end
        """, prints: "1\t120\t188")
    ) { (caller: LuaCaller, work: LuaFunction, options: ProfileOptions) in
      let (_, profile) = try Profiler.run { try work.run() }
      if !options.quiet {
        let print: LuaFunction = try caller.state.evaluate("return print")
        try print.run(profile.table(peak: PeakRate.measure()))
      }
      return record(profile)
    }
    function(
      "peak", "Measures how many floating-point operations per second one thread reaches at most, in registers alone.",
      returns: "Operations per second, a multiplication with an addition counting as two.",
      example: Example("print(fed.peak() > 1e8)", prints: "true")
    ) { PeakRate.measure() }
  }
}

private func record(_ profile: Profile) -> LuaRecord {
  let groups = profile.groups.map { group in
    LuaRecord([
      ("name", group.name), ("calls", group.calls), ("seconds", group.seconds), ("flops", group.flops),
      ("bytes", group.bytes),
    ])
  }
  return LuaRecord([
    ("seconds", profile.seconds), ("elsewhere", profile.elsewhere), ("groups", groups),
    ("fresh_blocks", profile.fresh.count), ("fresh_bytes", profile.fresh.bytes),
    ("reused_blocks", profile.reused.count), ("reused_bytes", profile.reused.bytes),
  ])
}
