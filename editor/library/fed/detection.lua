---@meta fed.detection
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Scores that tell attacked inputs from others, and thresholds for them.
---@class fed.detection
local detection = {}

---@class fed.detection.combined.Options
---@field detectors table[] The detectors.
---@field way? string fisher: all count; bonferroni: the most suspicious counts. Must be one of "fisher", "bonferroni". (default `"fisher"`)

---Makes a detector of several, combined by conformal p-values: raw scores have different units and are never added.
---
---Returns: The detector, for a pipeline, whose `calibrate` spends half of its images on it.
---
---Source: Fisher, Statistical Methods for Research Workers (1925), section 21.1; Bates et al., https://arxiv.org/abs/2104.08279, section 2
---@param options fed.detection.combined.Options What it may be told.
---@return table
function detection.combined(options) end

---@class fed.detection.consistency.Options
---@field copies? integer noisy: how many copies. Must be at least 1. (default `8`)
---@field measure? string jsd: divergence from the mean of the other answers, in nats; disagreement: share of other labels. Must be one of "jsd", "disagreement". (default `"jsd"`)
---@field reconstruction? table reconstructed: from fed.detection.reconstruction.
---@field sigma? number purified: noise of the purification, the purifier's own without it; noisy: that of the noise, 0.05 without it. Must be above 0.
---@field view? string With what the answer is compared. Must be one of "purified", "noisy", "reconstructed". (default `"purified"`)

---Makes a detector that compares the classifier's answer with its answers on purified, noisy or painted images.
---
---Returns: The detector, for fed.purification.pipeline.
---
---Source: Meng and Chen, CCS 2017, https://arxiv.org/abs/1705.09064, section 4.2.2, for reconstructions
---@param options? fed.detection.consistency.Options What it may be told.
---@return table
function detection.consistency(options) end

---@class fed.detection.consistent_prediction.Options
---@field epsilon? number Radius of the search, the largest change of a pixel. Must be above 0. (default `0.01`)
---@field measure? string probability: how much the image's own label loses; label: 1 where the label changes, as published. Must be one of "probability", "label". (default `"probability"`)
---@field steps? integer Steps of the search. Must be at least 1. (default `2`)

---Makes a detector that attacks the image itself, by a few steps: an image that was attacked lies close to where answers change. Needs a model as classifier.
---
---Returns: The detector, for fed.purification.pipeline.
---
---Source: Chen et al., ICML 2023, https://arxiv.org/abs/2305.01139, section 5: CPR
---
---Deviation: A score that a calibration can cut, where the paper rejects every change of the label.
---@param options? fed.detection.consistent_prediction.Options What it may be told.
---@return table
function detection.consistent_prediction(options) end

---@class fed.detection.masked_reconstruction.Options
---@field norm_pix? boolean Whether each patch has mean 0 and deviation 1 first. On black background this divides by almost 0: a change of 1/255 there looks large, and an attack that keeps off the background is not seen. (default `false`)
---@field patch integer Side of a patch, as the model has it. Must be at least 1.
---@field ratio? number Share of the patches that is hidden. Must be above 0 and below 1. (default `0.75`)

---Makes the loss of a masked autoencoder, for local training: the squared error on hidden patches alone.
---
---Returns: The loss, of (model, batch, draw).
---
---Source: He et al., CVPR 2022, https://arxiv.org/abs/2111.06377, section 3
---@param options fed.detection.masked_reconstruction.Options What it may be told.
---@return function
function detection.masked_reconstruction(options) end

---@class fed.detection.rates.Options
---@field attacked fed.Tensor|number[] Scores of attacked ones: of those that succeeded, for a strict table.
---@field clean fed.Tensor|number[] Scores of clean images.
---@field rate? number Share of the clean images that may be flagged, cut on these very images. Must be from 0 to 1. (default `0.05`)
---@field threshold? number A threshold calibrated elsewhere, in place of the rate.

---Measures a detector: `auroc`, and where a share of clean images is flagged, `found` of the attacked ones, with an exact interval `low` to `high`; beside them `false_alarms` with `alarm_low` and `alarm_high`.
---
---Returns: The numbers.
---
---Source: intervals: Clopper and Pearson, Biometrika 26 (1934)
---@param options fed.detection.rates.Options What it may be told.
---@return table
function detection.rates(options) end

---@class fed.detection.reconstruction.Options
---@field measure? string mean: of all patches, the paper's; patch_max: of the strangest, each in units of its place. Must be one of "mean", "patch_max". (default `"mean"`)
---@field model fed.Model From fed.models.masked_autoencoder, trained on clean images.
---@field norm_pix? boolean Whether the model paints patches of mean 0 and deviation 1. (default `false`)
---@field patch integer Side of a patch, as the model has it. Must be at least 1.
---@field ratio? number Share that each mask hides. Must be above 0 and below 1. (default `0.75`)
---@field seed? integer Seed of the masks. (default `0`)
---@field top? integer patch_max: how many patches count. Must be at least 1. (default `4`)

---Makes a detector of the error on hidden patches, under masks that hide every patch equally often. Small changes of pixels hardly move this error: measure before you trust it.
---
---Returns: The detector, for fed.purification.pipeline; `paint` and `composite` are methods.
---
---Source: Karami et al., https://arxiv.org/abs/2511.11625, equation 21
---
---Deviation: The paper sums over all patches and names no mask at test time; here masks are complementary, so that each patch is scored where it was hidden, and always by the same masks.
---@param options fed.detection.reconstruction.Options What it may be told.
---@return table
function detection.reconstruction(options) end

---@class fed.detection.threshold.Options
---@field delta? number pac: chance that the share is larger. Must be above 0 and below 1. (default `0.05`)
---@field method? string conformal: at most that share on average over calibrations; pac: with confidence 1 - delta in this one; top_share: the paper's, which flags that share of every batch, attacked or not. Must be one of "conformal", "pac", "top_share". (default `"conformal"`)
---@field rate? number Share of clean images that may be flagged. Must be above 0 and below 1. (default `0.05`)
---@field scores fed.Tensor|number[] Scores of clean images that took part in no training; higher is more suspicious.

---Sets a threshold on scores of clean images, with `threshold`, its rank `k`, `p_value(score)` and `flags(scores)`. Of too few scores it is infinite: nothing is flagged then.
---
---Returns: The calibration.
---
---Source: Vovk et al., Algorithmic Learning in a Random World (2005), section 2.2; pac: Bates et al., https://arxiv.org/abs/2104.08279; top_share: Karami et al., https://arxiv.org/abs/2511.11625, section 3.2.3
---@param options fed.detection.threshold.Options What it may be told.
---@return table
function detection.threshold(options) end

---@class fed.detection.worst_case.Options
---@field scores table A list of scores for each attack, one an image.
---@field success? table A list of 0 and 1 for each attack: which images it misled; all without it.

---Takes for each image the lowest score among the attacks that misled the classifier: an image counts as found only if it is found under all of them. Images that no attack misled are left out.
---
---Returns: The lowest scores of the images that were misled.
---
---Source: Granese et al., MEAD, ECML PKDD 2022, https://arxiv.org/abs/2206.15415
---@param options fed.detection.worst_case.Options What it may be told.
---@return number[]
function detection.worst_case(options) end

return detection
