-- A tensor of a terabyte.
return fed.zeros(1 << 38)
