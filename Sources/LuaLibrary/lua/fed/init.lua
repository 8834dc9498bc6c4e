--- Joins the native modules and the scripted ones into one table.
return {}
