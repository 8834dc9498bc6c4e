import Foundation
import LuaBindings
import LuaRuntime
import Testing

/// Runs a script with `fed` and returns what it returns, as text.
private func evaluate(_ script: String) throws -> String {
  let state = try HostModules.open()
  return try state.evaluate("return tostring((function()\n\(script)\nend)())", as: String.self, name: "=script.lua")
}

@Suite("fed.nn, fed.models and fed.optim")
struct NetworkBindingTests {
  /// A module of two layers and a gate.
  private let gated = """
    local function gated()
      return fed.nn.module {
        name = "Gated",
        value = fed.nn.linear { inputs = 2, outputs = 3 },
        gate = fed.nn.linear { inputs = 2, outputs = 3 },
        forward = function(self, x) return self.value(x) * self.gate(x):sigmoid() end,
      }
    end
    """

  @Test("A module written in Lua trains like any other layer")
  func training() throws {
    let script =
      gated + """

        local model = fed.nn.model(fed.nn.sequential { gated(), fed.nn.linear { inputs = 3, outputs = 1 } }, { seed = 1 })
        local x, y = fed.tensor { {0, 0}, {0, 1}, {1, 0}, {1, 1} }, fed.tensor { {0}, {1}, {1}, {0} }
        local adam = fed.optim.adam { lr = 0.05 }:on(model)
        local first
        for _ = 1, 300 do
          local loss = (model:forward(x, { training = true }) - y):square():mean()
          first = first or loss:item()
          model:backward(loss)
          adam:step()
        end
        local last = (model(x) - y):square():mean():item()
        return first > 0.1 and last < 0.01 or first .. " " .. last
        """
    #expect(try evaluate(script) == "true")
  }

  @Test("A module in Lua computes the bits of the same layers in a sequence")
  func sameBits() throws {
    let script = """
      local a, b = fed.nn.linear { inputs = 4, outputs = 5 }, fed.nn.linear { inputs = 5, outputs = 2 }
      local lua = fed.nn.model(fed.nn.module { [1] = a, [2] = b, forward = function(self, x)
        return self[2](self[1](x):relu())
      end }, { seed = 9 })
      local native = fed.nn.model(fed.nn.sequential { a, fed.nn.relu(), b }, { seed = 9 })
      local x = fed.ones { 3, 4 }
      return lua(x):eq(native(x)):sum():item()
      """
    #expect(try evaluate(script) == "6.0")
  }

  @Test("Parts of a module are named by key, in alphabetical order, and lists by position")
  func names() throws {
    let script = """
      local layer = function() return fed.nn.linear { inputs = 1, outputs = 1, bias = false } end
      local module = fed.nn.module { zeta = layer(), alpha = layer(), blocks = { layer(), layer() }, size = 3,
        forward = function(self, x) return self.blocks[1](x) * self.size end }
      return table.concat(fed.nn.model(module).names, " ")
      """
    #expect(try evaluate(script) == "alpha.weight blocks.0.weight blocks.1.weight zeta.weight")
  }

  @Test("A module may use layers of its own by any name, and tell training from evaluation")
  func modes() throws {
    let script = """
      local inner = fed.nn.relu()
      local model = fed.nn.model(fed.nn.module { inner = inner, forward = function(self, x)
        return inner(x) + (fed.nn.is_training() and 1 or 2)
      end })
      local x = fed.tensor { -5 }
      return model(x):item() .. " " .. model:forward(x, { training = true }):item()
      """
    #expect(try evaluate(script) == "2.0 1.0")
  }

  @Test("An error object of a module's forward keeps its identity and fields")
  func errorObjects() throws {
    let script = """
      local mark = { code = 7 }
      local inner = fed.nn.module { forward = function(self, x) error(mark) end }
      local model = fed.nn.model(fed.nn.sequential { fed.nn.relu(), inner })
      local _, e = pcall(model, fed.zeros { 1 })
      return e == mark and e.code
      """
    #expect(try evaluate(script) == "7")
  }

  @Test("Models go to a file and back with the same bits; what cannot be read raises")
  func files() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let script = """
      local a = fed.models.cnn3 { input = {1, 8, 8}, classes = 3, seed = 1 }
      local b = fed.models.cnn3 { input = {1, 8, 8}, classes = 3, seed = 2 }
      assert(a:save("\(path)") == a)
      assert(b:load("\(path)") == b)
      local same = a:vector():eq(b:vector()):sum():item() == #a:vector()
      local _, missing = fed.try(b.load, b, "\(path).missing")
      local small = fed.models.mlp { inputs = 2, classes = 2 }
      local _, other = fed.try(small.load, small, "\(path)")
      return tostring(same) .. "|" .. missing .. "|" .. other
      """
    let parts = try evaluate(script).split(separator: "|").map(String.init)
    #expect(parts[0] == "true")
    #expect(parts[1].contains("\(path).missing"))
    #expect(parts[2] == "Model:load: \(path): '1.weight' is float32 of shape [32]; the model has [128, 2]")
  }

  @Test("An average follows its model")
  func average() throws {
    let script = """
      local model = fed.nn.model(fed.nn.linear { inputs = 2, outputs = 1 })
      model.parameters:fill_(0)
      local average = fed.optim.ema(model, { decay = 0.5 })
      model.parameters:fill_(8)
      average:update(model):update(model)
      return average.model.parameters[1] .. " " .. model.parameters[1]
      """
    #expect(try evaluate(script) == "6.0 8.0")
  }

  @Test("Gradients are clipped as asked")
  func clipping() throws {
    let script = """
      local model = fed.nn.model(fed.nn.linear { inputs = 2, outputs = 1, bias = false })
      model.parameters:fill_(0)
      local sgd = fed.optim.sgd { lr = 1, clip_norm = 1 }:on(model)
      model:backward(model(fed.tensor { {30, 40} }):sum())
      sgd:step()
      return ("%.3f %.3f"):format(model.parameters[1], model.parameters[2])
      """
    #expect(try evaluate(script) == "-0.600 -0.800")
  }
}

