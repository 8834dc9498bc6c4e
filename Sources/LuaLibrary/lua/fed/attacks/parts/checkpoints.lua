--- When APGD judges its steps: after a good fifth of all, then after ever shorter stretches.
-- Source: Croce and Hein, ICML 2020, https://arxiv.org/abs/2003.01690, section 3.1

--- Returns the numbers of the steps after which it looks back.
---@param steps integer
---@return integer[] rising
return function(steps)
  local function share(part) return math.max(math.floor(part * steps), 1) end
  local stretch, shorter, shortest = share(0.22), share(0.03), share(0.06)
  local list, at = {}, stretch
  while at <= steps do
    list[#list + 1] = at
    stretch = math.max(stretch - shorter, shortest)
    at = at + stretch
  end
  return list
end
