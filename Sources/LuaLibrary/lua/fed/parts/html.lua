--- A page of HTML in one file: no scripts, nothing from elsewhere, readable on a telephone and on paper.
local drawing = require "fed.plot.parts.drawing"
local util = require "fed.util"

local html = {}

local style = [[
:root { color-scheme: light; }
body { font: 15px/1.55 "DejaVu Sans", Helvetica, Arial, sans-serif; color: #1c2430; background: #fff; margin: 0; }
main { max-width: 1080px; margin: 0 auto; padding: 24px 20px 60px; }
h1 { font-size: 27px; line-height: 1.25; margin: 8px 0 4px; }
h2 { font-size: 19px; margin: 38px 0 10px; padding-bottom: 5px; border-bottom: 2px solid #dde3ea; }
p { margin: 8px 0; overflow-wrap: anywhere; }
.lead { color: #536070; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 20px 0; }
.fact { border: 1px solid #dde3ea; border-radius: 8px; padding: 10px 14px; }
.fact b { display: block; font-size: 21px; overflow-wrap: anywhere; }
.fact span { color: #536070; font-size: 13px; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 470px), 1fr)); gap: 18px; }
figure { margin: 0; } figure svg { display: block; max-width: 100%; height: auto; }
figcaption { color: #536070; font-size: 13px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 10px; text-align: right; border-bottom: 1px solid #e8ecf1; white-space: nowrap; }
th { color: #536070; font-weight: 600; } th.name, td.name { text-align: left; }
td.long { white-space: normal; overflow-wrap: anywhere; min-width: 220px; }
ul { padding-left: 20px; } li { margin: 4px 0; overflow-wrap: anywhere; }
summary { cursor: pointer; color: #0b5cad; margin: 10px 0; }
@media print { details { display: block; } .figures { break-inside: avoid; } }
]]

html.escaped = drawing.escaped

--- A paragraph; `lead` is paler.
function html.paragraph(text, class)
  return ("<p%s>%s</p>"):format(class and ' class="' .. class .. '"' or "", html.escaped(text))
end

function html.list(items)
  local parts = {}
  for i, item in ipairs(items) do parts[i] = "<li>" .. html.escaped(item) .. "</li>" end
  return "<ul>" .. table.concat(parts) .. "</ul>"
end

--- Large numbers with what they are: pairs { name, value }.
function html.facts(pairs_)
  local parts = {}
  for i, pair in ipairs(pairs_) do
    parts[i] = ('<div class="fact"><b>%s</b><span>%s</span></div>'):format(html.escaped(pair[2]), html.escaped(pair[1]))
  end
  return '<div class="facts">' .. table.concat(parts) .. "</div>"
end

--- A table: a header, lines of texts, and how many columns from the left hold names.
function html.table(header, lines, names)
  local out = {}
  local function row(line, tag)
    local cells = {}
    for k = 1, #header do
      local text = line[k] == nil and "" or tostring(line[k])
      local class = k <= names and "name" or #text > 60 and "name long" or nil
      cells[k] = ("<%s%s>%s</%s>"):format(tag, class and ' class="' .. class .. '"' or "", html.escaped(text), tag)
    end
    return "<tr>" .. table.concat(cells) .. "</tr>"
  end
  for i, line in ipairs(lines) do out[i] = row(line, "td") end
  return '<div class="scroll"><table><thead>' .. row(header, "th") .. "</thead><tbody>" .. table.concat(out, "\n")
    .. "</tbody></table></div>"
end

--- Figures side by side where there is room.
function html.figures(list)
  local parts = {}
  for i, entry in ipairs(list) do
    local caption = entry.caption and "<figcaption>" .. html.escaped(entry.caption) .. "</figcaption>" or ""
    parts[i] = "<figure>" .. entry.figure:svg() .. caption .. "</figure>"
  end
  return '<div class="figures">' .. table.concat(parts, "\n") .. "</div>"
end

--- What is shown when one asks for it.
function html.folded(summary, content)
  return ("<details><summary>%s</summary>%s</details>"):format(html.escaped(summary), content)
end

--- The whole page, from sections { title, content }.
function html.page(title, lead, sections)
  local parts = { "<!DOCTYPE html>", '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    "<title>" .. html.escaped(title) .. "</title>", "<style>" .. style .. "</style></head><body><main>",
    "<h1>" .. html.escaped(title) .. "</h1>", lead and html.paragraph(lead, "lead") or "" }
  for _, section in ipairs(sections) do
    parts[#parts + 1] = ("<section><h2>%s</h2>%s</section>"):format(html.escaped(section[1]), section[2])
  end
  parts[#parts + 1] = "</main></body></html>\n"
  return table.concat(parts, "\n")
end

--- Text of a setting: nested tables in the order of their names.
function html.setting(value)
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  for key, inner in util.sorted_pairs(value) do
    parts[#parts + 1] = (math.type(key) and "" or key .. " = ") .. html.setting(inner)
  end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

return html
