---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Labelled samples, or a view of some; it never changes.
---@class fed.Dataset
---@field name string What the set is called.
---@field shape integer[] Sizes of one sample.
---@field classes integer Number of classes.
---@field class_names string[] Names of the classes, from class 0 on.
---@field class_counts integer[] Samples of each class, from class 0 on.
---@field sources table[] Files the samples came from: path, bytes and SHA-256 hash of each.
---@field skipped table[] What bad_files = "skip" left out: path and reason of each file, link or folder that could not be read.
---@field groups? integer[] Group of each sample, from 0; nil where nothing is known.
---@field split_by? string What stayed whole when the set was split off another: group or sample; nil for a whole set.
---@operator len: integer
local Dataset = {}

---Returns the classes as a tensor.
---
---Returns: Classes from 0, int64 [n].
---@return fed.Tensor
function Dataset:labels() end

---Returns some samples as tensors, ready for a model.
---
---Returns: Samples, float32 [b, …] with pixels from 0 to 1, and classes, int64 [b].
---@param positions? integer[] Positions from 1; without them, all samples.
---@return fed.Tensor
---@return fed.Tensor
function Dataset:batch(positions) end

---@class Dataset.batches.Options
---@field size? integer Samples a batch. Must be at least 1. (default `64`)
---@field seed? integer Gives a random order; without it and a stream, the order of the set.
---@field stream? fed.Stream Gives a random order and moves on, so that the next pass has another one.
---@field drop_last? boolean Leave out a last batch that is not full, unless it is the only one. (default `false`)

---Walks over the set once, batch by batch.
---
---Returns: An iterator over samples and classes of each batch.
---@param options? Dataset.batches.Options Size and order.
---@return fun(): fed.Tensor, fed.Tensor?
function Dataset:batches(options) end

---Measures the channels over all samples.
---
---Returns: Mean and standard deviation of each channel, in the units of a batch.
---@return number[]
---@return number[]
function Dataset:statistics() end

---Picks samples by position.
---
---Returns: A view.
---@param positions integer[] Positions from 1; one may repeat.
---@return fed.Dataset
function Dataset:subset(positions) end

---Picks the first samples, or all where there are no more.
---
---Returns: A view.
---@param count integer How many. Must be at least 1.
---@return fed.Dataset
function Dataset:take(count) end

---@class Dataset.split.Options
---@field test? number Instead of sizes: share of the second of two parts, between 0 and 1.
---@field by? string What stays whole: group or sample; without it, groups where the set has some. Must be 'sample' or 'group'.
---@field seed? integer The same seed gives the same parts. (default `1`)
---@field [integer] integer Samples of each part, as nearly as groups allow.

---Deals out random parts that have no sample in common; groups stay whole where the set has some.
---
---Returns: A view for each size; for a share the rest and the test set, with every class alike in both.
---
---Fails: Groups are too large to leave something for each part.
---@param options? Dataset.split.Options Sizes of the parts, { 500, 100, seed = 1 }, or a share, { test = 0.2 }.
---@return fed.Dataset...
function Dataset:split(options) end

---Gives the samples other classes, as a lying client would.
---
---Returns: A view.
---@param labels integer[]|fed.Tensor Classes from 0.
---@return fed.Dataset
function Dataset:relabel(labels) end

---Gives each sample mean 0 and deviation 1 over all its numbers.
---
---Returns: A new set.
---@return fed.Dataset
function Dataset:standardize() end

---@class Dataset.normalize.Options
---@field mean? number[] One number a channel; without it, the set's own.
---@field deviation? number[] One number above 0 a channel; without it, the set's own.

---Subtracts a mean from each channel and divides it by a deviation, in every batch.
---
---Returns: A view.
---@param options? Dataset.normalize.Options The numbers; without them, those of this set.
---@return fed.Dataset
function Dataset:normalize(options) end

---Tells where a sample came from.
---
---Returns: Name of its file, SHA-256 hash of the file, group, which a split must keep together, and site; or nothing.
---@param position integer Position from 1.
---@return string...
function Dataset:origin(position) end

---Returns where the lesions lie, or the brains, in sets that know it.
---
---Returns: 1 inside and 0 outside, uint8 [n, 1, h, w]; nil where the set has no masks.
---@param region? string What to mark. Must be one of "lesion", "brain". (default `"lesion"`)
---@param positions? integer[] Positions from 1; without them, all samples.
---@return fed.Tensor?
function Dataset:masks(region, positions) end

---@class Dataset.sample.Options
---@field count integer How many samples. Must be at least 1.
---@field mix? number[]|fed.Tensor Share of each class, from class 0 on: { p0, p1, … }, divided by their sum; without it, as the set is.
---@field replace? boolean Whether a sample may be drawn again. (default `false`)
---@field seed? integer The same seed draws the same samples.
---@field stream? fed.Stream Draws and moves on, so that the next call draws others.

---Draws samples at random so that the classes have given shares.
---
---Returns: A view.
---
---Fails: A class has too few samples, unless they may repeat.
---
---Fails: The mix has not one number for each class.
---@param options Dataset.sample.Options How many, and the share of each class.
---@return fed.Dataset
function Dataset:sample(options) end

---@class Dataset.stamp.Options
---@field pattern fed.Tensor|number|table [h, w] or [c, h, w] for images, [k] for vectors, in the units of the samples before `normalize`: pixels from 0 to 1.
---@field mask? fed.Tensor|number|table As the pattern without its channels: 0 where the pattern has a hole.
---@field row? integer Row at which the pattern begins. Must be at least 1. (default `1`)
---@field column? integer Column at which it begins, or the place in a vector. Must be at least 1. (default `1`)
---@field opacity? number Share of the pattern in what is seen, above 0; 1 covers what lies under it. (default `1`)
---@field positions? integer[] Samples under the pattern, from 1; all without it.

---Writes a pattern over samples, such as a backdoor's trigger; labels stay, and no sample is copied.
---
---Returns: A view.
---
---Fails: The pattern does not fit into the samples.
---@param options Dataset.stamp.Options What, where, and over which samples.
---@return fed.Dataset
function Dataset:stamp(options) end

---Numbers the samples as they lie in the set that was read or made; every view keeps these numbers.
---
---Returns: Numbers from 1, int64 [n], in the order of the positions.
---@param positions? integer[] Positions from 1; without them, all samples.
---@return fed.Tensor
function Dataset:ids(positions) end

---Counts the samples that are in another set too, whatever views, splits and labels both went through.
---
---Returns: A number; 0 for sets that share no sample. Copies in other files are found by fed.data.audit.
---@param other fed.Dataset The other set, also one that was read from the same files again.
---@return integer
function Dataset:overlap(other) end

return Dataset
