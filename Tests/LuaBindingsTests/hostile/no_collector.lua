-- The collector is the host's.
collectgarbage "stop"
