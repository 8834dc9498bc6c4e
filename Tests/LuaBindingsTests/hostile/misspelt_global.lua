-- A global that is not there is told.
return upddates:mean()
