---@meta fed.data
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Data sets: labelled samples, read from files or made up.
---@class fed.data
---@field corruptions fed.data.corruptions Changes that scans and photographs suffer without an attacker.
local data = {}

---@class fed.data.alzheimer.Options
---@field dir? string Folder of the set; without it, the usual places are searched.
---@field limit? integer Read only so many files, evenly from the set, so that every class has some; 300 in a smoke run. Must be at least 1.
---@field size? integer|integer[] Side of a sample, or { height, width }; without it, the pictures' own, the same for all.
---@field channels? integer 1 for grey, 3 for color; 1 where nothing is said. Must be 1 or 3.
---@field fit? string How pictures of another shape get the size. Must be one of "stretch", "crop", "pad". (default `"stretch"`)
---@field filter? string How pixels are mixed; both filters widen when a picture shrinks. Must be one of "area", "bilinear". (default `"bilinear"`)
---@field bad_files? string Whether a file that cannot be read stops the load, or is skipped and named. Must be one of "stop", "skip". (default `"stop"`)
---@field window? string|number[] Which shades become black and white: "none", "percentiles" (1 and 99 of each picture), or { low, high } from 0 to 1, as for scans of 12 bits in files of 16, which use a sixteenth of that. All bits are kept. (default `"none"`)
---@field cache? boolean|string Whether decoded samples are kept for the next load, or the folder to keep them in; true means FEDLUA_CACHE, else fedlua in XDG_CACHE_HOME or ~/.cache; it keeps 8 GB at most and may be deleted at any time. (default `true`)

---Reads the four stages of Alzheimer's disease: 6,400 MRI slices of 176 by 208.
---
---Returns: The training set and the test set.
---
---Fails: The files are missing or broken; pcall or fed.try catches it.
---
---Source: Dubey, 2020, https://www.kaggle.com/datasets/tourist55/alzheimers-dataset-4-class-of-images
---@param options? fed.data.alzheimer.Options Where the files lie and what becomes of them.
---@return fed.Dataset
---@return fed.Dataset
function data.alzheimer(options) end

---@class fed.data.audit.Options
---@field test? fed.Dataset A second set, to be looked at together with the first.
---@field clients? fed.Partition A partition of the first set; groups at several clients are counted.
---@field distance? integer Bits of 256 in which hashes of near-duplicates differ at most. Must be from 0 to 32. (default `6`)
---@field tiny_class? integer Classes of fewer samples are reported. Must be at least 0. (default `20`)
---@field leak? boolean Whether to compare all pixels, for the nearest neighbours under several splits. (default `true`)
---@field leak_samples? integer Most samples of that comparison: whole groups, drawn by the seed. Must be at least 2. (default `10000`)
---@field seed? integer Decides the splits of the leak estimate. (default `1`)

---Looks for copies and near-copies, their labels, tiny classes, and how far a random split would lie.
---
---Returns: The audit; its `set` is the same set with the groups that were found, which splits keep whole.
---
---Fails: The sets have different classes or shapes.
---
---Fails: The partition is of another set.
---@param set fed.Dataset What to look at.
---@param options? fed.data.audit.Options A test set, and how near is near.
---@return fed.Audit
function data.audit(set, options) end

---@class fed.data.blobs.Options
---@field train? integer Samples to train on. Must be at least 1. (default `1000`)
---@field test? integer Samples to test on. Must be at least 1. (default `200`)
---@field classes? integer Number of clouds. Must be from 1 to 1000. (default `3`)
---@field shape? integer[] Shape of a sample: { d }, or { c, h, w } for models that take images. (default `{ 2 }`)
---@field separation? number Distance of the centers from the origin, in deviations. Must be at least 0. (default `4`)
---@field seed? integer The same seed gives the same samples. (default `1`)

---Makes a problem of normal clouds, one a class, around centers of a given distance.
---
---Returns: The training set and the test set.
---@param options? fed.data.blobs.Options Sizes and difficulty.
---@return fed.Dataset
---@return fed.Dataset
function data.blobs(options) end

