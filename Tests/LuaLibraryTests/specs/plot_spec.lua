--- Figures: everything lies inside of the frame, can be told apart in grey, and reads the same twice.
local fed = require "fed"
local colors = require "fed.plot.parts.colors"
local scale = require "fed.plot.parts.scale"
local spec = require "fed.spec"
local describe, it, expect, expect_error = spec.describe, spec.it, spec.expect, spec.expect_error

local function texts(list)
  local words = {}
  for i, tick in ipairs(list) do words[i] = tick[2] end
  return words
end

describe("scale", function()
  it("marks round numbers inside of the range", function()
    expect(texts(scale.ticks(0, 1, 5)), { "0", "0.2", "0.4", "0.6", "0.8", "1.0" })
    expect(texts(scale.ticks(0.013, 0.052, 4)), { "0.02", "0.03", "0.04", "0.05" })
    expect(texts(scale.ticks(-3, 12, 5)), { "0", "5", "10" })
    expect(texts(scale.ticks(1, 4, 8, true)), { "1", "2", "3", "4" })
  end)

  it("stays useful for ranges of any size", function()
    for power = -12, 12 do
      local low, high = 1.7 * 10.0 ^ power, 9.1 * 10.0 ^ power
      local ticks = scale.ticks(low, high, 6)
      expect(#ticks >= 3 and #ticks <= 7, true)
      for _, tick in ipairs(ticks) do expect(tick[1] >= low * 0.999 and tick[1] <= high * 1.001, true) end
    end
  end)

  it("widens a range of one number and leaves out what is no number", function()
    expect({ scale.range { { 3, 3 } } }, { 1.5, 4.5 })
    expect({ scale.range { { 1, 0 / 0, math.huge }, { 4 } } }, { 1, 4 })
    expect({ scale.range { {} } }, { 0, 1 })
  end)
end)

describe("colors", function()
  local function lightness(rgb) return 0.2126 * rgb[1] + 0.7152 * rgb[2] + 0.0722 * rgb[3] end

  it("grow lighter all the way, so that grey paper keeps the order", function()
    for k = 1, 100 do expect(lightness(colors.at(k / 100)) > lightness(colors.at((k - 1) / 100)), true) end
  end)

  it("carry ink that can be read: a contrast of 4.5 at least, as WCAG asks for", function()
    local function linear(x) return x <= 0.04045 and x / 12.92 or ((x + 0.055) / 1.055) ^ 2.4 end
    local function luminance(rgb)
      return 0.2126 * linear(rgb[1]) + 0.7152 * linear(rgb[2]) + 0.0722 * linear(rgb[3])
    end
    for k = 0, 50 do
      local rgb = colors.at(k / 50)
      local ink = colors.ink(rgb) == "#fff" and 1 or 0
      local light, dark = math.max(ink, luminance(rgb)), math.min(ink, luminance(rgb))
      expect((light + 0.05) / (dark + 0.05) >= 4.5, true)
    end
  end)
end)

--- The numbers of all paths of a drawing, as pairs.
local function points_of(svg)
  local list = {}
  for path in svg:gmatch '<path d="([^"]+)"' do
    for x, y in path:gmatch "[ML](%S+) (%S+)" do list[#list + 1] = { tonumber(x), tonumber(y) } end
  end
  return list
end

describe("lines", function()
  local curves = {
    { name = "a < b", x = { 1, 2, 3, 4 }, y = { 0.1, 0.9, 0 / 0, 0.4 } },
    { name = "with an interval", x = { 1, 4 }, y = { 0.5, 0.6 }, low = { 0.2, 0.3 }, high = { 0.8, 1.1 } },
  }

  it("keeps every point inside of the picture and escapes names", function()
    local svg = fed.plot.lines { series = curves, width = 500, height = 300 }:svg()
    local points = points_of(svg)
    expect(#points > 8, true)
    for _, point in ipairs(points) do
      expect(point[1] >= 0 and point[1] <= 500 and point[2] >= 0 and point[2] <= 300, true)
    end
    expect(svg:find("a &lt; b", 1, true) ~= nil, true)
    expect(svg:find("nan", 1, true), nil)
  end)

  it("places points in proportion", function()
    local svg = fed.plot.lines { series = { { x = { 0, 1, 4 }, y = { 0, 1, 4 }, plain = true } } }:svg()
    local p = points_of(svg)
    expect((p[2][1] - p[1][1]) * 4, p[3][1] - p[1][1], 0.05)
    expect((p[1][2] - p[2][2]) * 4, p[1][2] - p[3][2], 0.05)
  end)

  it("draws the same twice", function()
    local options = { series = curves, title = "twice" }
    expect(fed.plot.lines(options):svg(), fed.plot.lines(options):svg())
    expect(curves[1].y[2], 0.9)
  end)

  it("fits the columns of a terminal", function()
    for _, columns in ipairs { 30, 60, 200 } do
      local figure = fed.plot.lines { series = curves, title = "A title that is longer than thirty columns" }
      local text = figure:text(columns)
      for line in text:gmatch "[^\n]+" do expect(utf8.len(line) <= columns, true) end
    end
  end)

  it("refuses curves that are none", function()
    expect_error("series is empty", function() fed.plot.lines { series = {} } end)
    expect_error("series 1 has 2 x and 1 y", function() fed.plot.lines { series = { { x = { 1, 2 }, y = { 1 } } } } end)
    expect_error("one of low and high", function()
      fed.plot.lines { series = { { x = { 1 }, y = { 1 }, low = { 0 } } } }
    end)
  end)
end)

describe("heat_map", function()
  it("colors by the range and leaves what is no number white", function()
    local svg = fed.plot.heat_map { values = fed.tensor { { 0, 1 }, { 0.5, 0 / 0 } } }:svg()
    expect(svg:find(colors.hex(colors.at(0)), 1, true) ~= nil, true)
    expect(svg:find(colors.hex(colors.at(1)), 1, true) ~= nil, true)
    expect(svg:find('fill="#fff" height', 1, true) ~= nil, true)
  end)

  it("fits the columns of a terminal, whatever it shows", function()
    local values, names = {}, {}
    for i = 1, 40 do
      values[i], names[i] = {}, "client number " .. i
      for k = 1, 40 do values[i][k] = i * k end
    end
    for _, columns in ipairs { 40, 60, 200 } do
      for line in fed.plot.heat_map { values = values, rows = names, columns = names }:text(columns):gmatch "[^\n]+" do
        expect(utf8.len(line) <= columns, true)
      end
    end
  end)

  it("refuses ragged rows and names that are too few", function()
    expect_error("values has 1 in row 2", function() fed.plot.heat_map { values = { { 1, 2 }, { 1 } } } end)
    expect_error("columns has 1 names for 2", function()
      fed.plot.heat_map { values = { { 1, 2 } }, columns = { "a" } }
    end)
    expect_error("the second number must be greater", function()
      fed.plot.heat_map { values = { { 1, 2 } }, range = { 1, 1 } }
    end)
  end)
end)

describe("bars", function()
  it("are as long as their sums", function()
    local bars = fed.plot.bars { names = { "a", "b" }, series = {
      { name = "x", values = { 10, 0 } }, { name = "y", values = { 10, 5 } },
    } }
    local text = bars:text(60)
    local long, short = text:match "a (%S+) 20\nb (%S+) 5"
    expect(#long, 4 * #short, 4)
    local stars, circles = long:match "^(%*+)(o+)$"
    expect(#stars, #circles, 1)
  end)

  it("refuse negative lengths and lists that do not fit", function()
    expect_error("a bar is at least 0 long", function()
      fed.plot.bars { names = { "a" }, series = { { values = { -1 } } } }
    end)
    expect_error("has 2 values for 1 names", function()
      fed.plot.bars { names = { "a" }, series = { { values = { 1, 2 } } } }
    end)
  end)
end)

describe("images", function()
  local digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

  local function decoded(text)
    local bits, count, bytes = 0, 0, {}
    for letter in text:gmatch "[^=]" do
      bits, count = bits << 6 | digits:find(letter, 1, true) - 1, count + 6
      if count >= 8 then
        count = count - 8
        bytes[#bytes + 1] = string.char(bits >> count & 255)
        bits = bits & (1 << count) - 1
      end
    end
    return table.concat(bytes)
  end

  it("holds the pixels as a picture in the page", function()
    for width = 3, 5 do                                       -- base64 ends in no, one or two signs of equality
      local x = fed.arange(0, 6 * width - 1):reshape(1, 1, 6, width) / 255
      local data = fed.plot.images { rows = { { images = x } } }:svg():match "base64,([^\"]+)"
      local path = os.tmpname()
      local file = assert(io.open(path, "wb"))
      file:write(decoded(data))
      file:close()
      expect(fed.images.decode(path):reshape(1, 1, 6, width):eq(x):all(), true)
      os.remove(path)
    end
  end)

  it("shows no difference as middle grey, and refuses rows of other lengths", function()
    local x = fed.zeros(1, 1, 4, 4)
    expect(fed.plot.images { rows = { { images = x, signed = true } } }:text(40):find("=", 1, true) ~= nil
      or fed.plot.images { rows = { { images = x, signed = true } } }:text(40):find("+", 1, true) ~= nil, true)
    expect_error("row 2 has 2 images, row 1 has 1", function()
      fed.plot.images { rows = { { images = x }, { images = fed.zeros(2, 1, 4, 4) } } }
    end)
  end)
end)

describe("roc", function()
  it("goes through every corner and ends at one", function()
    local svg = fed.plot.roc { curves = { { name = "n", scores = { 4, 3, 3, 1 }, positives = { 1, 0, 1, 0 } } } }:svg()
    local p = points_of(svg)
    local left, bottom, right, top = p[1][1], p[1][2], p[4][1], p[4][2]
    local function share(point) return { (point[1] - left) / (right - left), (bottom - point[2]) / (bottom - top) } end
    expect({ share(p[2]), share(p[3]) }, { { 0, 0.5 }, { 0.5, 1 } }, 1e-3)
  end)
end)

describe("best_rule", function()
  it("names the rule with the highest mean", function()
    local rows = {
      { attack = "a", division = "iid", defense = "krum", accuracy = 0.9 },
      { attack = "a", division = "iid", defense = "krum", accuracy = 0.1 },
      { attack = "a", division = "iid", defense = "mean", accuracy = 0.6 },
      { attack = "b", division = "iid", defense = "krum", accuracy = 0.7 },
    }
    local svg = fed.plot.best_rule { rows = rows, x = "attack", y = "division" }:svg()
    expect({ svg:find("mean 0.60", 1, true) ~= nil, svg:find("krum 0.70", 1, true) ~= nil }, { true, true })
  end)
end)

describe("figures", function()
  local figure = fed.plot.bars { names = { "a" }, series = { { values = { 1 } } } }

  it("save what they show", function()
    local path = os.tmpname() .. ".svg"
    figure:save(path)
    local file = assert(io.open(path))
    expect(file:read "a", figure:svg())
    file:close()
    os.remove(path)
  end)

  it("say which names and programs they need", function()
    expect_error(".svg, .png or .txt", function() figure:save "figure.pdf" end)
    expect_error("cannot write", function() figure:save "/nowhere/figure.svg" end)
    expect_error("cannot write '/nowhere/figure.png'", function() figure:save "/nowhere/figure.png" end)
  end)
end)
