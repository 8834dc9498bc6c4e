-- What looks into other functions is not there.
return debug.getinfo(1)