---Reads Br35H: 3,000 MRI pictures of brains without (class 0) and with (class 1) a tumor.
---
---Returns: The data set, which has no split.
---
---Fails: The files are missing or broken; pcall or fed.try catches it.
---
---Source: Hamada, 2020, https://www.kaggle.com/datasets/ahmedhamada0/brain-tumor-detection
---@param options? fed.data.alzheimer.Options Where the files lie and what becomes of them.
---@return fed.Dataset
function data.br35h(options) end

---@class fed.data.cifar10.Options
---@field dir? string Folder of the files; without it, the usual places are searched.
---@field limit? integer Take only the first training samples, and decode no more; 600 in a smoke run. Must be at least 1.
---@field test_limit? integer Take only the first test samples; 300 in a smoke run. Must be at least 1.

---Reads CIFAR-10 in its binary version: 60,000 color pictures, 32 by 32, in ten classes.
---
---Returns: The training set and the test set.
---
---Fails: The files are missing or broken; pcall or fed.try catches it.
---
---Source: Krizhevsky, 2009, https://www.cs.toronto.edu/~kriz/cifar.html
---@param options? fed.data.cifar10.Options Where the files lie and how much to take.
---@return fed.Dataset
---@return fed.Dataset
function data.cifar10(options) end

---@class fed.data.csv.Options
---@field path string The table: a line of names, then a row for each picture.
---@field dir? string Folder of the files; without it, the folder of the table.
---@field file? string Column of the files. (default `"file"`)
---@field label? string Column of the classes. (default `"label"`)
---@field group? string Column of what must stay together in a split, such as the patient.
---@field column? string Column that says which rows count, such as split.
---@field only? string What rows that count have in that column, such as train.
---@field classes? string[] Classes in the order of their labels; without them, those of the table, sorted. (default `{}`)
---@field limit? integer Read only so many files, evenly from the rows; 300 in a smoke run. Must be at least 1.
---@field size? integer|integer[] Side of a sample, or { height, width }; without it, the pictures' own, the same for all.
---@field channels? integer 1 for grey, 3 for color; 3 where nothing is said. Must be 1 or 3.
---@field fit? string How pictures of another shape get the size. Must be one of "stretch", "crop", "pad". (default `"stretch"`)
---@field filter? string How pixels are mixed; both filters widen when a picture shrinks. Must be one of "area", "bilinear". (default `"bilinear"`)
---@field bad_files? string Whether a file that cannot be read stops the load, or is skipped and named. Must be one of "stop", "skip". (default `"stop"`)
---@field window? string|number[] Which shades become black and white: "none", "percentiles" (1 and 99 of each picture), or { low, high } from 0 to 1, as for scans of 12 bits in files of 16, which use a sixteenth of that. All bits are kept. (default `"none"`)
---@field cache? boolean|string Whether decoded samples are kept for the next load, or the folder to keep them in; true means FEDLUA_CACHE, else fedlua in XDG_CACHE_HOME or ~/.cache; it keeps 8 GB at most and may be deleted at any time. (default `true`)

---Reads pictures whose classes stand in a table.
---
---Returns: The data set.
---
---Fails: The files are missing or broken; pcall or fed.try catches it.
---@param options fed.data.csv.Options The table and its columns.
---@return fed.Dataset
function data.csv(options) end

---Reads Fashion-MNIST: 70,000 pictures of clothes, grey, 28 by 28.
---
---Returns: The training set and the test set.
---
---Fails: The files are missing or broken; pcall or fed.try catches it.
---
---Source: Xiao et al., 2017, https://arxiv.org/abs/1708.07747
---@param options? fed.data.cifar10.Options Where the files lie and how much to take.
---@return fed.Dataset
---@return fed.Dataset
function data.fashion_mnist(options) end

