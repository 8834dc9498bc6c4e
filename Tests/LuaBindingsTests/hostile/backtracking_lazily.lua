-- A pattern that backtracks from the short end.
return ("a"):rep(100000):match((".-"):rep(20) .. "b")
