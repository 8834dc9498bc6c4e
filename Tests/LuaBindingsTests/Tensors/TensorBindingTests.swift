import LuaRuntime
import Testing

@testable import LuaBindings

@Suite struct TensorBindingTests {
  private static func printed(_ script: String) throws -> String {
    var lines: [String] = []
    let state = try HostModules.open()
    state.redirectPrint { lines.append($0) }
    try state.run(script, name: "=script.lua")
    return lines.joined(separator: "\n")
  }

  @Test(
    "scripts compute with tensors as with numbers",
    arguments: [
      ("local x = fed.tensor { {1, 2}, {3, 4} } print(x[1][2], x[-1][-1], x[{2, 1}])", "2.0\t4.0\t3.0"),
      ("local x = fed.tensor { 1, 2, 3 } print(math.max(0, x[3]))", "3.0"),
      ("print(fed.labels { 4, 5 }[2])", "5"),
      ("local x = fed.tensor { 1, 2 } print(x == x, rawequal(x, fed.tensor { 1, 2 }))", "true\tfalse"),
      ("local x = fed.zeros(3) x[2] = 5 x[-1] = fed.tensor(7) print(x)", "Tensor [3] float32\n  0  5  7"),
      ("local x = fed.zeros(2, 3) x[{ {1, 2}, 2 }] = fed.tensor { 1, 2 } print(x[2])", "Tensor [3] float32\n  0  2  0"),
      ("print(((2 ^ fed.tensor { 1, 3 }) - fed.tensor { 2, 8 }):abs():max():item() < 1e-5)", "true"),
      ("print((-fed.tensor { 1 } + 1 - 2 * fed.tensor { 3 } / 3):item())", "-2.0"),
      ("print(1 / fed.tensor { 4 }, 1 - fed.tensor { 4 })", "Tensor [1] float32\n  0.2500\tTensor [1] float32\n  -3"),
      ("print(#fed.zeros(4, 2), fed.zeros(4, 2).rank, fed.zeros(4, 2).count, fed.zeros(1).type)", "4\t2\t8\tfloat32"),
      ("local n = fed.tensor { 1, 2, 9 } print(n:le(3 * n:median()))", "Tensor [3] float32\n  1  1  0"),
      ("print(fed.labels { 1, 2 }:eq(fed.tensor { {1, 9}, {0, 0} }:labels()):mean():item())", "0.5"),
      ("print(fed.tensor { {1, 2}, {3, 4} }:sum { 1, 2 }:item(), fed.ones(2, 3):mean(-1, true).shape[2])", "10.0\t1"),
      (
        "local a = fed.tensor { {5, 1}, {2, 9} } print(a:argmax(1), a:argmax(2))",
        "Tensor [2] int64\n  1  2\tTensor [2] int64\n  1  2"
      ),
      ("print(fed.zeros { 2, type = 'uint8' }:to_table()[1])", "0"),
      ("print(fed.no_grad(function(...) return 1, 'two' end))", "1\ttwo"),
      (
        "local s = fed.stream { seed = 3 } local x, y = fed.randn { 3, stream = s }, fed.randn { 3, stream = s } print((x - y):norm():item() > 0)",
        "true"
      ),
      ("print((fed.randn { 3 } - fed.randn { 3 }):norm():item() > 0)", "true"),
      ("local s = 0 for i, v in pairs(fed.tensor { 5, 6 }) do s = s + i * v end print(s)", "17.0"),
      ("for i, row in fed.tensor { {1, 2} }:rows() do print(i, row[2]) end", "1\t2.0"),
      ("local x <close> = fed.zeros(2) print(#x)", "2"),
    ])
  func script(code: String, expected: String) throws {
    #expect(try Self.printed(code) == expected)
  }