---Returns the folders that data sets are looked for in, best first.
---
---Returns: The folders.
---@return string[]
function data.folders() end

---@class fed.data.from_tensors.Options
---@field name? string What to call it. (default `"tensors"`)
---@field classes? integer Number of classes; without it, as many as the labels show.
---@field class_names? string[] Names of the classes, from class 0 on. (default `{}`)
---@field groups? string[]|integer[]|fed.Tensor What splits and partitions keep together, one for each sample, such as its patient.
---@field sites? string[]|integer[]|fed.Tensor Where each sample was recorded, such as a hospital; fed.partition.by_site deals by it.

---Makes a data set of tensors.
---
---Returns: The data set.
---
---Fails: A number of the inputs is not finite.
---
---Fails: A label is outside the classes.
---@param inputs fed.Tensor Samples, [n, c, h, w] or [n, d]; uint8 stands for pixels of 0 to 255.
---@param labels fed.Tensor|number|table Classes from 0, [n].
---@param options? fed.data.from_tensors.Options Names, groups and sites.
---@return fed.Dataset
function data.from_tensors(inputs, labels, options) end

---@class fed.data.images.Options
---@field dir string Folder with one folder of pictures for each class.
---@field name? string What to call the set. (default `"images"`)
---@field classes? string[] Classes in the order of their labels; without them, all folders as people sort. (default `{}`)
---@field aliases? table A table from names of folders to the classes they stand for.
---@field limit? integer Read only so many files, evenly from the set; 300 in a smoke run. Must be at least 1.
---@field size? integer|integer[] Side of a sample, or { height, width }; without it, the pictures' own, the same for all.
---@field channels? integer 1 for grey, 3 for color; 3 where nothing is said. Must be 1 or 3.
---@field fit? string How pictures of another shape get the size. Must be one of "stretch", "crop", "pad". (default `"stretch"`)
---@field filter? string How pixels are mixed; both filters widen when a picture shrinks. Must be one of "area", "bilinear". (default `"bilinear"`)
---@field bad_files? string Whether a file that cannot be read stops the load, or is skipped and named. Must be one of "stop", "skip". (default `"stop"`)
---@field window? string|number[] Which shades become black and white: "none", "percentiles" (1 and 99 of each picture), or { low, high } from 0 to 1, as for scans of 12 bits in files of 16, which use a sixteenth of that. All bits are kept. (default `"none"`)
---@field cache? boolean|string Whether decoded samples are kept for the next load, or the folder to keep them in; true means FEDLUA_CACHE, else fedlua in XDG_CACHE_HOME or ~/.cache; it keeps 8 GB at most and may be deleted at any time. (default `true`)

---Reads a folder of JPEG and PNG pictures with one folder for each class.
---
---Returns: The data set.
---
---Fails: The files are missing or broken; pcall or fed.try catches it.
---@param options fed.data.images.Options Where they are and what becomes of them.
---@return fed.Dataset
function data.images(options) end

---Reads MNIST: 70,000 handwritten digits, grey, 28 by 28.
---
---Returns: The training set and the test set.
---
---Fails: The files are missing or broken; pcall or fed.try catches it.
---
---Source: http://yann.lecun.com/exdb/mnist/
---@param options? fed.data.cifar10.Options Where the files lie and how much to take.
---@return fed.Dataset
---@return fed.Dataset
function data.mnist(options) end

---Lists the scanners of synthetic_mri; they are made up, and none stands for a product.
---
---Returns: A record for each: name, weighting, noise, blur, ringing, bias, ghosting, gamma, scale.
---@return table[]
function data.mri_scanners() end

