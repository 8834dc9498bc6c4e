--- Adam's steps for what an attack moves that is no model: pixels, flows, kernels.
-- Source: Kingma and Ba, ICLR 2015, https://arxiv.org/abs/1412.6980, algorithm 1
local first_decay, second_decay = 0.9, 0.999

--- Returns a function from gradients to the steps against them; its memory starts empty.
---@param rate number
---@return fun(gradient: fed.Tensor): fed.Tensor
return function(rate)
  local first, second, count = nil, nil, 0
  return function(gradient)
    count = count + 1
    first = (first or gradient * 0) * first_decay + gradient * (1 - first_decay)
    second = (second or gradient * 0) * second_decay + gradient:square() * (1 - second_decay)
    local size = (second / (1 - second_decay ^ count)):sqrt() + 1e-8
    return first / (1 - first_decay ^ count) / size * -rate
  end
end
