import Foundation
import TestSupport
import Testing

/// A small form of `scripts/scale`: one run ends with one digest wherever its clients train.
@Suite("One run on many processes", .serialized)
struct ScalingTests {
  private static let script = "\(Program.packageRoot)/scripts/scale.lua"

  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func expected(rounds: Int) throws -> String {
    let outcome = try Program.fedlua(folder: scratch.folder).run(["run", "--threads", "1", Self.script, "\(rounds)"])
    #expect(outcome.status == 0 && outcome.lastLine.count == 64, "\(outcome.errors)")
    return outcome.lastLine
  }

  private func shell(_ command: String, environment: [String: String] = [:]) throws -> Program.Outcome {
    try Program("bash", "-c", command, folder: scratch.folder, environment: environment).run()
  }

  // MARK: MPI

  private func launch(_ kind: String, _ ranks: Int, _ arguments: String) throws -> Program.Outcome {
    let plugin = scratch.path("libfedlua_mpi.so"), fedlua = Program.fedluaPath
    if !FileManager.default.fileExists(atPath: plugin) {
      let made = try Program.fedlua().run(["mpi-plugin", "--mpicc", "mpicc.\(kind)", "--output", plugin])
      #expect(made.status == 0 && made.output.hasPrefix(plugin), "\(made.errors)")
    }
    let options = kind == "openmpi" ? "--oversubscribe --bind-to none" : ""
    return try shell(
      "mpirun.\(kind) \(options) -n \(ranks) '\(fedlua)' run --executor mpi --threads 1 \(arguments)",
      environment: [
        "FEDLUA_MPI": plugin, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
      ])
  }

  @Test(
    "MPI ranks end with the digest of one process",
    .enabled(if: !Tools.mpi.isEmpty, "mpirun and mpicc are not installed"),
    arguments: Tools.mpi)
  func ranks(kind: String) throws {
    let digest = try expected(rounds: 3)
    let outcome = try launch(kind, 3, "'\(Self.script)' 3")
    #expect(outcome.output == digest + "\n", "\(outcome.errors)")
    #expect(outcome.errors.contains("round 3: accuracy") && outcome.errors.split(separator: "\n").count == 3)
  }

  @Test(
    "A killed rank ends the run, which goes on at the next start",
    .enabled(if: !Tools.mpi.isEmpty, "mpirun and mpicc are not installed"), arguments: Tools.mpi)
  func killedRank(kind: String) throws {
    try scratch.write(
      """
      local status = io.open("/proc/self/status"):read("a")
      local rank = tonumber(os.getenv("OMPI_COMM_WORLD_RANK") or os.getenv("PMI_RANK"))
      local first = not io.open("killed")
      local folder = ...
      local function maybe_die(number)
        if number == 2 and rank == 1 and first then os.execute("touch killed; kill -KILL " .. status:match("Pid:%s*(%d+)")) end
      end
      local train, test = fed.data.blobs { train = 200, test = 60, classes = 3 }
      local run = fed.simulation {
        clients = fed.partition.identical(train, { clients = 6 }), test = test, rounds = 4, seed = 5,
        model = fed.models.mlp { inputs = 2, hidden = { 8 }, classes = 3 }, progress = false,
        run_dir = folder, resume = folder ~= nil,
      }
      for round in run:rounds() do if folder then maybe_die(round.number) end end
      print(run.digest)
      """, to: "s.lua")
    let digest = try Program.fedlua(folder: scratch.folder).run(["run", "s.lua"]).lastLine
    #expect(digest.count == 64)
    #expect(try launch(kind, 3, "s.lua kept").status != 0)
    #expect(FileManager.default.fileExists(atPath: scratch.path("killed")))
    #expect(try launch(kind, 2, "s.lua kept").lastLine == digest)
  }

  @Test(
    "Ranks that go apart, errors and hanging ranks end the run with a reason",
    .enabled(if: !Tools.mpi.isEmpty, "mpirun and mpicc are not installed"))
  func faults() throws {
    let kind = Tools.mpi.last ?? ""
    try scratch.write("print('once') io.stderr:write('told\\n') error('broken')", to: "error.lua")
    let broken = try launch(kind, 3, "error.lua")
    #expect(broken.status != 0 && broken.output.hasPrefix("once\n"))
    #expect(broken.errors.components(separatedBy: "told").count == 2)
    #expect(broken.errors.components(separatedBy: "error.lua:1: broken").count == 2)
    let run = """
      local train = fed.data.blobs { train = 60, test = 20, classes = 3 }
      local rank = tonumber(os.getenv("OMPI_COMM_WORLD_RANK") or os.getenv("PMI_RANK"))
      local run = fed.simulation {
        clients = fed.partition.identical(train, { clients = 3 }), rounds = 2, seed = SEED, progress = false,
        model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 },
      }
      SLEEP
      for _ in run:rounds() do end
      """
    try scratch.write(
      run.replacing("SEED", with: "rank").replacing("SLEEP", with: ""), to: "apart.lua")
    #expect(try launch(kind, 2, "apart.lua").errors.contains("a script must do the same on every rank"))
    try scratch.write(
      run.replacing("SEED", with: "1").replacing("SLEEP", with: "if rank == 1 then os.execute('sleep 20') end"),
      to: "hang.lua")
    #expect(try launch(kind, 2, "--deadline 2 hang.lua").errors.contains("has not answered for 2 seconds"))
  }

  @Test(
    "Files are written once, and every rank finds them",
    .enabled(if: !Tools.mpi.isEmpty, "mpirun and mpicc are not installed"))
  func files() throws {
    try scratch.write(
      """
      local file = assert(io.open("log.txt", "a"))
      file:write("line\\n")
      file:close()
      local model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3, seed = 1 }
      model:save("model.safetensors")
      assert(io.open("model.safetensors"))
      print(pcall(model.save, model, "nowhere/model.safetensors"))
      """, to: "s.lua")
    let outcome = try launch(Tools.mpi.last ?? "", 3, "s.lua")
    #expect(outcome.status == 0 && outcome.output.contains("nowhere/model.safetensors: cannot be written"))
    #expect(try String(contentsOfFile: scratch.path("log.txt"), encoding: .utf8) == "line\n")
  }

  @Test("Without a plug-in, or with none that can be opened, the command says what to do")
  func missingPlugin() throws {
    func run(_ path: String) throws -> Program.Outcome {
      try Program.fedlua(environment: ["FEDLUA_MPI": path]).run(["run", "--executor", "mpi", Self.script])
    }
    let missing = try run(scratch.path("none.so"))
    #expect(missing.status == 1 && missing.errors.contains("fedlua mpi-plugin makes it with this machine's mpicc"))
    try scratch.write("no library", to: "bad.so")
    #expect(try run(scratch.path("bad.so")).errors.contains("bad.so"))
    let doctor = try Program.fedlua(environment: ["FEDLUA_MPI": scratch.path("none.so")]).run(["doctor"])
    #expect(doctor.output.contains("executor threads") && doctor.output.contains("executor flower"))
    #expect(doctor.output.contains("executor mpi      no plug-in"))
  }
}

/// What this machine has of the programs that some tests need.
enum Tools {
  static func have(_ names: String...) -> Bool {
    names.allSatisfy { FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)") }
  }

  /// The kinds of MPI that are installed.
  static let mpi = ["openmpi", "mpich"].filter { have("mpirun.\($0)", "mpicc.\($0)") }
}