---@class fed.data.nifti.Options
---@field dir string Folder of the volumes, with one folder for each class or with none.
---@field axis? string|integer "axial", "coronal" or "sagittal", or an axis of the array from 1 to 3. (default `"axial"`)
---@field slices? integer Slices of each volume, evenly spaced; without it, all of them. Must be at least 1.
---@field from? number Start of the part that slices are taken from, as a share. Must be from 0 to 1. (default `0`)
---@field to? number End of that part. Must be from 0 to 1. (default `1`)
---@field frame? integer Frame of a volume with a time axis. Must be at least 1. (default `1`)
---@field window? string|number[] Which intensities become black and white: "percentiles" (1 and 99 of each volume), "none", or { low, high }. Voxels that are no numbers, as around a masked brain, become 0. (default `"percentiles"`)
---@field size? integer|integer[] Side of a sample, or { height, width }; without it, the slices' own.
---@field filter? string How pixels are mixed. Must be one of "area", "bilinear". (default `"bilinear"`)
---@field bad_files? string Whether a volume that cannot be read stops the load, or is skipped and named. Must be one of "stop", "skip". (default `"stop"`)

---Reads slices of volumes in NIfTI; the slices of a volume are one group.
---
---Returns: The data set.
---
---Fails: The files are missing or broken; pcall or fed.try catches it.
---
---Source: https://nifti.nimh.nih.gov/nifti-1
---@param options fed.data.nifti.Options Where the volumes are and which slices to take.
---@return fed.Dataset
function data.nifti(options) end

---Reads one array that NumPy saved.
---
---Returns: A tensor, uint8, int64, float32 or float64 as the array.
---
---Fails: The files are missing or broken; pcall or fed.try catches it.
---@param path string The file.
---@return fed.Tensor
function data.npy(path) end

---@class fed.data.npz.Options
---@field path string The archive, as numpy.savez writes it.
---@field inputs? string Name of the array of samples; without it, usual names such as train_images.
---@field labels? string Name of the array of classes.
---@field channels? string Which axis of a picture counts its channels. Must be one of "automatic", "first", "last". (default `"automatic"`)
---@field class_names? string[] Names of the classes, from class 0 on. (default `{}`)
---@field name? string What to call the set. (default `"npz"`)

---Reads data sets in a NumPy archive, such as those of MedMNIST.
---
---Returns: The training set, and the test and validation sets that the archive has.
---
---Fails: The files are missing or broken; pcall or fed.try catches it.
---@param options fed.data.npz.Options The archive and its arrays.
---@return fed.Dataset...
function data.npz(options) end

---@class fed.data.synthetic_mri.Options
---@field count? integer Number of images; without it 1000, or 200 in a smoke run. Must be at least 1.
---@field size? integer Height and width in pixels. Must be from 16 to 256. (default `64`)
---@field scanner? string|table One scanner: a name from fed.data.mri_scanners, or a table { base = …, noise = … }.
---@field scanners? (string|table)[] Several scanners, which the patients are dealt to in turn. (default `{}`)
---@field lesion_share? number Probability of a lesion. Must be from 0 to 1. (default `0.5`)
---@field lesion_contrast? number How clearly lesions differ from tissue; 0 leaves nothing to see. Must be from 0 to 1.5. (default `1`)
---@field lesion_size? number Factor of the lesions' radii. Must be from 0.25 to 1.5. (default `1`)
---@field lesion_kinds? string[] Kinds of lesions, equally likely. (default `{ "glioma", "meningioma", "metastasis" }`)
---@field classes? string "lesion": without and with one; "kind": without one, then a class for each kind. Must be one of "lesion", "kind". (default `"lesion"`)
---@field slices_per_patient? integer Neighbouring slices of each patient, which are one group. Must be from 1 to 64. (default `1`)
---@field seed? integer The same seed gives the same heads, at any size and under any scanner. (default `1`)

---Makes MRI slices of heads without (class 0) and with a lesion, as some scanners show them.
---
---Returns: The data set: grey images [1, size, size] whose masks and sites are known.
---
---Fails: An unknown scanner or kind of lesion, a setting out of range, more than 2 GB.
---@param options? fed.data.synthetic_mri.Options Sizes, scanners and lesions.
---@return fed.Dataset
function data.synthetic_mri(options) end

return data
