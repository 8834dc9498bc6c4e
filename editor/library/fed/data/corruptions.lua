---@meta fed.data.corruptions
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Changes that scans and photographs suffer without an attacker.
---@class fed.data.corruptions
local corruptions = {}

---@class fed.data.corruptions.bias_field.Options
---@field severity? integer How strong, from 1 to 5. Must be from 1 to 5. (default `3`)

---Multiplies by a smooth field: the exponential of a polynomial of third degree with random coefficients.
---
---Returns: Called with images [b, c, h, w] from 0 to 1 and { stream =, ids = }, gives corrupted ones.
---
---Source: Van Leemput et al., TMI 1999, https://doi.org/10.1109/42.811268, as TorchIO has it
---@param options? fed.data.corruptions.bias_field.Options What it may be told.
---@return function
function corruptions.bias_field(options) end

---@class fed.data.corruptions.brightness.Options
---@field direction? string Which way. Must be one of "up", "down". (default `"up"`)
---@field severity? integer How strong, from 1 to 5. Must be from 1 to 5. (default `3`)

---Multiplies all pixels.
---
---Returns: Called with images [b, c, h, w] from 0 to 1 and { stream =, ids = }, gives corrupted ones.
---
---Source: Di Salvo et al., 2024, https://arxiv.org/abs/2406.17536, tables of the grey organ sets
---@param options? fed.data.corruptions.brightness.Options What it may be told.
---@return function
function corruptions.brightness(options) end

---Multiplies each pixel's distance from the image's mean.
---
---Returns: Called with images [b, c, h, w] from 0 to 1 and { stream =, ids = }, gives corrupted ones.
---
---Source: Di Salvo et al., 2024, https://arxiv.org/abs/2406.17536, tables of the grey organ sets
---@param options? fed.data.corruptions.brightness.Options What it may be told.
---@return function
function corruptions.contrast(options) end

---Raises pixels to a power.
---
---Returns: Called with images [b, c, h, w] from 0 to 1 and { stream =, ids = }, gives corrupted ones.
---
---Source: Di Salvo et al., 2024, https://arxiv.org/abs/2406.17536, tables of the grey organ sets
---@param options? fed.data.corruptions.brightness.Options What it may be told.
---@return function
function corruptions.gamma(options) end

---Blurs by a kernel whose size is told for images of 224 pixels, and shrinks with them.
---
---Returns: Called with images [b, c, h, w] from 0 to 1 and { stream =, ids = }, gives corrupted ones.
---
---Source: Di Salvo et al., 2024, https://arxiv.org/abs/2406.17536, tables of the grey organ sets
---@param options? fed.data.corruptions.bias_field.Options What it may be told.
---@return function
function corruptions.gaussian_blur(options) end

---Adds noise of one deviation to all pixels.
---
---Returns: Called with images [b, c, h, w] from 0 to 1 and { stream =, ids = }, gives corrupted ones.
---
---Source: Di Salvo et al., 2024, https://arxiv.org/abs/2406.17536, tables of the grey organ sets
---@param options? fed.data.corruptions.bias_field.Options What it may be told.
---@return function
function corruptions.gaussian_noise(options) end

---Weakens every few lines of the spectrum, but not its middle: shifted ghosts of the image appear.
---
---Returns: Called with images [b, c, h, w] from 0 to 1 and { stream =, ids = }, gives corrupted ones.
---
---Source: Pérez-García et al., CMPB 2021, https://doi.org/10.1016/j.cmpb.2021.106236 (TorchIO)
---@param options? fed.data.corruptions.bias_field.Options What it may be told.
---@return function
function corruptions.ghosting(options) end

---Makes a share of the pixels black or white, as likely one as the other.
---
---Returns: Called with images [b, c, h, w] from 0 to 1 and { stream =, ids = }, gives corrupted ones.
---
---Source: Di Salvo et al., 2024, https://arxiv.org/abs/2406.17536, tables of the grey organ sets
---@param options? fed.data.corruptions.bias_field.Options What it may be told.
---@return function
function corruptions.impulse_noise(options) end

---@class fed.data.corruptions.jpeg.Options
---@field quality? integer Quality in place of the severity. Must be from 1 to 100.
---@field severity? integer How strong, from 1 to 5. Must be from 1 to 5. (default `3`)

---Rounds the cosine coefficients of blocks of 8 pixels by the table of brightness.
---
---Returns: Called with images [b, c, h, w] from 0 to 1 and { stream =, ids = }, gives corrupted ones.
---
---Source: Di Salvo et al., 2024, https://arxiv.org/abs/2406.17536, tables of the grey organ sets
---
---Deviation: All channels are treated as brightness; sizes grow to multiples of 8 by zeros, not by the last pixel.
---@param options? fed.data.corruptions.jpeg.Options What it may be told.
---@return function
function corruptions.jpeg(options) end

---Shifts the head along the lines between the readings of its spectrum, at two random moments.
---
---Returns: Called with images [b, c, h, w] from 0 to 1 and { stream =, ids = }, gives corrupted ones.
---
---Source: Shaw et al., MIDL 2019, https://proceedings.mlr.press/v102/shaw19a.html
---
---Deviation: Shifts along one axis, no turns; by up to the given share of the height.
---@param options? fed.data.corruptions.bias_field.Options What it may be told.
---@return function
function corruptions.motion(options) end

---Shrinks images by the mean over boxes, and enlarges them again.
---
---Returns: Called with images [b, c, h, w] from 0 to 1 and { stream =, ids = }, gives corrupted ones.
---
---Source: Di Salvo et al., 2024, https://arxiv.org/abs/2406.17536, tables of the grey organ sets
---@param options? fed.data.corruptions.bias_field.Options What it may be told.
---@return function
function corruptions.pixelate(options) end

---Adds normal noise to both parts of a complex signal and takes its magnitude: dark places grow brighter.
---
---Returns: Called with images [b, c, h, w] from 0 to 1 and { stream =, ids = }, gives corrupted ones.
---
---Source: Gudbjartsson and Patz, MRM 1995, https://doi.org/10.1002/mrm.1910340618
---@param options? fed.data.corruptions.bias_field.Options What it may be told.
---@return function
function corruptions.rician_noise(options) end

---Draws each pixel from a Poisson distribution, of as many photons as a white pixel has by the severity.
---
---Returns: Called with images [b, c, h, w] from 0 to 1 and { stream =, ids = }, gives corrupted ones.
---
---Source: Di Salvo et al., 2024, https://arxiv.org/abs/2406.17536, tables of the grey organ sets
---@param options? fed.data.corruptions.bias_field.Options What it may be told.
---@return function
function corruptions.shot_noise(options) end

---Adds noise in proportion to each pixel's brightness.
---
---Returns: Called with images [b, c, h, w] from 0 to 1 and { stream =, ids = }, gives corrupted ones.
---
---Source: Di Salvo et al., 2024, https://arxiv.org/abs/2406.17536, tables of the grey organ sets
---@param options? fed.data.corruptions.bias_field.Options What it may be told.
---@return function
function corruptions.speckle_noise(options) end

return corruptions
