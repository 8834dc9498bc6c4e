-- Back references, compared at each place.
return (("a"):rep(500000) .. "b"):find("(a+)%1c")
