--- Changes random squares of the image, and keeps what helps: no gradient is asked for.
local fed = require "fed"
local util = require "fed.util"
local ball = require "fed.attacks.parts.ball"
local losses = require "fed.attacks.parts.losses"

-- From which of 10,000 questions on the share of changed pixels is halved.
local halvings = { 10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000 }

--- The side of the square at a question, as the schedule of 10,000 questions has it.
local function side(question, options, height, width)
  local at = options.rescaled and math.floor(question * 10000 / options.queries) or question
  local share = options.share
  for _, halving in ipairs(halvings) do if at > halving then share = share / 2 end end
  local length = math.floor(math.sqrt(share * height * width) + 0.5)
  return math.max(1, math.min(length, height, width))
end

--- Ones inside of a window of each sample, zeros around.
local function window(x, corner, length, axis)
  local sizes = { 1, 1, 1, 1 }
  sizes[axis] = x.shape[axis]
  local places = fed.arange(0, x.shape[axis] - 1):to("float32"):reshape(table.unpack(sizes))
  local first = (corner * (x.shape[axis] - length + 1)):floor():reshape(-1, 1, 1, 1)
  return places:ge(first) * places:lt(first + length)
end

--- Numbers from 0 to 1 for some questions: [b, questions, 2 + channels], each sample's from its own stream.
local function draws(victim, questions)
  local rows = {}
  for i, stream in ipairs(victim.streams) do
    rows[i] = fed.uniform { questions, 2 + victim.inputs.shape[2], stream = stream }
  end
  return fed.stack(rows)
end

local function signs(numbers) return numbers:ge(0.5):to("float32") * 2 - 1 end

--- The state of a run: stripes to start with.
local function begin(victim)
  local sizes = victim.inputs.shape
  local line = fed.zeros { sizes[1], sizes[2], 1, sizes[4] }
  local x = victim:project(victim.inputs + signs(ball.uniform(line, victim.streams, 0, 1)) * victim.epsilon)
  return { x = x, margin = losses.margin(victim(x), victim.own, victim.goal) }
end

--- Asks at one more place: the best point with another square.
local function question(victim, state, numbers, length)
  local x = state.x
  local inside = window(x, numbers:select(2, 1), length, 3) * window(x, numbers:select(2, 2), length, 4)
  local change = signs(numbers:narrow(2, 3, x.shape[2])):reshape(#x, -1, 1, 1) * inside
  local tried = victim:project(x + change * (2 * victim.epsilon))
  local margin = losses.margin(victim(tried), victim.own, victim.goal)
  local is_better = margin:gt(state.margin)
  state.x = ball.column(is_better, x):where(tried, x)
  state.margin = is_better:where(margin, state.margin)
end

local function part_of(state, positions)
  return { x = state.x:gather(positions), margin = state.margin:gather(positions) }
end

-- Questions between two looks at which samples are still right.
local stretch = 25

local function search(victim, options)
  local height, width = victim.inputs.shape[3], victim.inputs.shape[4]
  local asked, state = 1, begin(victim)
  while asked < options.queries do
    local count = math.min(stretch, options.queries - asked)
    local positions = victim:survivors()
    victim:among(positions, function(part)
      local some, numbers = part_of(state, positions), draws(part, count)
      for q = 1, count do
        question(part, some, numbers:select(2, q), side(asked + q - 1, options, height, width))
      end
      state.x = ball.with_rows(state.x, positions, some.x)
      state.margin = ball.with_rows(state.margin, positions, some.margin)
    end)
    asked = asked + count
    if #positions == 0 then break end
  end
end

return fed.define {
  "Makes the square attack: random search that sees scores alone.",
  options = {
    epsilon = { 8 / 255, "Radius, or a list of them; the largest change of a pixel.", type = "number|table",
      at_least = 0 },
    queries = { 5000, "Questions for each sample.", at_least = 1 },
    share = { 0.8, "Share of the pixels in the first square.", above = 0, at_most = 1 },
    rescaled = { false, "Whether the schedule of squares is stretched to the number of questions." },
  },
  returns = { "function", "The attack, for images [b, c, h, w]; it needs no gradient." },
  source = "Andriushchenko et al., ECCV 2020, https://arxiv.org/abs/1912.00049, algorithms 1 and 2",
  deviation = "Images need not be square; with the maximum norm alone.",
  example = {
    [[
local function model(x) return x:flatten(2):narrow(2, 1, 2) end
local x = fed.full({ 1, 1, 2, 2 }, 0.5)
x[{ 1, 1, 1, 2 }] = 0.55
local _, info = fed.attacks.inputs.square { queries = 100 }(model, x, { 1 })
print(info.success[1], info.backwards[1])]],
    prints = "1.0\t0.0",
  },
  make = function(options, path)
    return fed.attacks.input_attack {
      name = path, epsilon = options.epsilon, norm = "linf",
      search = function(victim)
        if victim.inputs.rank ~= 4 then
          util.fail(("%s: inputs have %d axes; images [b, c, h, w] are needed"):format(
            path, victim.inputs.rank))
        end
        search(victim, options)
      end,
    }
  end,
}
