import Foundation
import TestSupport
import Testing

/// Records of runs at the command line: what is killed goes on, what repeats is proven, what is broken says so.
@Suite("The commands for records")
struct RecordCommandTests {
  /// A run of forty short rounds; arguments are its folder and the f of its rule.
  private static let script = """
    local fed = require "fed"
    local folder, f = arg[1], math.tointeger(arg[2] or 1)
    local train, test = fed.data.blobs { train = 240, test = 90, classes = 3 }
    local run = fed.simulation {
      clients = fed.partition.dirichlet(train, { clients = 6, concentration = 1, seed = 5 }), test = test, rounds = 40,
      model = fed.models.mlp { inputs = 2, hidden = { 8 }, classes = 3 }, seed = 7, byzantine = { 6 },
      attack = fed.attacks.updates.sign_flip { scale = 5 }, defense = fed.aggregators.krum { f = f },
      local_training = { batch = 8, epochs = 3 }, run_dir = folder, resume = arg[3] == "resume",
    }
    if arg[3] == "hang" then
      local rule = run.defense
      run.defense = function(round, updates)
        while round.number == 4 do end
        return rule(round, updates)
      end
    end
    for round in run:rounds() do
      if arg[3] == "slow" then local t = os.clock() while os.clock() < t + 0.02 do end end
      print(round.number)
      io.stdout:flush()
    end
    print(run.digest)
    """

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(Self.script, to: "run.lua")
    return scratch
  }

  private func fedlua(_ scratch: Scratch, _ arguments: String...) throws -> Program.Outcome {
    try Program.fedlua(folder: scratch.folder).run(arguments)
  }

  private func shell(_ scratch: Scratch, _ text: String) throws -> Program.Outcome {
    try Program("bash", "-c", text, folder: scratch.folder, environment: ["FEDLUA": Program.fedluaPath]).run()
  }

  private func text(_ scratch: Scratch, _ name: String) throws -> String {
    try String(contentsOfFile: scratch.path(name), encoding: .utf8)
  }

  @Test("A run that is killed at any moment goes on to the same bits")
  func killed() throws {
    let scratch = try scratch()
    let whole = try fedlua(scratch, "run", "run.lua", "whole")
    #expect(whole.status == 0, "\(whole.errors)")
    for delay in ["0.3", "0.47", "0.61"] {
      _ = try shell(scratch, "timeout --signal=KILL \(delay) \"$FEDLUA\" run run.lua killed 1 slow; true")
    }
    // Whatever moment these were, now for one in the middle of a run that goes on.
    _ = try shell(scratch, "timeout --signal=KILL 0.7 \"$FEDLUA\" resume killed; true")
    let rest = try fedlua(scratch, "resume", "killed", "--quiet")
    #expect(rest.status == 0, "\(rest.errors)")
    #expect(rest.lastLine == whole.lastLine)
    #expect(try text(scratch, "killed/metrics.jsonl") == text(scratch, "whole/metrics.jsonl"))
    let bytes = try ["killed", "whole"].map {
      try Data(contentsOf: URL(fileURLWithPath: scratch.path($0 + "/checkpoint.safetensors")))
    }
    #expect(bytes[0] == bytes[1])
  }

  @Test("replay proves that a run repeats, and says where it does not")
  func replay() throws {
    let scratch = try scratch()
    #expect(try fedlua(scratch, "run", "run.lua", "one").status == 0)
    let before = try text(scratch, "one/manifest.json")
    let same = try fedlua(scratch, "replay", "one", "--quiet", "--threads", "1")
    #expect(same.status == 0 && same.lastLine.hasPrefix("the same bits: "), "\(same.errors)")
    #expect(try text(scratch, "one/manifest.json") == before, "the run itself is not touched")
    let rows = try text(scratch, "one/metrics.jsonl").split(separator: "\n", omittingEmptySubsequences: false)
    let damaged = rows[6].replacing("\"loss\":0.", with: "\"loss\":9.")
    try (rows[..<6] + [damaged] + rows[7...]).joined(separator: "\n").write(
      toFile: scratch.path("one/metrics.jsonl"), atomically: true, encoding: .utf8)
    let other = try fedlua(scratch, "replay", "one", "--quiet")
    #expect(other.status != 0 && other.errors.contains("the run does not repeat: round 7 is another one"))
  }

  @Test("runs lists, filters and compares")
  func runs() throws {
    let scratch = try scratch()
    for f in 1...3 { #expect(try fedlua(scratch, "run", "run.lua", "all/f\(f)", "\(f)").status == 0) }
    let list = try fedlua(scratch, "runs", "all")
    let lines = list.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines.map(\.first) == ["run", "f1", "f2", "f3"], "\(list.output)\(list.errors)")
    #expect(lines[0].contains("defense.f") && lines.dropFirst().map { $0[3] } == ["1", "2", "3"], "\(list.output)")
    let some = try fedlua(scratch, "runs", "all", "--where", "defense=krum", "--where", "defense.f!=2")
    #expect(some.output.contains("f1") && !some.output.contains("f2") && some.output.contains("f3"))
    #expect(try fedlua(scratch, "runs", "all", "--where", "defense=mean").output == "no runs\n")
    let diff = try fedlua(scratch, "runs", "all", "--diff")
    #expect(
      diff.output == "all/f1 -> all/f2\n  defense.f: 1 -> 2\nall/f1 -> all/f3\n  defense.f: 1 -> 3\n", "\(diff.output)")
    // The index is a copy: damaged, it is made anew, and what has changed in the folders is seen.
    try "rubbish".write(toFile: scratch.path("all/.fedlua-runs.sqlite"), atomically: true, encoding: .utf8)
    try FileManager.default.removeItem(atPath: scratch.path("all/f2"))
    let again = try fedlua(scratch, "runs", "all", "--columns", "defense.f", "--json")
    #expect(
      again.output.split(separator: "\n").count == 2 && again.output.contains("\"options\":{\"defense.f\":\"3\"}"))
  }

  @Test("A full disk is an error that loses nothing written before")
  func full() throws {
    let scratch = try scratch()
    #expect(try fedlua(scratch, "run", "run.lua", "whole").status == 0)
    // The limit of a file's size stands for the full disk: metrics of some rounds fit, and then no more.
    let limited = try shell(scratch, "ulimit -f 12; \"$FEDLUA\" run run.lua full")
    #expect(limited.status == 1, "\(limited.output)")
    #expect(limited.errors.contains("the file cannot be written: File too large"), "\(limited.errors)")
    let rows = try text(scratch, "full/metrics.jsonl")
    #expect(rows.hasSuffix("\n") && rows.split(separator: "\n").count > 1)
    #expect(try text(scratch, "whole/metrics.jsonl").hasPrefix(rows))
    let rest = try fedlua(scratch, "resume", "full", "--quiet")
    #expect(rest.status == 0, "\(rest.errors)")
    #expect(try text(scratch, "full/metrics.jsonl") == text(scratch, "whole/metrics.jsonl"))
  }

  /// Whether a disk of some kilobytes can be made here, which nobody else sees.
  private static let hasSmallDisks =
    (try? Program("unshare", "-rm", "bash", "-c", "mount -t tmpfs -o size=64k tmpfs /mnt").run().status == 0) ?? false

  @Test(
    "A disk that is full is an error, and the run goes on where there is room again",
    .enabled(if: hasSmallDisks, "unshare cannot mount a small disk here"))
  func smallDisk() throws {
    let scratch = try scratch()
    let whole = try fedlua(scratch, "run", "run.lua", "whole")
    let played = try shell(
      scratch,
      """
      unshare -rm bash -c '
        mkdir disk; mount -t tmpfs -o size=32k tmpfs disk
        "$FEDLUA" run --quiet run.lua disk/run 2> errors; echo status $?
        mount -o remount,size=1m disk
        "$FEDLUA" resume disk/run --quiet; cp disk/run/metrics.jsonl .'
      """)
    #expect(played.output.contains("status 1\n"), "\(played.output)\(played.errors)")
    #expect(try text(scratch, "errors").contains("the file cannot be written: No space left on device"))
    #expect(played.lastLine == whole.lastLine, "\(played.errors)")
    #expect(try text(scratch, "metrics.jsonl") == text(scratch, "whole/metrics.jsonl"))
  }

  @Test("A truncated checkpoint, another run's folder and a place that cannot be written are clear errors")
  func broken() throws {
    let scratch = try scratch()
    #expect(try fedlua(scratch, "run", "run.lua", "one").status == 0)
    let before = try text(scratch, "one/metrics.jsonl")
    let stranger = try fedlua(scratch, "run", "run.lua", "one", "2")
    #expect(stranger.status == 1 && stranger.errors.contains("run_dir 'one' holds a run"), "\(stranger.errors)")
    let other = try fedlua(scratch, "run", "run.lua", "one", "2", "resume")
    #expect(other.status == 1 && other.errors.contains("defense.f: 1 -> 2"), "\(other.errors)")
    let path = scratch.path("one/checkpoint.safetensors")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: path))
    let truncated = try fedlua(scratch, "run", "run.lua", "one", "1", "resume")
    #expect(truncated.status == 1 && truncated.errors.contains("checkpoint.safetensors"), "\(truncated.errors)")
    #expect(try text(scratch, "one/metrics.jsonl") == before)
    // Nobody may write there, not even root.
    let readOnly = try fedlua(scratch, "run", "run.lua", "/proc/self/run")
    #expect(readOnly.status == 1 && readOnly.errors.contains("the folder cannot be made"), "\(readOnly.errors)")
    let missing = try fedlua(scratch, "resume", "nowhere")
    #expect(missing.status != 0 && missing.errors.contains("there is no manifest.json of a run"))
  }

  @Test("Progress is told in lines of JSON, or not at all")
  func progress() throws {
    let scratch = try scratch()
    let told = try fedlua(scratch, "run", "--json", "run.lua", "one")
    let lines = told.errors.split(separator: "\n")
    #expect(lines.count == 40 && lines[6].hasPrefix("{\"round\":7,\"rounds\":40,\"accuracy\":0."), "\(told.errors)")
    let quiet = try fedlua(scratch, "run", "--quiet", "run.lua", "two")
    #expect(quiet.errors.isEmpty && quiet.lastLine == told.lastLine)
    #expect(try fedlua(scratch, "run", "--quiet", "--json", "run.lua", "three").status == 64)
  }

  @Test("The first Ctrl-C finishes the round and writes a checkpoint, and the run goes on")
  func interrupted() throws {
    let scratch = try scratch()
    let whole = try fedlua(scratch, "run", "run.lua", "whole")
    let stopped = try shell(
      scratch,
      """
      "$FEDLUA" run run.lua stopped 1 slow > out & pid=$!
      while ! grep -q '^3$' out 2>/dev/null; do :; done
      kill -INT $pid; wait $pid; echo status $?
      """)
    #expect(stopped.lastLine == "status 130", "\(stopped.output)\(stopped.errors)")
    let rows = try text(scratch, "stopped/metrics.jsonl").split(separator: "\n").count
    #expect(rows >= 3 && rows < 40)
    let rest = try fedlua(scratch, "resume", "stopped", "--quiet")
    #expect(rest.lastLine == whole.lastLine, "\(rest.errors)")
  }

  @Test("The second Ctrl-C stops in the middle of a round, and what was done stays")
  func interruptedTwice() throws {
    let scratch = try scratch()
    let stopped = try shell(
      scratch,
      """
      "$FEDLUA" run run.lua stopped 1 hang > out & pid=$!
      while ! grep -q '^3$' out 2>/dev/null; do :; done
      sleep 0.3; kill -INT $pid; sleep 0.3; kill -0 $pid && echo goes on
      kill -INT $pid; wait $pid; echo status $?
      """)
    #expect(stopped.output == "goes on\nstatus 130\n", "\(stopped.errors)")
    #expect(try text(scratch, "stopped/metrics.jsonl").split(separator: "\n").count == 3)
  }
}
