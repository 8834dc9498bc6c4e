--- What corruptions of images share: strengths by severity, and numbers that each image draws from a stream of its own.
local fed = require "fed"
local util = require "fed.util"

local corruption = {}

--- The option that each of them has.
corruption.severity = { 3, "How strong, from 1 to 5.", at_least = 1, at_most = 5 }

--- The result that each of them has.
corruption.returns = {
  "function", "Called with images [b, c, h, w] from 0 to 1 and { stream =, ids = }, gives corrupted ones.",
}

local function check(x, path)
  if type(x) ~= "userdata" or x.rank ~= 4 then
    util.fail(path .. ": images [b, c, h, w] are needed")
  end
end

--- Makes a corruption: a function of a batch that leaves the batch as it is.
---@param path string
---@param apply fun(x: fed.Tensor, streams: fed.Stream[]): fed.Tensor
---@return function
function corruption.of(path, apply)
  return function(x, call)
    check(x, path)
    local stream = call and call.stream or fed.stream { purpose = path }
    local streams = {}
    for i = 1, #x do streams[i] = stream:derive("image", call and call.ids and call.ids[i] or i) end
    return fed.no_grad(function() return apply(x, streams):clamp(0, 1) end)
  end
end

--- Numbers of one image's shape for each image.
local function drawn(x, streams, make, shape)
  local rows = {}
  for i, stream in ipairs(streams) do
    local options = shape and table.move(shape, 1, #shape, 1, {}) or table.move(x.shape, 2, x.rank, 1, {})
    options.stream, options.type = stream, x.type
    rows[i] = make(options)
  end
  return fed.stack(rows)
end

--- Standard normal numbers; of another shape for each image if one is given.
function corruption.normal(x, streams, shape) return drawn(x, streams, fed.randn, shape) end

--- Uniform numbers from 0 to 1; of another shape for each image if one is given.
function corruption.uniform(x, streams, shape) return drawn(x, streams, fed.uniform, shape) end

--- Applies one matrix to the rows of each image, and another to its columns.
---@param x fed.Tensor [b, c, h, w]
---@param rows fed.Tensor [h', h]
---@param columns fed.Tensor [w', w]
---@return fed.Tensor [b, c, h', w']
function corruption.transformed(x, rows, columns) return rows:matmul(x:matmul(columns:t())) end

--- A matrix of numbers made place by place; for sizes of images, once each.
function corruption.matrix(height, width, at)
  local rows = {}
  for i = 1, height do
    rows[i] = {}
    for j = 1, width do rows[i][j] = at(i - 1, j - 1) end
  end
  return fed.tensor(rows)
end

--- The cosines and sines of the discrete Fourier transform of a length.
function corruption.fourier(length)
  local function at(f) return function(k, n) return f(2 * math.pi * (k * n % length) / length) end end
  return corruption.matrix(length, length, at(math.cos)), corruption.matrix(length, length, at(math.sin))
end

--- Changes the spectrum along the rows of images, line by line, as what happens while a scanner reads one line after
-- the other; gives the magnitude.
---@param x fed.Tensor [b, c, h, w]
---@param real fed.Tensor [b, 1, h, 1] factor of each line
---@param imaginary fed.Tensor [b, 1, h, 1]
---@return fed.Tensor
function corruption.by_line(x, real, imaginary)
  local h = x.shape[3]
  local cosines, sines = corruption.fourier(h)
  local re, im = cosines:matmul(x), -sines:matmul(x)
  re, im = re * real - im * imaginary, re * imaginary + im * real
  local back, side = cosines:matmul(re) - sines:matmul(im), sines:matmul(re) + cosines:matmul(im)
  return (back:square() + side:square()):sqrt() / h
end

return corruption