@Suite("Mistakes with networks")
struct NetworkMistakeTests {
  @Test(
    "name the line, the call, the value and what is allowed",
    arguments: [
      ("fed.nn.linear { inputs = 0, outputs = 2 }", "fed.nn.linear: inputs = 0 is not allowed; at least 1 is allowed"),
      ("fed.nn.linear { inputs = 2 }", "fed.nn.linear: option 'outputs' is missing, integer expected"),
      (
        "fed.nn.linear { input = 2, outputs = 2 }",
        "fed.nn.linear: unknown option 'input'; did you mean 'inputs'?; the options are bias, inputs, outputs"
      ),
      (
        "fed.nn.conv2d { inputs = 3, outputs = 4, kernel = 3, groups = 2 }",
        "fed.nn.conv2d: groups = 2 is not allowed; it must divide inputs = 3 and outputs = 4"
      ),
      (
        "fed.nn.group_norm { groups = 3, channels = 4 }",
        "fed.nn.group_norm: groups = 3 is not allowed; it must divide channels = 4"
      ),
      (
        "fed.nn.attention { size = 8, heads = 3 }",
        "fed.nn.attention: heads = 3 is not allowed; it must divide size = 8"
      ),
      (
        "fed.nn.dropout { probability = 1 }",
        "fed.nn.dropout: probability = 1.0 is not allowed; it must lie in 0 to 1, without 1"
      ),
      (
        "fed.nn.sequential { fed.nn.relu(), 3 }",
        "bad argument #1 'layers' to 'fed.nn.sequential' (element 2: Layer expected, got number)"
      ),
      (
        "fed.nn.module { a = fed.nn.relu() }",
        "fed.nn.module: a function 'forward' is missing; it is called as forward(self, x)"
      ),
      (
        "fed.nn.relu()(fed.zeros { 2 })",
        "fed.nn.relu: a layer has no values of its own; make a model of it with fed.nn.model(layer, { seed = 1 })"
      ),
      (
        "fed.nn.model(fed.nn.module { forward = function() return 3 end })(fed.zeros { 2 })",
        "Model:forward: forward of Module must return a tensor, or a table of tensors; got number"
      ),
      (
        "fed.nn.model(fed.nn.sequential { fed.nn.relu(), fed.nn.linear { inputs = 3, outputs = 2 } })(fed.zeros { 2, 4 })",
        "layer 1: linear: an input of shape [2, 4] does not fit; the last axis must be 3"
      ),
      (
        "fed.models.cnn { input = {28, 28}, classes = 10 }",
        "fed.models.cnn: input = [28, 28] is not allowed; it must be [c, h, w]"
      ),
      (
        "fed.models.resnet18 { input = {3, 32, 32}, classes = 10, stem = 'big' }",
        "fed.models.resnet18: option 'stem' = \"big\" is not allowed; it must be one of \"small\", \"image\""
      ),
      (
        "fed.models.mlp { classes = 2 }",
        "fed.models.mlp: option 'inputs' is missing; give it, or 'input' as { c, h, w }"
      ),
      (
        "fed.models.mlp { inputs = 2, classes = 2 }:parameter('fc')",
        "Model:parameter: the model has no 'fc'; it has 1.weight, 1.bias, 3.weight, 3.bias"
      ),
      (
        "fed.models.mlp { inputs = 2, hidden = {}, classes = 2 }:set_vector(fed.zeros { 5 })",
        "Model:set_vector: a vector of shape [5] does not fit; the model takes [6]"
      ),
      ("fed.optim.sgd {}", "fed.optim.sgd: option 'lr' is missing, number expected"),
      ("fed.optim.sgd { lr = -1 }", "fed.optim.sgd: lr = -1.0 is not allowed; it must be 0 or more"),
      (
        "fed.optim.sgd { lr = 1, nesterov = true }",
        "fed.optim.sgd: momentum = 0.0 is not allowed; nesterov needs one above 0"
      ),
      (
        "fed.optim.adam { clip_norm = 0 }",
        "fed.optim.adam: option 'clip_norm' = 0.0 is not allowed; it must be above 0"
      ),
      (
        "fed.optim.adamw { clip_norm = 1, clip_value = 1 }",
        "fed.optim.adamw: clip_norm and clip_value exclude each other; give one"
      ),
      ("fed.optim.cosine { steps = 0 }", "fed.optim.cosine: steps = 0 is not allowed; at least 1 is allowed"),
    ])
  func messages(script: String, expected: String) throws {
    let state = try HostModules.open()
    let error = #expect(throws: LuaError.self) { try state.run("\n\(script)", name: "=script.lua") }
    let message = error?.message ?? ""
    #expect(message.hasSuffix(expected), "\(message)")
    #expect(message.hasPrefix("script.lua:2: "), "\(message)")
  }
}
