-- A string of separators.
return (""):rep(1 << 40, "-")
