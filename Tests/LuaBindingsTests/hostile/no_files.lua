-- The outside world is not there.
assert(io == nil)
