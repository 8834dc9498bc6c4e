---@meta fed.attacks.inputs
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Attacks on what a trained model is shown.
---@class fed.attacks.inputs
local inputs = {}

---@class fed.attacks.inputs.apgd.Options
---@field epsilon? number|table Radius, or a list of them. Must be at least 0. (default `0.03137254901960784`)
---@field loss? string|function What it makes large: "cross_entropy", "dlr", "margin", or a function. (default `"cross_entropy"`)
---@field norm? string What distances are measured by. Must be one of "linf", "l2". (default `"linf"`)
---@field restarts? integer Starts; each works on what the ones before did not mislead. Must be at least 1. (default `1`)
---@field rise_share? number Share of steps that have to raise the loss, lest they be halved. Must be from 0 to 1. (default `0.75`)
---@field steps? integer Steps of each start. Must be at least 1. (default `100`)
---@field target_classes? integer Goes for as many labels in turn, the likeliest first; 0 for none in particular. Must be at least 0. (default `0`)

---Makes the ascent of AutoAttack: with momentum, and steps that start at twice the radius and are halved where the loss stops rising.
---
---Returns: The attack.
---
---Source: Croce and Hein, ICML 2020, https://arxiv.org/abs/2003.01690, algorithm 1
---
---Deviation: Where nothing misleads, the point of the largest margin is returned, not the input.
---@param options? fed.attacks.inputs.apgd.Options What it may be told.
---@return function
function inputs.apgd(options) end

---@class fed.attacks.inputs.auto_attack.Options
---@field draws? integer Draws that version "rand" averages a gradient over. Must be at least 1. (default `20`)
---@field epsilon? number Radius. Must be at least 0. (default `0.03137254901960784`)
---@field norm? string What distances are measured by. Must be one of "linf", "l2". (default `"linf"`)
---@field queries? integer Questions of the square attack. Must be at least 1. (default `5000`)
---@field steps? integer Steps of each ascent. Must be at least 1. (default `100`)
---@field version? string "standard", "plus" with restarts, "rand" for random models, "binary" for two. Must be one of "standard", "plus", "rand", "binary". (default `"standard"`)

---Makes AutoAttack's compositions, and one for two classes, where its logit ratio does not exist.
---
---Returns: The attack; info.by_attack counts what each part misled, info.warnings lists doubts.
---
---Source: Croce and Hein, ICML 2020, https://arxiv.org/abs/2003.01690, section 6
---
---Deviation: Three classes use a targeted margin in the place of the targeted ratio; L2 has no square attack.
---@param options? fed.attacks.inputs.auto_attack.Options What it may be told.
---@return function
function inputs.auto_attack(options) end

---@class fed.attacks.inputs.bim.Options
---@field epsilon? number|table Radius, or a list of them. Must be at least 0. (default `0.03137254901960784`)
---@field loss? string|function What it makes large: a name, or a function of scores, own and goal. (default `"cross_entropy"`)
---@field step? number Length of a step. Must be at least 0. (default `0.00784313725490196`)
---@field steps? integer Steps. Must be at least 1. (default `10`)

---Makes the basic iterative method: steps along the sign of the gradient from the input itself.
---
---Returns: The attack.
---
---Source: Kurakin et al., ICLR 2017 workshop, https://arxiv.org/abs/1607.02533, section 2.2
---
---Deviation: It returns the best point of its way, not the last.
---@param options? fed.attacks.inputs.bim.Options What it may be told.
---@return function
function inputs.bim(options) end

---@class fed.attacks.inputs.carlini_wagner.Options
---@field confidence? number Margin by which the wrong label is to lead. Must be at least 0. (default `0`)
---@field epsilon? number|table Radius within which a point counts, or a list of radii, which cost one run. Must be at least 0.
---@field rate? number Learning rate. Must be above 0. (default `0.01`)
---@field searches? integer Weights tried: ten times as much until it works, then halfway. Must be at least 1. (default `9`)
---@field steps? integer Steps for each weight at most. Must be at least 1. (default `1000`)
---@field weight? number First weight of the hinge. Must be above 0. (default `0.001`)

