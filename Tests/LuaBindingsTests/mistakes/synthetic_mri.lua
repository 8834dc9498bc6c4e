--- a picture of heads that is too small
fed.data.synthetic_mri { size = 15 }
--> mistake:1: fed.data.synthetic_mri: option 'size' = 15 is not allowed; it must be from 16 to 256

--- a picture of heads that is too large
fed.data.synthetic_mri { size = 257 }
--> mistake:1: fed.data.synthetic_mri: option 'size' = 257 is not allowed; it must be from 16 to 256

--- heads without pictures
fed.data.synthetic_mri { count = -5 }
--> mistake:1: fed.data.synthetic_mri: option 'count' = -5 is not allowed; it must be at least 1

--- more heads than fit
fed.data.synthetic_mri { count = 1 << 40, size = 64 }
--> mistake:1: fed.data.synthetic_mri: <any>

--- a scanner with a slip of the pen
fed.data.synthetic_mri { scanner = "t1_shrap" }
--> mistake:1: fed.data.synthetic_mri: there is no scanner 't1_shrap'; did you mean 't1_sharp'?; the scanners are t1_sharp, t1_noisy, t1_lowfield, t1_contrast, t2_sharp, t2_blurred, flair_sharp, flair_motion

--- one scanner twice
fed.data.synthetic_mri { scanners = { "t1_sharp", "t1_sharp" } }
--> mistake:1: fed.data.synthetic_mri: scanners = ["t1_sharp", "t1_sharp"] is not allowed; at least one is needed, each with a name of its own

--- one scanner and several
fed.data.synthetic_mri { scanner = "t1_sharp", scanners = { "t2_sharp" } }
--> mistake:1: fed.data.synthetic_mri: options 'scanner' and 'scanners' exclude each other; leave one of them out

--- a scanner with a setting of its own invention
fed.data.synthetic_mri { scanner = { base = "t1_sharp", nois = 0.1 } }
--> mistake:1: fed.data.synthetic_mri: option 'scanner': unknown option 'nois'; did you mean 'noise'?; the options are base, bias, blur, gamma, ghosting, name, noise, ringing, scale, weighting

--- a scanner of pure noise
fed.data.synthetic_mri { scanner = { noise = 0 / 0 } }
--> mistake:1: fed.data.synthetic_mri: noise of scanner 't1_sharp' = <any>nan is not allowed; 0.0 to 0.5 is allowed

--- a share of lesions above all
fed.data.synthetic_mri { lesion_share = 1.5 }
--> mistake:1: fed.data.synthetic_mri: option 'lesion_share' = 1.5 is not allowed; it must be from 0 to 1

--- a kind of lesion that is not made
fed.data.synthetic_mri { lesion_kinds = { "gliom" } }
--> mistake:1: fed.data.synthetic_mri: there is no kind of lesion 'gliom'; did you mean 'glioma'?; the kinds are glioma, meningioma, metastasis

--- classes of something else
fed.data.synthetic_mri { classes = "type" }
--> mistake:1: fed.data.synthetic_mri: option 'classes' = "type" is not allowed; it must be one of "lesion", "kind"

--- a region that has no mask
fed.data.synthetic_mri({ count = 2, size = 16 }):masks("skull")
--> mistake:1: Dataset:masks: region = "skull" is not allowed; it must be one of "lesion", "brain"

--- sites of samples that come from nowhere
fed.partition.by_site((fed.data.blobs()))
--> mistake:1: fed.partition.by_site: site of sample 1 = unknown is not allowed; samples that know their site are needed

--- a site without samples
fed.partition.by_site(fed.data.synthetic_mri { count = 4, size = 16 }, { sites = { "t2_sharp" } })
--> mistake:1: fed.partition.by_site: sites = ["t2_sharp"] is not allowed; some of ["t1_sharp"], each once, are allowed

--- a picture with two channels to write
fed.images.save(fed.zeros { 2, 4, 4 }, "x.png")
--> mistake:1: fed.images.save: shape = [2, 4, 4] float32 is not allowed; a float32 picture [c, h, w] with 1 or 3 channels is needed

--- a model of a client that is not there
local train = fed.data.blobs { train = 40 }
local run = fed.simulation {
  clients = fed.partition.identical(train, { clients = 2 }), rounds = 1,
  model = fed.models.mlp { inputs = 2, hidden = {}, classes = 3 },
}
run:client_model(3)
--> mistake:6: <any>client_model: client = 3 is not allowed; ids of the run's clients are allowed
