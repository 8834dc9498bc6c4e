---@meta fed.images
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Pictures as tensors: reading, writing, resizing, cropping and random changes.
---@class fed.images
local images = {}

---@class fed.images.augment.Options
---@field flip? number Probability of a mirror image, left to right. Must be from 0 to 1. (default `0`)
---@field shift? number Largest shift along each side, in pixels. Must be from 0 to 4096. (default `0`)
---@field rotation? number Largest turn in either direction, in degrees. Must be from 0 to 180. (default `0`)
---@field brightness? number Largest number added to or taken from all pixels. Must be from 0 to 1000. (default `0`)
---@field contrast? number Largest change of the contrast, as a share. Must be from 0 to 1. (default `0`)
---@field noise? number Deviation of noise added to each pixel. Must be from 0 to 1000. (default `0`)

---Makes random changes that new pictures are made with.
---
---Returns: An object to call with pictures and a stream or seed.
---@param options? fed.images.augment.Options How much; what is not named stays as it is.
---@return fed.Augmentation
function images.augment(options) end

---Takes the part in the middle of pictures.
---
---Returns: A view.
---@param images fed.Tensor Pictures, float32 [c, h, w] or [n, c, h, w].
---@param size integer|integer[] Side, or { height, width }.
---@return fed.Tensor
function images.center_crop(images, size) end

---Reads a JPEG or PNG picture; its first bytes decide which it is.
---
---Returns: Pixels from 0 to 1 with all bits of the file, float32 [c, h, w].
---
---Fails: The file is missing or broken; pcall or fed.try catches it.
---@param path string The file.
---@return fed.Tensor
function images.decode(path) end

---Mixes red, green and blue into one channel.
---
---Returns: Pictures of one channel.
---
---Source: ITU-R BT.601
---@param images fed.Tensor Pictures, float32 [c, h, w] or [n, c, h, w].
---@return fed.Tensor
function images.grey(images) end

---@class fed.images.grid.Options
---@field columns? integer Pictures in a row; without it, as many as rows. Must be at least 1.
---@field gap? integer Pixels between two pictures. Must be from 0 to 64. (default `1`)

---Puts pictures side by side into one.
---
---Returns: One picture [c, H, W].
---@param images fed.Tensor Pictures, float32 [n, c, h, w].
---@param options? fed.images.grid.Options Columns and gap.
---@return fed.Tensor
function images.grid(images, options) end

---Draws the border of a region in red.
---
---Returns: Color pictures [n, 3, h, w].
---@param images fed.Tensor Pictures, float32 [n, c, h, w], grey or color.
---@param masks fed.Tensor Not 0 inside the region, [n, 1, h, w], as from set:masks().
---@return fed.Tensor
function images.outline(images, masks) end

---Stretches pictures to another size; the filter widens when they shrink.
---
---Returns: Pictures of that size.
---@param images fed.Tensor Pictures, float32 [c, h, w] or [n, c, h, w].
---@param size integer|integer[] Side, or { height, width }.
---@param filter? string How pixels are mixed. Must be one of "area", "bilinear". (default `"bilinear"`)
---@return fed.Tensor
function images.resize(images, size, filter) end

---Writes a picture as PNG, several as a grid; the file is wholly there or not at all.
---
---Returns: true.
---
---Fails: The file cannot be written; pcall catches it.
---@param images fed.Tensor Pixels from 0 to 1, float32 [c, h, w] or [n, c, h, w], with 1 or 3 channels.
---@param path string The file.
---@param options? fed.images.grid.Options Columns and gap of a grid.
---@return boolean
function images.save(images, path, options) end

---Reads a volume in NIfTI, with its scale applied.
---
---Returns: Voxels, float32 in the array's shape, and the size of a voxel in mm.
---
---Fails: The file is missing or broken; pcall or fed.try catches it.
---
---Source: https://nifti.nimh.nih.gov/nifti-1
---@param path string The file.
---@return fed.Tensor
---@return number[]
function images.volume(path) end

return images
