-- A global that is spoilt stays in its own state.
string.rep, table.concat, pairs = nil, nil, nil
error "spoilt"
