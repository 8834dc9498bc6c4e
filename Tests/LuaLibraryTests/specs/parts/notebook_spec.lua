--- What a notebook shows beside text.
local notebook = require "fed.parts.notebook"
local spec = require "fed.spec"
local describe, it, expect = spec.describe, spec.it, spec.expect

describe("what a notebook shows", function()
  it("takes pixels that one can see for a picture", function()
    expect(notebook.is_picture(fed.zeros(1, 8, 8)), true)
    expect(notebook.is_picture(fed.zeros(3, 20, 9)), true)
    for _, other in ipairs { fed.zeros(2, 8, 8), fed.zeros(1, 4, 8), fed.zeros(8, 8), {}, "x" } do
      expect(notebook.is_picture(other), false)
    end
  end)

  it("saves pixels so that they can be read again", function()
    local path = notebook.save(fed.full({ 9, 10 }, 0.2))
    local read = fed.images.decode(path)
    os.remove(path)
    expect(table.concat(read.shape, " "), "1 9 10")
    expect(math.abs(read:mean():item() - 0.2) < 1e-6, true)
  end)

  it("makes a table of records with the same plain fields", function()
    expect(notebook.html { { a = 1, b = "<x>" }, { a = 2 } },
      "<table>\n<tr><th>a</th><th>b</th></tr>\n<tr><td>1</td><td>&lt;x&gt;</td></tr>\n"
        .. "<tr><td>2</td><td>nil</td></tr>\n</table>")
    for _, other in ipairs { {}, { 1 }, { { 1 } }, { { a = {} } }, { { a = 1 }, { c = 1 } }, "x" } do
      expect(notebook.html(other), nil)
    end
  end)
end)