---Makes the attack of Carlini and Wagner: Adam on squared distance plus a weighted hinge, in a space without borders.
---
---Returns: The attack; distances are Euclidean.
---
---Source: Carlini and Wagner, S&P 2017, https://arxiv.org/abs/1608.04644, section VI
---
---Deviation: The stop for want of progress, each tenth of the steps, looks at the batch as a whole.
---@param options? fed.attacks.inputs.carlini_wagner.Options What it may be told.
---@return function
function inputs.carlini_wagner(options) end

---@class fed.attacks.inputs.deepfool.Options
---@field candidates? integer Labels whose borders it looks at, the likeliest. Must be at least 1. (default `10`)
---@field epsilon? number|table Radius within which a point counts, or a list of radii, which cost one run. Must be at least 0.
---@field norm? string What distances are measured by. Must be one of "linf", "l2". (default `"l2"`)
---@field overshoot? number Share by which it goes beyond the border. Must be at least 0. (default `0.02`)
---@field steps? integer Steps at most. Must be at least 1. (default `50`)

---Makes the attack that looks for the nearest border by linear steps.
---
---Returns: The attack.
---
---Source: Moosavi-Dezfooli et al., CVPR 2016, https://arxiv.org/abs/1511.04599, algorithm 2
---
---Deviation: Points are brought into the box; 1e-6 is added to each step's logit difference against rounding.
---@param options? fed.attacks.inputs.deepfool.Options What it may be told.
---@return function
function inputs.deepfool(options) end

---@class fed.attacks.inputs.detector_aware.Options
---@field detector any What the detector protocol of fed.attacks.views.alarm allows.
---@field epsilon? number|table Radius, or a list of them. Must be at least 0. (default `0.03137254901960784`)
---@field loss? string|function What misleads: a name, or a function of scores, own and goal. (default `"margin"`)
---@field norm? string What distances are measured by. Must be one of "linf", "l2". (default `"linf"`)
---@field prices? table Weights of the penalty, tried in turn on what is left; 0.1 to 1000 by tens without it.
---@field random_start? boolean Whether starts are drawn from the ball. (default `true`)
---@field room? number How far from the threshold. Must be at least 0. (default `0`)
---@field side? string Where the score is to be: below the threshold, where nothing is purified; or just above, where a purifier that follows the score does least. Must be one of "below", "above". (default `"below"`)
---@field step? number Length of a step; an eighth of the radius without it. Must be at least 0.
---@field steps? integer Steps at each price. Must be at least 1. (default `40`)
---@field threshold number Scores above it are suspicious.

---Makes an ascent with a penalty on the detector's score, at one price after the other: to stay below its threshold, or to hug it from above.
---
---Returns: The attack; below the threshold, success means misled and not suspicious.
---
---Source: Carlini and Wagner, AISec 2017, https://arxiv.org/abs/1705.07263, section 3
---@param options fed.attacks.inputs.detector_aware.Options What it may be told.
---@return function
function inputs.detector_aware(options) end

---@class fed.attacks.inputs.fab.Options
---@field epsilon? number|table Radius within which a point counts, or a list of radii, which cost one run. Must be at least 0.
---@field largest_share? number Largest share of the step from the input. Must be above 0 and at most 1. (default `0.1`)
---@field lean? number Factor of the distance after a success. Must be above 0 and at most 1. (default `0.9`)
---@field norm? string What distances are measured by. Must be one of "linf", "l2". (default `"linf"`)
---@field overshoot? number Factor by which steps go beyond the border. Must be at least 1. (default `1.05`)
---@field restarts? integer Starts; the first at the input, others in a ball around it. Must be at least 1. (default `1`)
---@field start_radius? number Largest distance, of which later starts take half. Must be above 0. (default `0.3`)
---@field steps? integer Steps for each rival. Must be at least 1. (default `100`)
---@field target_classes? integer Rivals, the likeliest first. Must be at least 1. (default `9`)

