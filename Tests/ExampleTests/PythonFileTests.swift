import Foundation
import TestSupport
import Testing

/// Files of tensors go to NumPy and to the Python library of safetensors, and come back.
@Suite("Files for Python")
struct PythonFileTests {
  private static let python = ProcessInfo.processInfo.environment["FEDLUA_PYTHON"] ?? "python3"

  private static func has(_ modules: String) -> Bool {
    let found = (try? Program(python, "-c", "import \(modules)").run().status) == 0
    if !found { print("skipped: \(python) lacks one of \(modules); name one that has them in FEDLUA_PYTHON") }
    return found
  }

  private static let tensors = """
    local fed = require "fed"
    local tensors = {
      f = fed.arange(0, 5):reshape(2, 3) / 4, i = fed.labels { 1, -2, 3 }, d = fed.tensor({ 0.1, 1e300 }, "float64"),
      s = fed.tensor(2.5), e = fed.zeros(0, 2),
    }

    """

  private func lua(_ scratch: Scratch, _ code: String) throws -> String {
    try scratch.write(Self.tensors + code, to: "x.lua")
    let outcome = try Program.fedlua(folder: scratch.folder).run(["run", "x.lua"])
    try #require(outcome.status == 0, "\(outcome.errors)")
    return outcome.output
  }

  private func python(_ scratch: Scratch, _ code: String) throws -> String {
    let outcome = try Program(Self.python, "-c", code, folder: scratch.folder).run()
    try #require(outcome.status == 0, "\(outcome.errors)")
    return outcome.output
  }

  /// What NumPy is asked, whichever library read the arrays `x`.
  private static let check = """

    assert x["f"].tolist() == [[0, .25, .5], [.75, 1, 1.25]], x["f"]
    assert x["i"].tolist() == [1, -2, 3] and x["i"].dtype == numpy.int64
    assert x["d"].tolist() == [0.1, 1e300] and x["s"].size == 1 and x["s"].item() == 2.5
    assert x["e"].shape == (0, 2)
    print(x["f"].dtype)
    """

  @Test("NumPy reads what is saved, and what it saves is read", .enabled(if: has("numpy")))
  func npz() throws {
    let scratch = try Scratch()
    _ = try lua(scratch, "fed.save('a.npz', tensors)\nfed.save('h.npz', tensors, nil, { half = true })")
    let load = "import numpy; x = numpy.load('NAME')" + Self.check
    #expect(try python(scratch, load.replacing("NAME", with: "a.npz")) == "float32\n")
    #expect(try python(scratch, load.replacing("NAME", with: "h.npz")) == "float16\n")
    _ = try python(
      scratch,
      """
      import numpy
      numpy.savez_compressed("b.npz", h=numpy.float16([0.5, 65504, numpy.inf]), i=numpy.int32([-7]), l=numpy.array([2**53 + 1, -2**63]),
        w=numpy.asfortranarray(numpy.arange(6.).reshape(2, 3)), b=numpy.array([True, False]))
      """)
    let back = try lua(
      scratch,
      """
      local x = fed.load "b.npz"
      print(x.h[2], x.h[3], x.i[1], x.w[1][2], x.w.type, x.b[1], x.l[1], x.l[2])
      print(fed.try(fed.load, "missing.npz"))
      """)
    #expect(back.hasPrefix("65504.0\tinf\t-7\t1.0\tfloat64\t1\t9007199254740993\t-9223372036854775808\n"), "\(back)")
    #expect(back.contains("nil\tfed.load: missing.npz: No such file or directory"), "\(back)")
  }

  @Test("safetensors' own library reads what is saved, half precision too", .enabled(if: has("numpy, safetensors")))
  func safetensors() throws {
    let scratch = try Scratch()
    _ = try lua(
      scratch,
      "fed.save('a.safetensors', tensors, { who = 'fedlua' })\nfed.save('h.safetensors', tensors, {}, { half = true })")
    let load = "import numpy, safetensors.numpy as s; x = s.load_file('NAME')" + Self.check
    #expect(try python(scratch, load.replacing("NAME", with: "a.safetensors")) == "float32\n")
    #expect(try python(scratch, load.replacing("NAME", with: "h.safetensors")) == "float16\n")
    _ = try python(
      scratch,
      """
      import numpy, safetensors.numpy as s
      s.save_file({"h": numpy.float16([0.5, 65504]), "i": numpy.int16([-7])}, "b.safetensors", {"who": "python"})
      """)
    let back = try lua(
      scratch, "local x, texts = fed.load 'b.safetensors'\nprint(x.h[2], x.i[1], texts.who)")
    #expect(back == "65504.0\t-7\tpython\n")
  }
}
