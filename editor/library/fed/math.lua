---@meta fed.math
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Clustering and statistics on a few numbers a client.
---@class fed.math
local math = {}

---@class fed.math.agglomerative.Options
---@field clusters? integer How many groups are left; at most n. Must be at least 1. (default `2`)
---@field distances any Distances of all pairs: a tensor [n, n] or a table of rows.
---@field linkage? string The distance of two groups: mean, least or largest of those of their members. Must be one of "average", "single", "complete". (default `"average"`)

---Joins the two groups that lie closest, again and again, until as many are left as asked for.
---
---Returns: The group of each row from 1, the largest first; of equally large ones, the first.
---
---Source: Sokal and Michener, University of Kansas Science Bulletin, 1958
---@param options fed.math.agglomerative.Options What it may be told.
---@return integer[]
function math.agglomerative(options) end

---@class fed.math.gap_statistic.Options
---@field largest? integer Groups to try at most. Must be at least 1. (default `10`)
---@field points any Points: a table of rows or numbers, or a tensor [n] or [n, k].
---@field samples? integer How many sets of uniform points to compare with. Must be at least 1. (default `20`)
---@field stream? fed.Stream Random numbers for these; always the same ones without it.

---Says how many groups points form: the least number of groups that explains them better than points without groups, and that one more does not improve.
---
---Returns: The number of groups.
---
---Source: Tibshirani et al., JRSS B 2001, https://doi.org/10.1111/1467-9868.00293, section 3
---
---Deviation: Coordinates are brought to 0 to 1 first, as in the code of FLDetector.
---@param options fed.math.gap_statistic.Options What it may be told.
---@return integer
function math.gap_statistic(options) end

---@class fed.math.hdbscan.Options
---@field allow_single_cluster? boolean Whether all points may be one group. (default `false`)
---@field distances any Distances of all pairs: a tensor [n, n] or a table of rows.
---@field min_cluster_size? integer Least members of a group. (default `5`)
---@field min_samples? integer Which nearest other point tells how dense a point's surroundings are; min_cluster_size without it. Must be at least 1.

---Finds groups of any density among points of which only the distances are known, and says who belongs to none: the groups are what stays together longest while the distance that joins neighbours shrinks.
---
---Returns: The group of each point from 1, and 0 for those that belong to none.
---
---Source: Campello et al., ACM TKDD 2015, https://doi.org/10.1145/2733381
---
---Deviation: As in the library hdbscan, a point is not its own first neighbour (in scikit-learn it is), and where all is one group its points are those that stay to the end. Other than there, what is joined at one distance is joined at once, so that the order of the points decides nothing.
---@param options fed.math.hdbscan.Options What it may be told.
---@return integer[]
function math.hdbscan(options) end

---@class fed.math.kmeans.Options
---@field clusters? integer How many groups; at most n. Must be at least 1. (default `2`)
---@field points any Points: a table of rows or numbers, or a tensor [n] or [n, k].
---@field starts? integer From how many sets of first centers; the best result counts. Must be at least 1. (default `10`)

---Deals points into groups so that the squared distances to the means of the groups are small: k-means by Lloyd's steps from several starts far apart.
---
---Returns: `labels`, the group of each point from 1; `centers`; and `inertia`, the sum of squared distances.
---
---Source: Lloyd, IEEE Transactions on Information Theory, 1982; centers to start from: Arthur and Vassilvitskii, SODA 2007
---
---Deviation: Points are taken in the order of their coordinates and random numbers are always the same, so the result depends neither on a seed nor on the order of the points.
---@param options fed.math.kmeans.Options What it may be told.
---@return table
function math.kmeans(options) end

---@class fed.math.lbfgs_product.Options
---@field changes any Differences of gradients over the same steps.
---@field steps any Differences of parameters, oldest first: updates, or a tensor [m, d].
---@field vector fed.Tensor What is multiplied: [d].

---Multiplies a vector by the Hessian that a history of steps and of the changes of the gradient along them tells of: the compact form of L-BFGS, so the Hessian itself is never made.
---
---Returns: The product, [d].
---
---Source: Byrd et al., Mathematical Programming 1994, https://doi.org/10.1007/BF01582063, theorem 2.3
---
---Deviation: Where the steps depend on each other, only the curvature of the last one counts.
---@param options fed.math.lbfgs_product.Options What it may be told.
---@return fed.Tensor
function math.lbfgs_product(options) end

---@class fed.math.mean_shift.Options
---@field bandwidth? number Radius of the surroundings; by `quantile` without it. Must be above 0.
---@field points any Points: a table of rows, or a tensor [n, k].
---@field quantile? number The radius is the mean distance to the neighbour at this share of all points. Must be above 0 and at most 1. (default `0.5`)

---Deals points into groups around the places where they are dense, as many as there are: each point climbs to the mean of its surroundings, and those that meet are one group.
---
---Returns: `labels`, the group of each point from 1, largest first; `centers`; and `bandwidth`.
---
---Source: Comaniciu and Meer, IEEE PAMI 2002, https://doi.org/10.1109/34.1000236
---
---Deviation: The surroundings are a ball in which all points count alike, as in scikit-learn.
---@param options fed.math.mean_shift.Options What it may be told.
---@return table
function math.mean_shift(options) end

---@class fed.math.pca.Options
---@field center? boolean Whether the mean is subtracted first. (default `true`)
---@field components? integer Directions; at most n. Must be at least 1. (default `2`)
---@field updates any Updates, a tensor [n, d] or a table of rows.

---Places updates in the few directions in which they differ most: principal components, through the table of inner products, so the cost is that of the table.
---
---Returns: `points`, the coordinates of each update; `shares`, the part of all squared lengths in each direction.
---
---Source: Jolliffe, Principal Component Analysis, 2nd edition, 2002, section 3.5
---
---Deviation: In each direction the update that lies farthest out has a positive coordinate, so that signs are fixed. Coordinates are good to about seven digits.
---@param options fed.math.pca.Options What it may be told.
---@return table
function math.pca(options) end

---@class fed.math.robust_z.Options
---@field floor? number Least spread, for numbers that are nearly alike. Must be at least 0. (default `0`)
---@field scale? string The spread: the median distance from the median, or the standard deviation, which an outlier inflates. Must be one of "mad", "deviation". (default `"mad"`)
---@field values any Numbers, a table or a tensor [n].

---Says how far each number lies from the median, in units of the spread: a z-score that few outliers cannot move.
---
---Returns: A score for each number; 0 for the median itself, infinite where there is no spread.
---
---Source: Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993, section 3
---@param options fed.math.robust_z.Options What it may be told.
---@return number[]
function math.robust_z(options) end

return math
