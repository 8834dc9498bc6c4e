-- A search that begins at each place and goes to the end.
return ("a"):rep(1 << 20):find(".-b")
