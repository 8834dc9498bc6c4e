--- Distances between images, the steepest directions under them, and the nearest point that is allowed.
-- A radius is a number, or a tensor with one number a sample.
local fed = require "fed"

local ball = {}

--- Gives one number a sample the shape that stretches over a batch.
---@param values fed.Tensor [b]
---@param x fed.Tensor batch
---@return fed.Tensor [b, 1, …]
function ball.column(values, x)
  local sizes = { #values }
  for axis = 2, x.rank do sizes[axis] = 1 end
  return values:reshape(table.unpack(sizes))
end

local function over(radius, x)
  return type(radius) == "number" and radius or ball.column(radius, x)
end

--- Length of each sample of a batch.
---@param delta fed.Tensor batch
---@param norm "linf"|"l2"|"l1"
---@return fed.Tensor [b]
function ball.length(delta, norm)
  local rows = delta:flatten(2)
  if norm == "linf" then return rows:abs():max(2) end
  if norm == "l2" then return rows:norm(2) end
  return rows:abs():sum(2)
end

-- What a norm's length is measured with on the side of gradients.
local dual = { linf = "l1", l2 = "l2", l1 = "linf" }

--- Length of gradients: a step of length r gains r times this at most.
function ball.slope(gradient, norm) return ball.length(gradient, dual[norm]) end

--- The step of length 1 along which a loss rises fastest; 0 where the gradient is.
function ball.steepest(gradient, norm)
  if norm == "linf" then return gradient:sign() end
  if norm == "l2" then return gradient / ball.column(ball.length(gradient, "l2"):maximum(1e-20), gradient) end
  local size = gradient:abs()
  local is_largest = size:ge(ball.column(ball.length(gradient, "linf"):maximum(1e-30), gradient))
  local ties = ball.column(is_largest:flatten(2):sum(2):maximum(1), gradient)
  return gradient:sign() * is_largest / ties
end

--- Shortens what is longer than a radius.
local function shortened(delta, radius, norm)
  local length = ball.length(delta, norm):maximum(1e-20)
  return delta * ball.column((length:reciprocal() * radius):minimum(1), delta)
end

--- Brings points into the ball around centers, then into the box from 0 to 1, which holds the centers.
---@param x fed.Tensor batch
---@param center fed.Tensor batch
---@param radius number|fed.Tensor?
---@param norm "linf"|"l2"|"l1"
---@return fed.Tensor
function ball.project(x, center, radius, norm)
  if radius == nil then return x:clamp(0, 1) end
  if norm == "linf" then
    local reach = over(radius, x)
    return x:minimum(center + reach):maximum(center - reach):clamp(0, 1)
  end
  return (center + shortened(x - center, radius, norm)):clamp(0, 1)
end

--- Draws points of the ball around centers, or of its border, each sample from a stream of its own.
---@param center fed.Tensor batch
---@param radius number|fed.Tensor
---@param norm "linf"|"l2"
---@param streams fed.Stream[] one a sample
---@param is_far boolean? whether points lie on the border
---@return fed.Tensor
function ball.draw(center, radius, norm, streams, is_far)
  local draws = norm == "linf" and ball.uniform(center, streams, -1, 1) or ball.normal(center, streams)
  local reach = fed.ones { #streams }
  if norm == "l2" or is_far then draws = draws / ball.column(ball.length(draws, norm):maximum(1e-20), draws) end
  if norm == "l2" and not is_far then
    local size = #center:flatten(2)[1]
    for i, stream in ipairs(streams) do reach[i] = stream:uniform() ^ (1 / size) end
  end
  return ball.project(center + draws * ball.column(reach:to(center.type) * radius, center), center, radius, norm)
end

--- The shortest steps in the box that change a linear function by an amount: onto a hyperplane, as far as the box lets.
-- What the function gains along the way is concave, so Newton's steps come from below and are exact in as many steps
-- as groups of pixels reach the border.
---@param x fed.Tensor batch
---@param slope fed.Tensor gradient of the linear function
---@param amount fed.Tensor [b] what it has to change by
---@param norm "linf"|"l2"
---@return fed.Tensor steps
function ball.reach(x, slope, amount, norm)
  local rows, w = x:flatten(2):to("float64"), slope:flatten(2):to("float64")
  amount = amount:to("float64"):unsqueeze(2)
  local pull = w * amount:sign()
  local size, room = pull:abs(), pull:gt(0):where(-rows + 1, rows)
  local speed = norm == "l2" and size or size:gt(0):to("float64")
  local wanted, time, moved = amount:abs(), fed.zeros { #x, 1, type = "float64" }, rows * 0
  for _ = 1, 40 do
    local is_free = (speed * time):lt(room):to("float64")
    local rate = (size * speed * is_free):sum(2, true)
    local rest = (wanted - (size * moved):sum(2, true)):maximum(0)
    if not (rest:gt(wanted * 1e-9):to("float64") * rate):any() then break end
    time = time + rate:gt(0):where(rest / rate:maximum(1e-300), 0)
    moved = (speed * time):minimum(room)
  end
  return (pull:sign() * moved):to(x.type):reshape(table.unpack(x.shape))
end

local function by_row(x, streams, make)
  local sizes, rows = table.move(x.shape, 2, x.rank, 1, {}), {}
  for i, stream in ipairs(streams) do
    local options = table.move(sizes, 1, #sizes, 1, { stream = stream, type = x.type })
    rows[i] = make(options)
  end
  return fed.stack(rows)
end

--- Normal numbers of a batch's shape, each sample's from its own stream.
function ball.normal(x, streams) return by_row(x, streams, fed.randn) end

--- Uniform numbers of a batch's shape, each sample's from its own stream.
function ball.uniform(x, streams, low, high)
  return by_row(x, streams, function(options)
    options.low, options.high = low, high
    return fed.uniform(options)
  end)
end

--- Takes some rows of a batch and puts others in their place.
---@param x fed.Tensor [b, …]
---@param positions integer[]
---@param rows fed.Tensor [#positions, …]
---@return fed.Tensor
function ball.with_rows(x, positions, rows)
  local order = {}
  for i = 1, #x do order[i] = i end
  for i, position in ipairs(positions) do order[position] = #x + i end
  return fed.concatenate { x, rows }:gather(order)
end

return ball