  @Test(
    "whole numbers are exact wherever a script meets them",
    arguments: [
      ("print(fed.labels { 9007199254740993 }[1])", "9007199254740993"),
      ("print(fed.tensor({ 9007199254740993 }, 'int64')[1])", "9007199254740993"),
      ("print(fed.tensor { 9007199254740993, type = 'int64' }:item())", "9007199254740993"),
      ("print(fed.tensor(9007199254740993, 'int64'))", "Tensor(9007199254740993)"),
      ("print(fed.labels { 9007199254740993, -1 })", "Tensor [2] int64\n  9007199254740993                -1"),
      ("print(fed.labels { 9007199254740993 }:to_table()[1])", "9007199254740993"),
      ("print(fed.full({ 1, type = 'int64' }, 9007199254740993)[1])", "9007199254740993"),
      ("local x = fed.labels { 0, 0 } x[1] = 9007199254740993 x:fill_(x[1] - 2) print(x[2])", "9007199254740991"),
      ("local x = fed.labels { 0, 0 } x[{ {1, 2} }] = math.mininteger print(x[2])", "-9223372036854775808"),
      ("print((fed.labels { 9007199254740993 } - 1):eq(9007199254740992):item())", "1.0"),
      ("print(fed.labels { 9007199254740993 }:eq(9007199254740992):item())", "0.0"),
      ("print((1 - fed.labels { 0, 1 }), -fed.labels { 3 })", "Tensor [2] int64\n  1  0\tTensor [1] int64\n  -3"),
      (
        "print((7 // fed.labels { 2 }):item(), (fed.labels { -7 } % 3):item(), (7.5 // fed.tensor { 2 }):item())",
        "3\t2\t3.0"
      ),
      ("print(fed.labels { 1, 2 }:sum():item(), fed.labels { 5, 7 }:max():item())", "3\t7"),
      ("local x = fed.labels { 1, 2 } x:add_(5) print(x)", "Tensor [2] int64\n  6  7"),
      ("print(fed.tensor { 1, 2, type = 'int64' }.type, fed.tensor { { 1, 2 }, type = 'uint8' }.type)", "int64\tuint8"),
      ("print(fed.tensor { 1.5, type = 'float64' }.type, fed.tensor(fed.labels { 1 }).type)", "float64\tfloat32"),
    ])
  func exact(code: String, expected: String) throws {
    #expect(try Self.printed(code) == expected)
  }

  @Test(
    "options of reductions count, in every form",
    arguments: [
      ("print(fed.ones(2, 3):sum { axis = 1 })", "Tensor [3] float32\n  2  2  2"),
      ("print(fed.ones(2, 3):sum {}:item(), fed.ones(2, 3):sum { 1, 2 }:item())", "6.0\t6.0"),
      ("print(fed.ones(2, 3):mean { axis = 2, keep_axes = true }.shape[2])", "1"),
      ("print(fed.tensor { {1, 5}, {7, 2} }:max { 1, 2 }:item())", "7.0"),
      ("print(fed.tensor { {1, 5, 3}, {7, 2, 2} }:median(2))", "Tensor [2] float32\n  3  2"),
      ("print(fed.tensor { {2, 4, 6}, {1, 1, 1} }:std { axis = 2, unbiased = true })", "Tensor [2] float32\n  2  0"),
      ("print(fed.tensor { {3, 4}, {6, 8} }:norm(2))", "Tensor [2] float32\n   5  10"),
      (
        "print(fed.zeros(2):any(), fed.zeros(2, 2):any(1), fed.ones(2):all())",
        "false\tTensor [2] float32\n  0  0\ttrue"
      ),
    ])
  func reductions(code: String, expected: String) throws {
    #expect(try Self.printed(code) == expected)
  }

  @Test(
    "masks and positions name what is read and written",
    arguments: [
      ("local x = fed.tensor { 5, 6, 7 } print(x[x:gt(5)])", "Tensor [2] float32\n  6  7"),
      ("local x = fed.tensor { {1, 2}, {3, 4} } print(x[fed.tensor { 0, 1 }])", "Tensor [1, 2] float32\n  3  4"),
      ("local x = fed.tensor { 5, 6, 7 } x[x:gt(5)] = 0 print(x)", "Tensor [3] float32\n  5  0  0"),
      (
        "local x = fed.zeros(2, 2) x[fed.tensor { 1, 0 }] = fed.tensor { 8, 9 } print(x)",
        "Tensor [2, 2] float32\n  8  9\n  0  0"
      ),
      (
        "local v, i = fed.tensor { {3, 1, 2} }:sort() print(v, i)",
        "Tensor [1, 3] float32\n  1  2  3\tTensor [1, 3] int64\n  2  3  1"
      ),
      (
        "local x = fed.tensor { {3, 1, 2} } print(x:gather(x:argsort(), { axis = 2 }))",
        "Tensor [1, 3] float32\n  1  2  3"
      ),
      (
        "print(fed.randn { like = fed.zeros { 2, 3, type = 'float64' } }.type, #fed.uniform { like = fed.zeros(4, 2) })",
        "float64\t4"
      ),
    ])
  func masks(code: String, expected: String) throws {
    #expect(try Self.printed(code) == expected)
  }