---Makes the fast adaptive boundary attack: it makes distances small, one rival label after the other.
---
---Returns: The attack.
---
---Source: Croce and Hein, ICML 2020, https://arxiv.org/abs/1907.02044, algorithm 1
---
---Deviation: The form with one rival at a time; without the final search on the line to the input.
---@param options? fed.attacks.inputs.fab.Options What it may be told.
---@return function
function inputs.fab(options) end

---@class fed.attacks.inputs.false_alarm.Options
---@field attack? function The attack on the detector; PGD on the margin with `epsilon` without it.
---@field calms? boolean Whether the score is to be brought below the threshold instead. (default `false`)
---@field detector any What the detector protocol of fed.attacks.views.alarm allows.
---@field epsilon? number Radius where no attack is given. Must be at least 0. (default `0.03137254901960784`)
---@field threshold number Scores above it are suspicious.

---Makes an attack that raises the detector's score above its threshold; the classifier does not matter.
---
---Returns: The attack; success means that the alarm is wrong.
---
---Source: Chen et al., ICML 2023, https://arxiv.org/abs/2305.01139, section 4
---@param options fed.attacks.inputs.false_alarm.Options What it may be told.
---@return function
function inputs.false_alarm(options) end

---@class fed.attacks.inputs.fgsm.Options
---@field epsilon? number|table Radius, or a list of them. Must be at least 0. (default `0.03137254901960784`)
---@field loss? string|function What it makes large: a name, or a function of scores, own and goal. (default `"cross_entropy"`)
---@field norm? string What distances are measured by. Must be one of "linf", "l2", "l1". (default `"linf"`)

---Makes the fast gradient attack: one step of the whole radius.
---
---Returns: The attack.
---
---Source: Goodfellow et al., ICLR 2015, https://arxiv.org/abs/1412.6572, section 4
---
---Deviation: Where the step does no harm, the input itself is returned.
---@param options? fed.attacks.inputs.fgsm.Options What it may be told.
---@return function
function inputs.fgsm(options) end

---@class fed.attacks.inputs.fmn.Options
---@field epsilon? number|table Radius within which a point counts, or a list of radii, which cost one run. Must be at least 0.
---@field last_rate? number Share by which it changes at last. Must be above 0 and below 1. (default `0.001`)
---@field last_step? number Length of the last step. Must be above 0. (default `0.01`)
---@field norm? string What distances are measured by. Must be one of "linf", "l2". (default `"linf"`)
---@field rate? number Share by which the radius changes at first. Must be above 0 and below 1. (default `0.05`)
---@field step? number Length of the first step. Must be above 0. (default `1`)
---@field steps? integer Steps. Must be at least 1. (default `100`)

---Makes the fast minimum-norm attack: one run gives each sample's distance, and so success at every radius.
---
---Returns: The attack; info.distance is what it looks for.
---
---Source: Pintor et al., NeurIPS 2021, https://arxiv.org/abs/2102.12827, algorithm 1
---
---Deviation: Until a point is found, the radius is a thousandth larger than to where the border seems to be.
---@param options? fed.attacks.inputs.fmn.Options What it may be told.
---@return function
function inputs.fmn(options) end

---@class fed.attacks.inputs.internal_evasion.Options
---@field as_published? boolean Whether the loss is the label's score alone and starts lie to one side, as in the published program, which makes the attack weaker. (default `false`)
---@field epsilon? number|table Radius, or a list of them. Must be at least 0. (default `1`)
---@field norm? string What distances are measured by. Must be one of "linf", "l2". (default `"l2"`)
---@field step? number What each step changes a pixel by. Must be at least 0. (default `0.01`)
---@field steps? integer Steps. Must be at least 1. (default `10`)

---Makes the attack between clients of federated learning: steps along the sign of the gradient within a Euclidean ball; fed.evaluate.transfer_matrix tries it on all clients.
---
---Returns: The attack.
---
---Source: Kim et al., AISTATS 2023, https://arxiv.org/abs/2209.08412, section 3
---
---Deviation: A margin and starts to all sides, unless told otherwise; the best point of the way; pixels from 0 to 1, where the paper measures normalized ones.
---@param options? fed.attacks.inputs.internal_evasion.Options What it may be told.
---@return function
function inputs.internal_evasion(options) end

