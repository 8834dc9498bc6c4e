--- a folder of pictures without its folder
fed.data.images { size = 64 }
--> mistake:1: fed.data.images: option 'dir' is missing, string expected

--- a size of three numbers
fed.data.images { dir = "x", size = { 1, 2, 3 } }
--> mistake:1: fed.data.images: option 'size': 3 numbers are no size; one side, or { height, width }, is needed

--- a size that no picture has
fed.data.images { dir = "x", size = 0 }
--> mistake:1: fed.data.images: size = [0, 0] is not allowed; sides of 1 to 16384 are allowed

--- two channels
fed.data.br35h { channels = 2 }
--> mistake:1: fed.data.br35h: option 'channels' = 2 is not allowed; it must be 1 or 3

--- an unknown filter
fed.data.images { dir = "x", filter = "cubic" }
--> mistake:1: fed.data.images: option 'filter' = "cubic" is not allowed; it must be one of "area", "bilinear"

--- half of a selection
fed.data.csv { path = "x.csv", only = "train" }
--> mistake:1: fed.data.csv: options 'column' and 'only' go together: both are needed, or none

--- an axis that no volume has
fed.data.nifti { dir = "x", axis = "up" }
--> mistake:1: fed.data.nifti: option 'axis' = "up" is not allowed; it must be "axial", "coronal" or "sagittal", or 1 to 3

--- a window upside down
fed.data.nifti { dir = "x", window = { 5, 1 } }
--> mistake:1: fed.data.nifti: window = 5.0 to 1.0 is not allowed; a lower bound below an upper one is needed, of 0 to 100 for percentiles

--- a picture of one axis
fed.images.resize(fed.zeros(4), 2)
--> mistake:1: fed.images.resize: shape = [4] float32 is not allowed; float32 pictures [c, h, w] or [n, c, h, w] are needed

--- a crop larger than the picture
fed.images.center_crop(fed.zeros(1, 4, 4), 5)
--> mistake:1: fed.images.center_crop: size = [5, 5] is not allowed; 1 to the pictures' own [4, 4] is allowed

--- a flip more often than always
fed.images.augment { flip = 2 }
--> mistake:1: fed.images.augment: option 'flip' = 2 is not allowed; it must be from 0 to 1

--- the origin of a sample that is not there
fed.data.blobs({ train = 3 }):origin(4)
--> mistake:1: Dataset:origin: position = 4 is not allowed; it must be from 1 to 3
