import Foundation
import TestSupport
import Testing

/// The kernel for notebooks, talked to as Jupyter does. It needs Python with ipykernel: `FEDLUA_PYTHON`, or `python3`.
@Suite("The Jupyter kernel")
struct KernelTests {
  static let python = ProcessInfo.processInfo.environment["FEDLUA_PYTHON"] ?? "python3"

  /// Whether Python has what the kernel needs.
  static let isAvailable: Bool = {
    let outcome = try? Program(python, "-c", "import ipykernel, jupyter_client").run()
    return outcome?.status == 0
  }()

  @Test(
    "A notebook runs, shows, completes, explains and interrupts",
    .enabled(if: isAvailable, "no Python with ipykernel; FEDLUA_PYTHON may name one"))
  func notebook() throws {
    let scratch = try Scratch()
    let installed = try Program.fedlua(environment: ["FEDLUA_PYTHON": Self.python])
      .run(["kernel", "--install", "--prefix", scratch.folder])
    #expect(installed.status == 0, "\(installed.errors)")
    #expect(installed.output.contains("share/jupyter/kernels/fedlua"))
    let script = Program.packageRoot + "/Tests/ExampleTests/notebook.py"
    let outcome = try Program(Self.python, script, environment: ["JUPYTER_PATH": scratch.folder + "/share/jupyter"])
      .run()
    withExtendedLifetime(scratch) {}
    #expect(outcome.status == 0, "\(outcome.errors.suffix(4000))")
    #expect(outcome.lastLine == "all is well")
  }

  @Test("fedlua repl --json answers requests line by line")
  func lines() throws {
    let requests = [
      #"{"type": "execute", "code": "1 + 1"}"#, #"{"type": "execute", "code": "print('a') io.write('b') x = 5"}"#,
      #"{"type": "execute", "code": "error('no')"}"#, #"{"type": "is_complete", "code": "for i = 1, 3 do"}"#,
      #"{"type": "is_complete", "code": "x ="}"#, #"{"type": "is_complete", "code": "x = = 1"}"#,
      #"{"type": "is_complete", "code": "x"}"#, #"{"type": "complete", "code": "y = fed.aggr", "cursor": 12}"#,
      #"{"type": "inspect", "code": "fed.zeros(2)", "cursor": 6}"#, #"{"type": "nothing"}"#, "no json",
    ]
    let outcome = try Program.fedlua().run(["repl", "--json"], input: requests.joined(separator: "\n") + "\n")
    let answers = outcome.output.split(separator: "\n").map(String.init)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(answers.count >= 12)
    #expect(answers.first == #"{"data":{"text\/plain":"2"},"type":"done"}"#)
    #expect(answers.contains { $0.contains(#""name":"stdout""#) && $0.contains("a\\n") })
    #expect(answers.contains { $0.contains(#""type":"error""#) && $0.contains(":3: no") })
    for status in ["incomplete", "invalid", "complete"] {
      #expect(answers.contains { $0.contains(#""status":"\#(status)""#) }, "\(status)")
    }
    #expect(answers.contains { $0.contains("aggregators") && $0.contains(#""start":"#) })
    #expect(answers.contains { $0.contains(#""found":true"#) && $0.contains("fed.zeros") })
    #expect(answers.filter { $0.contains(#""type":"failed""#) }.count == 2)
  }
}