---@class fed.attacks.inputs.low_frequency.Options
---@field bound? number Largest difference of structure from the input, 1 - SSIM; from 2 on any will do. Must be at least 0. (default `0.05`)
---@field epsilon? number|table Largest change of a pixel, or a list; without it the structure alone bounds the attack. Must be at least 0.
---@field frequencies? integer Cosines along each side. Must be at least 1. (default `8`)
---@field likeness? number Deviation of brightness within which neighbours are mixed. Must be above 0. (default `0.1`)
---@field loss? string|function What it makes large: a name, or a function of scores, own and goal. (default `"margin"`)
---@field prices? table Weights of too large a difference, tried in turn on what is left; 1, 10, 100 without it.
---@field rate? number Learning rate. Must be above 0. (default `0.1`)
---@field steps? integer Steps at each price. Must be at least 1. (default `60`)
---@field window? integer Side of the kernels, an odd number. Must be at least 1. (default `3`)

---Makes an attack by smooth shading and filtering: the lowest cosines are added before a squashing function, and each pixel is mixed of its neighbours by a kernel of its own. It defeats purification by noise, majority votes too.
---
---Returns: The attack, for images [b, c, h, w]; success means within the bound.
---
---Source: Kassis et al., NeurIPS 2025, https://arxiv.org/abs/2411.16598, section 5
---
---Deviation: Structural similarity in the place of LPIPS, which needs a pretrained network; Adam, not sign steps.
---@param options? fed.attacks.inputs.low_frequency.Options What it may be told.
---@return function
function inputs.low_frequency(options) end

---@class fed.attacks.inputs.mi_fgsm.Options
---@field decay? number Share of the momentum that remains from step to step. Must be at least 0. (default `1`)
---@field epsilon? number|table Radius, or a list of them. Must be at least 0. (default `0.03137254901960784`)
---@field loss? string|function What it makes large: a name, or a function of scores, own and goal. (default `"cross_entropy"`)
---@field norm? string What distances are measured by. Must be one of "linf", "l2". (default `"linf"`)
---@field step? number Length of a step; the radius divided by the steps without it. Must be at least 0.
---@field steps? integer Steps. Must be at least 1. (default `10`)

---Makes the momentum iterative method: each gradient, divided by its mean size, is added to what remains of those before.
---
---Returns: The attack.
---
---Source: Dong et al., CVPR 2018, https://arxiv.org/abs/1710.06081, algorithm 1
---
---Deviation: It returns the best point of its way, not the last.
---@param options? fed.attacks.inputs.mi_fgsm.Options What it may be told.
---@return function
function inputs.mi_fgsm(options) end

---@class fed.attacks.inputs.orthogonal_pgd.Options
---@field detector any What the detector protocol of fed.attacks.views.alarm allows.
---@field epsilon? number|table Radius, or a list of them. Must be at least 0. (default `0.03137254901960784`)
---@field lead? number Margin from which the classifier counts as misled. Must be at least 0. (default `0.05`)
---@field norm? string What distances are measured by. Must be one of "linf", "l2". (default `"linf"`)
---@field projected? string Which gradients are projected. Must be one of "both", "classifier", "detector". (default `"both"`)
---@field step? number Length of a step; an eighth of the radius without it. Must be at least 0.
---@field steps? integer Steps. Must be at least 1. (default `100`)
---@field threshold number Scores above it are suspicious.

---Makes orthogonal projected gradient descent: where the classifier is right yet, a step along what misleads it beside what alarms the detector; else a step that calms the detector beside what the classifier needs.
---
---Returns: The attack; success means misled and not suspicious.
---
---Source: Bryniarski et al., ICLR 2022, https://arxiv.org/abs/2106.15023, section 4
---
---Deviation: "classifier" projects the classifier's gradient alone; samples that are through stay where they are.
---@param options fed.attacks.inputs.orthogonal_pgd.Options What it may be told.
---@return function
function inputs.orthogonal_pgd(options) end

