-- A piece of text, and another one, and another one.
load(function() return "   " end)