  @Test("tensors come back from a file with their names, types and texts")
  func files() throws {
    let script = """
      local path = os.tmpname()
      assert(fed.save(path, { a = fed.labels { 3, 1 }, b = fed.tensor { {1, 2} } }, { origin = "test" }))
      local tensors, texts = fed.load(path)
      print(tensors.a, tensors.b, texts.origin)
      print(pcall(fed.from_file, path))
      print(fed.from_file(path, "b"), (pcall(fed.from_file, path, "c")))
      os.remove(path)
      print((pcall(fed.from_file, path)), pcall(fed.save, "/no/such/folder/x", fed.ones(1)))
      """
    let lines = try Self.printed(script).split(separator: "\n")
    #expect(lines.first == "Tensor [2] int64")
    #expect(lines[2].hasSuffix("\ttest"))
    #expect(lines[3].contains("has 2 tensors, so a name is needed; it has 'a', 'b'"))
    #expect(
      lines.suffix(2) == [
        "  1  2\tfalse",
        "false\tfalse\tscript.lua:8: fed.save: /no/such/folder/x: cannot be written, No such file or directory",
      ])
  }

  @Test("two states with one seed draw the same numbers")
  func scriptSeeds() throws {
    let script = "print(fed.randn { 5 }, fed.uniform { 3 })"
    #expect(try Self.printed(script) == Self.printed(script))
  }

  @Test("a gradient is looked up by its tensor")
  func gradients() throws {
    let script = """
      local x, y = fed.tensor { {1, 2}, {3, 4} }, fed.tensor { {1, 0}, {0, 1} }
      local w = fed.randn { 2, 2, seed = 1 }:requires_grad()
      local loss = (x:matmul(w) - y):square():mean()
      local g = loss:backward()
      local expected = x:t():matmul(x:matmul(w:detach()) - y) * (2 / 4)
      print((g[w] - expected):abs():max():item() < 1e-6, g[x], #g)
      """
    #expect(try Self.printed(script) == "true\tnil\t1")
  }

  @Test("a training loop in Lua finds a line")
  func training() throws {
    let script = """
      local x = fed.randn { 64, 3, seed = 1 }
      local truth = fed.tensor { {1}, {-2}, {0.5} }
      local w = fed.zeros(3, 1):requires_grad()
      for step = 1, 200 do
        local g = x:matmul(w):mse(x:matmul(truth)):backward()[w]
        fed.no_grad(function() w:add_scaled_(g, -0.2) end)
      end
      print((w - truth):abs():max():item() < 1e-3)
      """
    #expect(try Self.printed(script) == "true")
  }

  @Test(
    "long and deep tensors print what a person reads",
    arguments: [
      ("print(fed.arange(1, 100))", "Tensor [100] float32\n    1    2    3    4    …   97   98   99  100"),
      (
        "print(fed.zeros(20, 1))",
        "Tensor [20, 1] float32\n" + String(repeating: "  0\n", count: 4) + "  …\n" + "  0\n  0\n  0\n  0"
      ),
      ("print(fed.zeros(0, 3))", "Tensor [0, 3] float32 (empty)"), ("print(fed.tensor(2.5))", "Tensor(2.5000)"),
      ("print(fed.tensor { 0/0, 1/0, -1/0 })", "Tensor [3] float32\n   nan   inf  -inf"),
      ("print(fed.tensor { 1e-9, 2 })", "Tensor [2] float32\n  1.0000e-09  2.0000e+00"),
      (
        "print(fed.zeros(8, 1, 1))",
        "Tensor [8, 1, 1] float32\n" + (1...6).map { "[\($0), _, _]\n  0\n" }.joined() + "… 2 more"
      ),
    ])
  func text(code: String, expected: String) throws {
    #expect(try Self.printed(code) == expected)
  }
}
