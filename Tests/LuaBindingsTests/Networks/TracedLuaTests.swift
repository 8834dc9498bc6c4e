import LuaRuntime
import TestSupport
import Testing

@testable import LuaBindings

/// Modules and losses written in Lua: as plans they compute what the tape computes.
@Suite("Traced Lua") struct TracedLuaTests {
  /// Runs a script that returns true, or a text that says what is wrong.
  private func expectTrue(_ script: String) throws {
    let state = try HostModules.open()
    let result: LuaValue = try state.evaluate(script)
    guard case .boolean(true) = result else {
      Issue.record("\(result)")
      return
    }
  }

  private static let gated = """
    local fed = require "fed"
    local function gated(size)
      return fed.nn.module {
        name = "Gated", scale = 0.5,
        value = fed.nn.linear { inputs = size, outputs = size }, gate = fed.nn.linear { inputs = size, outputs = size },
        forward = function(self, x) return x + self.value(x):tanh() * self.gate(x):sigmoid() * self.scale end,
      }
    end
    local x, y = fed.randn { 6, 4, seed = 1 }, fed.labels { 0, 1, 2, 0, 1, 2 }
    local function make() return fed.nn.model(fed.nn.sequential { gated(4), fed.nn.linear { inputs = 4, outputs = 3 } }, { seed = 2 }) end
    """

  @Test("a module has a plan, and gives what the tape gives")
  func module() throws {
    try expectTrue(
      Self.gated + """

        local model = make()
        local plan, why = fed.plan(model, { 6, 4 }, { train = true })
        if not plan then return why end
        local taped = model(x)
        local planned = model:predict(x)
        if (taped - planned):abs():max():item() > 1e-6 then return "outputs differ" end
        local loss = model:forward(x, { training = true }):cross_entropy(y)
        local gradient = model:backward(loss):clone()
        local trainer = fed.optim.sgd { lr = 1 }:on(model)
        local before = model:vector()
        local value = trainer:fit_batch(x, y)
        if math.abs(value - loss:item()) > 1e-6 then return "losses differ" end
        if (before - model:vector() - gradient):abs():max():item() > 1e-6 then return "gradients differ" end
        return true
        """)
  }

  @Test("a changed field or number counts at the next call")
  func changed() throws {
    try expectTrue(
      """
      local fed = require "fed"
      local factor = 2
      local definition = { scale = 3, forward = function(self, x) return x * self.scale * factor end }
      local model = fed.nn.model(fed.nn.module(definition))
      if model:predict(fed.ones(1, 1)):item() ~= 6 then return "first" end
      definition.scale = 5
      if model:predict(fed.ones(1, 1)):item() ~= 10 then return "field" end
      factor = 1
      if model:predict(fed.ones(1, 1)):item() ~= 5 then return "upvalue" end
      return true
      """)
  }

  @Test("a constant that is written in place is read anew")
  func constants() throws {
    try expectTrue(
      """
      local fed = require "fed"
      local shift = fed.ones(2)
      local model = fed.nn.model(fed.nn.module { forward = function(self, x) return x + shift + fed.full({ 2 }, 0.5) end })
      if model:predict(fed.zeros(1, 2)):sum():item() ~= 3 then return "first" end
      shift:fill_(4)
      if model:predict(fed.zeros(1, 2)):sum():item() ~= 9 then return "written" end
      return true
      """)
  }

  @Test("several inputs and a table of outputs")
  func manyTensors() throws {
    try expectTrue(
      """
      local fed = require "fed"
      local net = fed.nn.module {
        inner = fed.nn.module { forward = function(self, a, b) return { sum = a + b, difference = a - b } end },
        forward = function(self, x, t)
          local parts = self.inner(x, t)
          return { double = parts.sum * 2, difference = parts.difference }
        end,
      }
      local model = fed.nn.model(net)
      local out = model:predict(fed.full({ 2, 2 }, 3), fed.full({ 2, 2 }, 1))
      if out.double[1][1] ~= 8 or out.difference[2][2] ~= 2 then return "planned" end
      out = model(fed.full({ 2, 2 }, 3), fed.full({ 2, 2 }, 1))
      if out.double[1][1] ~= 8 or out.difference[2][2] ~= 2 then return "taped" end
      return true
      """)
  }

