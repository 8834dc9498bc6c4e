-- A move of a table without end.
table.move({}, 1, 1 << 60, 2)
