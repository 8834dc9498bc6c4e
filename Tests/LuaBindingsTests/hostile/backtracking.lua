-- A pattern that backtracks.
return ("a"):rep(3000):find(("a*"):rep(12) .. "b")