---@class fed.attacks.inputs.pgd.Options
---@field epsilon? number|table Radius, or a list of them. Must be at least 0. (default `0.03137254901960784`)
---@field loss? string|function What it makes large: a name, or a function of scores, own and goal. (default `"cross_entropy"`)
---@field norm? string What distances are measured by. Must be one of "linf", "l2". (default `"linf"`)
---@field random_start? boolean Whether a start is drawn from the ball, not the input itself. (default `true`)
---@field restarts? integer Starts; each works on what the ones before did not mislead. Must be at least 1. (default `1`)
---@field step? number Length of a step; a quarter of the radius without it. Must be at least 0.
---@field steps? integer Steps of each start. Must be at least 1. (default `40`)

---Makes projected gradient ascent: steps along the sign of the gradient, or along the gradient, and back into the ball. It returns the best point of its whole way.
---
---Returns: The attack.
---
---Source: Madry et al., ICLR 2018, https://arxiv.org/abs/1706.06083, section 2.1
---
---Deviation: Samples that are misled already are left alone.
---@param options? fed.attacks.inputs.pgd.Options What it may be told.
---@return function
function inputs.pgd(options) end

---@class fed.attacks.inputs.random_noise.Options
---@field draws? integer Places. Must be at least 1. (default `100`)
---@field epsilon? number|table Radius, or a list of them. Must be at least 0. (default `0.03137254901960784`)
---@field norm? string What distances are measured by. Must be one of "linf", "l2". (default `"linf"`)
---@field on_border? boolean Whether places lie on the ball's border. (default `false`)

---Makes an attack that asks at random places of the ball and keeps the worst.
---
---Returns: The attack, which needs no gradient.
---@param options? fed.attacks.inputs.random_noise.Options What it may be told.
---@return function
function inputs.random_noise(options) end

---@class fed.attacks.inputs.square.Options
---@field epsilon? number|table Radius, or a list of them; the largest change of a pixel. Must be at least 0. (default `0.03137254901960784`)
---@field queries? integer Questions for each sample. Must be at least 1. (default `5000`)
---@field rescaled? boolean Whether the schedule of squares is stretched to the number of questions. (default `false`)
---@field share? number Share of the pixels in the first square. Must be above 0 and at most 1. (default `0.8`)

---Makes the square attack: random search that sees scores alone.
---
---Returns: The attack, for images [b, c, h, w]; it needs no gradient.
---
---Source: Andriushchenko et al., ECCV 2020, https://arxiv.org/abs/1912.00049, algorithms 1 and 2
---
---Deviation: Images need not be square; with the maximum norm alone.
---@param options? fed.attacks.inputs.square.Options What it may be told.
---@return function
function inputs.square(options) end

---@class fed.attacks.inputs.stadv.Options
---@field epsilon? number|table Largest change of a pixel's brightness, or a list; without it the reach alone bounds the attack. Must be at least 0.
---@field loss? string|function What it makes large: a name, or a function of scores, own and goal. (default `"margin"`)
---@field rate? number Learning rate, in pixels. Must be above 0. (default `0.05`)
---@field reach? number How far a pixel is moved at most along each side, in pixels. Must be at least 0. (default `1`)
---@field smoothness? number Weight of the differences between neighbours' flows. Must be at least 0. (default `0.05`)
---@field steps? integer Steps. Must be at least 1. (default `100`)

---Makes spatially transformed adversarial examples: pixels move smoothly by less than a given number of pixels.
---
---Returns: The attack, for images [b, c, h, w]; no norm bounds it without `epsilon`.
---
---Source: Xiao et al., ICLR 2018, https://arxiv.org/abs/1801.02612, section 3
---
---Deviation: Adam and a largest reach in the place of L-BFGS; squared differences of flows without a root.
---@param options? fed.attacks.inputs.stadv.Options What it may be told.
---@return function
function inputs.stadv(options) end

return inputs
