--- A picture that can be saved as SVG or PNG, and printed to a terminal.
local fed = require "fed"
local util = require "fed.util"

local Figure = { __name = "fed.plot" }
Figure.__index = Figure

--- Returns the picture as the text of an SVG file.
function Figure:svg() return self.draw():svg() end

--- Returns the picture as lines of characters.
function Figure:text(columns) return self.write(columns or 80) end

local function quoted(word) return "'" .. word:gsub("'", "'\\''") .. "'" end

local function write(path, text)
  local file, reason = io.open(path, "w")
  if not file then util.fail("fed.plot: cannot write " .. reason) end
  local written, problem = file:write(text)
  local closed, late = file:close()
  if not (written and closed) then util.fail(("fed.plot: cannot write %s: %s"):format(path, problem or late)) end
end

--- Draws an SVG file to PNG, at twice its size so that it is sharp in print.
local function rasterize(svg, path)
  local source = os.tmpname()
  write(source, svg)
  local done = os.execute(("rsvg-convert --zoom 2 --output %s %s 2>/dev/null"):format(quoted(path), quoted(source)))
  os.remove(source)
  if not done then
    util.fail(("fed.plot: cannot write '%s'; a .png needs the program rsvg-convert (Debian: librsvg2-bin) and a folder "
      .. "that can be written to, a .svg only the latter"):format(path))
  end
end

--- Saves the picture: .svg, .png, or .txt for what a terminal shows.
function Figure:save(path)
  local ending = path:match "%.(%w+)$"
  if ending == "svg" then write(path, self:svg())
  elseif ending == "png" then rasterize(self:svg(), path)
  elseif ending == "txt" then write(path, self:text() .. "\n")
  else util.fail(("fed.plot: save to '%s'; a name that ends in .svg, .png or .txt"):format(path)) end
  return true
end

-- A curve over more columns than that is a flat one.
local MOST_COLUMNS = 120

function Figure:__tostring() return self:text(math.min(fed.terminal_width(), MOST_COLUMNS)) end

local figure = {}

--- - draw: returns the drawing; write: returns lines of at most so many columns as one text.
function figure.new(draw, write_text) return setmetatable({ draw = draw, write = write_text }, Figure) end

--- What every figure may be told.
figure.options = {
  title = { nil, "What stands above.", type = "string" },
  x_label = { nil, "What the horizontal axis shows, with its unit.", type = "string" },
  y_label = { nil, "What the vertical axis shows, with its unit.", type = "string" },
  width = { 640, "Pixels from left to right.", at_least = 200, at_most = 4000 },
  height = { 400, "Pixels from top to bottom.", at_least = 150, at_most = 4000 },
}

--- What every figure returns.
figure.returns = {
  "table", "The figure: save(path) writes .svg, .png or .txt; svg() and text(columns) return it; printed, it is drawn "
    .. "with characters.",
}

--- The options of all figures and some more.
function figure.with(more) return util.merged(figure.options, more) end

--- What a figure that is drawn by another one hands on: titles, labels, sizes and the range, with defaults.
function figure.look(options, defaults)
  local look = { y_range = options.y_range }
  for name in util.sorted_pairs(figure.options) do look[name] = options[name] end
  return util.merged(defaults, look)
end

return figure