  @Test("what cannot be traced says the line, and runs all the same")
  func obstacles() throws {
    try expectTrue(
      """
      local fed = require "fed"
      local net = fed.nn.module { forward = function(self, x)
        if x:sum():item() > 0 then return x * 2 end
        return x
      end }
      local model = fed.nn.model(net)
      local plan, why = fed.plan(model, { 1, 2 })
      if plan or not why:find("a number is read out of a tensor", 1, true) or not why:find("script:3", 1, true) then
        return tostring(why)
      end
      if model:predict(fed.ones(1, 2)):sum():item() ~= 4 or model:predict(-fed.ones(1, 2)):sum():item() ~= -2 then
        return "wrong numbers"
      end
      return true
      """)
  }

  @Test("a loss in Lua: plan and tape agree on value and gradient")
  func objective() throws {
    try expectTrue(
      Self.gated + """

        local function loss(model, batch, draw)
          local noisy = batch.inputs + draw:normal { 6, 4 } * 0.1
          local logits = model(noisy)
          return logits:cross_entropy(batch.labels) + logits:square():mean() * 0.01, { logits = logits }
        end
        local planned, taped = make(), make()
        local plan, why = fed.plan(planned, { 6, 4 }, { loss = loss })
        if not plan then return why end
        local options = { loss = loss, seed = 4 }
        local first = fed.optim.sgd { lr = 0.5 }:on(planned):fit_batch(x, y, options)
        local second = fed.with_plans(false, function() return fed.optim.sgd { lr = 0.5 }:on(taped):fit_batch(x, y, options) end)
        if math.abs(first - second) > 1e-6 then return "losses " .. first .. " " .. second end
        if (planned:vector() - taped:vector()):abs():max():item() > 1e-6 then return "steps differ" end
        return true
        """)
  }

  @Test("gradients of inputs: plan and tape agree, with batch normalization folded")
  func inputGradient() throws {
    try expectTrue(
      """
      local fed = require "fed"
      local model = fed.models.resnet18 { input = { 3, 16, 16 }, classes = 4, stem = "small", seed = 1 }
      local x, y = fed.uniform { 2, 3, 16, 16, seed = 3 }, fed.labels { 1, 3 }
      model:reestimate_statistics { x }
      local function gradient() return model:input_gradient(x, y) end
      local planned, loss = fed.with_conv("direct", gradient)
      local taped, value = fed.with_plans(false, function() return fed.with_conv("direct", gradient) end)
      if math.abs(loss:item() / value:item() - 1) > 1e-4 then return "losses " .. loss:item() .. " " .. value:item() end
      local error = ((planned - taped):norm() / taped:norm()):item()
      return error < 1e-4 or error
      """)
  }

  @Test("an objective may look for the worst input inside of its plan")
  func nested() throws {
    try expectTrue(
      Self.gated + """

        local function adversarial(model, batch, draw)
          local near = batch.inputs + draw:uniform { 6, 4, low = -0.1, high = 0.1 }
          for _ = 1, 2 do near = near + model:input_gradient(near, batch.labels):sign() * 0.05 end
          return model(near):cross_entropy(batch.labels)
        end
        local planned, taped = make(), make()
        local plan, why = fed.plan(planned, { 6, 4 }, { loss = adversarial })
        if not plan then return why end
        local options = { loss = adversarial, seed = 4 }
        local first = fed.optim.sgd { lr = 0.5 }:on(planned):fit_batch(x, y, options)
        local second = fed.with_plans(false, function() return fed.optim.sgd { lr = 0.5 }:on(taped):fit_batch(x, y, options) end)
        if math.abs(first - second) > 1e-6 then return "losses " .. first .. " " .. second end
        if (planned:vector() - taped:vector()):abs():max():item() > 1e-6 then return "steps differ" end
        return true
        """)
  }

  @Test("a sample's draws do not depend on the batch around it")
  func draws() throws {
    try expectTrue(
      """
      local fed = require "fed"
      local model = fed.nn.model(fed.nn.linear { inputs = 1, outputs = 1 })
      local function seen(rows)
        local got
        fed.with_plans(false, function()
          fed.optim.sgd { lr = 0.1 }:on(model):fit_batch(fed.ones(rows, 1), fed.ones(rows, 1), {
            loss = function(m, batch, draw)
              got = draw:normal { rows, 3 }
              draw:mask { rows, 8, share = 0.25 }
              return m(batch.inputs):mse(batch.labels)
            end })
        end)
        return got
      end
      return (seen(5):narrow(1, 1, 2) - seen(2)):abs():max():item() == 0
      """)
  }
}
