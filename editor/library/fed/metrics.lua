---@meta fed.metrics
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Measures of models and detectors.
---@class fed.metrics
local metrics = {}

---Returns the share of right predictions.
---
---Returns: From 0 to 1.
---@param labels integer[]|fed.Tensor True classes, from 0.
---@param predictions integer[]|fed.Tensor Predicted classes, from 0.
---@return number
function metrics.accuracy(labels, predictions) end

---Returns the chance that a positive scores higher than a negative; a tie counts one half.
---
---Returns: 1 is perfect, 0.5 is chance.
---
---Source: Hanley and McNeil, Radiology 1982
---@param scores number[]|fed.Tensor Higher means more suspicious.
---@param positives boolean[]|number[]|fed.Tensor Whether each is a positive.
---@return number
function metrics.auroc(scores, positives) end

---Returns the mean over the classes of the share found: a rare class counts like any other.
---
---Returns: From 0 to 1.
---@param labels integer[]|fed.Tensor True classes, from 0.
---@param predictions integer[]|fed.Tensor Predicted classes, from 0.
---@return number
function metrics.balanced_accuracy(labels, predictions) end

---@class fed.metrics.clopper_pearson.Options
---@field confidence? number How often such a range is right. Must be above 0 and below 1. (default `0.95`)
---@field successes integer How often it happened. Must be at least 0.
---@field trials integer How often it could have. Must be at least 1.

---Returns the range that holds a true share with at least the stated confidence, whatever the share is.
---
---Returns: With `lower` and `upper`.
---
---Source: Clopper and Pearson, Biometrika 1934, https://doi.org/10.1093/biomet/26.4.404
---@param options fed.metrics.clopper_pearson.Options What it may be told.
---@return table
function metrics.clopper_pearson(options) end

---Counts how often each class was predicted as each other.
---
---Returns: The counts.
---@param labels integer[]|fed.Tensor True classes, from 0.
---@param predictions integer[]|fed.Tensor Predicted classes, from 0.
---@param classes? integer Number of classes; without it, as many as occur.
---@return fed.ConfusionMatrix
function metrics.confusion_matrix(labels, predictions, classes) end

---Counts how well flags match the truth.
---
---Returns: Precision, recall, false_positive_rate, f1 and accuracy, nil where undefined, and the four counts.
---@param flagged boolean[]|number[]|fed.Tensor Whether each was flagged.
---@param positives boolean[]|number[]|fed.Tensor Whether each should have been.
---@return table
function metrics.detection(flagged, positives) end

---@class fed.metrics.half_life.Options
---@field rounds number[] Rounds in which success was measured, rising.
---@field stopped number The last round in which the attack acted; success was measured in it.
---@field success number[] Success in each of them, such as the share of stamped images that go to the attacker's class.

---Returns how many rounds after an attack has stopped its success has fallen to half of what it was then.
---
---Returns: Rounds, by a straight line between two measurements; infinite where half is never reached.
---
---Source: Lifespan as in Zhang et al. (Neurotoxin), ICML 2022, https://arxiv.org/abs/2206.10341
---
---Deviation: Neurotoxin counts rounds until success falls below a fixed threshold; half of the start needs none.
---@param options fed.metrics.half_life.Options What it may be told.
---@return number
function metrics.half_life(options) end

---Returns the mean over the classes of the harmonic mean of precision and recall.
---
---Returns: From 0 to 1.
---@param labels integer[]|fed.Tensor True classes, from 0.
---@param predictions integer[]|fed.Tensor Predicted classes, from 0.
---@return number
function metrics.macro_f1(labels, predictions) end

---@class fed.metrics.mcnemar.Options
---@field first fed.Tensor|table 1 where the first is right, 0 elsewhere.
---@field second fed.Tensor|table 1 where the second is right, 0 elsewhere.

---Compares two defenses on the same samples by the exact form of McNemar's test.
---
---Returns: `p`, both sides; `first_only` and `second_only`, how often one alone is right.
---
---Source: McNemar, Psychometrika 1947, https://doi.org/10.1007/BF02295996
---@param options fed.metrics.mcnemar.Options What it may be told.
---@return table
function metrics.mcnemar(options) end

---@class fed.metrics.mean_interval.Options
---@field confidence? number How often such a range is right, where the numbers are normal. Must be above 0 and below 1. (default `0.95`)
---@field values number[] One number a repetition, such as the accuracy of each seed.

---Returns the mean of repetitions and the range that holds the true mean with the stated confidence, by Student's t.
---
---Returns: With `mean` and `n`; for two numbers or more also `deviation`, `half_width`, `lower` and `upper`.
---
---Source: Student, Biometrika 1908, https://doi.org/10.1093/biomet/6.1.1
---@param options fed.metrics.mean_interval.Options What it may be told.
---@return table
function metrics.mean_interval(options) end

---Returns the range that holds a true share with a stated confidence.
---
---Returns: The lower and the upper end.
---
---Source: Wilson, JASA 1927, https://doi.org/10.2307/2276774
---@param successes integer How often it happened.
---@param trials integer How often it could have.
---@param confidence? number Between 0 and 1. (default `0.95`)
---@return number
---@return number
function metrics.wilson_interval(successes, trials, confidence) end

return metrics
