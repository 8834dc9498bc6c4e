-- A string of a gigabyte.
return ("x"):rep(1 << 30)
