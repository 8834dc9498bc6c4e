-- A format that pads to a gigabyte.
return string.pack("c1000000000", "")
