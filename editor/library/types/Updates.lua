---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---The updates of one round: n rows of d numbers, local minus global parameters, and who sent them. The numbers of a row stand in the order of `Model:vector`, where weights lie as kernels read them: a linear layer's are transposed. `parameter` shows them in their own shape. Whatever is made of updates keeps ids and samples, and layers where d stays.
---@class fed.Updates
---@field n integer Number of updates.
---@field d integer Length of an update.
---@field ids integer[] Client of each row.
---@field samples integer[] Samples that each client says it has.
---@field tensor fed.Tensor All rows as one tensor [n, d], without copying.
---@field layers string[] Names of the model's parameters, in the order of the columns.
---@field [integer] fed.Tensor? Returns one update as a view [d], or nil beyond the last.
---@operator len: integer
local Updates = {}

---Returns the columns of one parameter of the model, without copying, or of several, copied side by side.
---
---Returns: The updates of that parameter, numbers in the order of the vector.
---
---Fails: There is no parameter of this name.
---@param name string|string[] Name of the parameter, such as `0.weight`, or a list of names.
---@return fed.Updates
function Updates:layer(name) end

---Shows the updates of one parameter in its own shape, as `Model:parameter` shows its values. In rows the numbers of a weight stand in another order, that of `Model:vector`: reshaping a row would mix them up.
---
---Returns: A view [n, …] of the rows.
---
---Fails: There is no parameter of this name.
---@param name string Name of the parameter.
---@return fed.Tensor
function Updates:parameter(name) end

---Copies some rows.
---
---Returns: The updates of these clients.
---@param rows integer[] Positions, from 1.
---@return fed.Updates
function Updates:select(rows) end

---Copies the rows that a mask chooses.
---
---Returns: The updates of these clients.
---
---Fails: The mask leaves out every row.
---@param mask fed.Tensor|boolean[] A tensor [n] whose numbers are not 0 for the rows to take, or a table of booleans by row.
---@return fed.Updates
function Updates:select_where(mask) end

---Gives the same clients other values.
---
---Returns: The updates.
---@param values fed.Tensor A tensor [n, d]; with another d the result has no layers.
---@return fed.Updates
function Updates:with(values) end

---@class Updates.columns.Options
---@field count? integer How many to draw, each at most once; they keep their order.
---@field stream? fed.Stream Where they are drawn from, such as `round.stream`.
---@field [integer] integer Columns, from 1.

---Copies some columns: those named, or as many as asked for, drawn at random.
---
---Returns: The updates, without layers.
---@param columns? Updates.columns.Options Positions from 1, or count and stream.
---@return fed.Updates
function Updates:columns(columns) end

---@class Updates.sketch.Options
---@field size integer Numbers a row keeps. Must be at least 1.
---@field seed? integer Sketches of one seed and size can be compared. (default `0`)

---Shortens the rows so that inner products stay about what they were: each coordinate is added, with a random sign, to one of `size` sums (count sketch). The error of a product is about √(2 / size) times both norms.
---
---Returns: The sketches, updates [n, size] without layers.
---
---Source: Charikar et al., TCS 2004, https://doi.org/10.1016/S0304-3975(03)00400-6
---@param options Updates.sketch.Options How long.
---@return fed.Updates
function Updates:sketch(options) end

---@class Updates.split.Options
---@field parts? integer How many parts; the first ones are a column longer where d leaves a rest. Must be at least 1. (default `2`)
---@field stream? fed.Stream Shuffles the columns first, as `round.stream` does; as they lie without it.

---Copies the columns into parts of about equal width, for rules that judge updates piece by piece.
---
---Returns: A list of updates, without layers.
---@param options? Updates.split.Options How many, and in which order.
---@return fed.Updates[]
function Updates:split(options) end

---Keeps of each update the numbers that are largest in size and makes the others 0.
---
---Returns: The updates.
---@param count integer How many an update keeps, from 1 to d; of equally large ones, the first. Must be at least 1.
---@return fed.Updates
function Updates:largest(count) end

---Subtracts a vector from each row, or from each row the row of other updates at its place.
---
---Returns: The differences.
---@param other fed.Updates|fed.Tensor|number|table A vector [d], or updates [n, d].
---@return fed.Updates
function Updates:minus(other) end

---Multiplies each row by its factor, of any sign.
---
---Returns: The updates.
---@param factors table|fed.Tensor A table read by client id or a tensor read by row.
---@return fed.Updates
function Updates:scaled(factors) end

---Brings each row to norm 1; rows of zeros stay.
---
---Returns: The updates.
---@return fed.Updates
function Updates:unit() end

---Copies the updates, those longer than a limit shortened to it.
---
---Returns: The updates.
---@param limit number Largest norm an update keeps. Must be above 0.
---@return fed.Updates
function Updates:clip(limit) end

---Returns the Euclidean norm of each update.
---
---Returns: Tensor [n]; float64 where a norm is beyond float32.
---@return fed.Tensor
function Updates:norms() end

---Returns the inner products of all pairs.
---
---Returns: Tensor [n, n], float64.
---@return fed.Tensor
function Updates:gram() end

---Returns the squared Euclidean distances of all pairs.
---
---Returns: Tensor [n, n], float64.
---@return fed.Tensor
function Updates:squared_distances() end

---Returns the cosines of the angles of all pairs; 0 where an update is zero.
---
---Returns: Tensor [n, n], float32.
---@return fed.Tensor
function Updates:cosines() end

---Returns the sums of absolute differences of all pairs.
---
---Returns: Tensor [n, n], float64.
---@return fed.Tensor
function Updates:absolute_distances() end

---Returns which shares of each update's numbers are negative, zero and positive.
---
---Returns: Tensor [n, 3].
---@return fed.Tensor
function Updates:sign_shares() end

---Returns the share of each update's numbers that have the sign of a vector's; 0 is a sign of its own.
---
---Returns: Tensor [n].
---@param vector fed.Tensor|number|table A vector [d], such as the root update.
---@param largest? integer How many numbers of each update to look at, those largest in size; all without it.
---@return fed.Tensor
function Updates:sign_agreement(vector, largest) end

---Adds up the signs of each coordinate: how many updates are above 0 there minus how many below.
---
---Returns: Tensor [d].
---@return fed.Tensor
function Updates:sign_sums() end

---Returns the cosine of the angle of each update to a vector, or to many; 0 where one of them is zero.
---
---Returns: Tensor [n] for a vector, [n, k] for many.
---@param other fed.Updates|fed.Tensor|number|table A vector [d], such as the root update; many as updates or a tensor [k, d].
---@return fed.Tensor
function Updates:cosine(other) end

---Returns the inner product of each update with a vector, or with many.
---
---Returns: Tensor [n] for a vector, [n, k] for many; float64 where a product is beyond float32.
---@param other fed.Updates|fed.Tensor|number|table A vector [d]; many as updates or a tensor [k, d].
---@return fed.Tensor
function Updates:dot(other) end

---Returns the cosine of the angle of each update to the row at its place.
---
---Returns: Tensor [n].
---@param others fed.Updates|fed.Tensor|table Updates, or a tensor [n, d].
---@return fed.Tensor
function Updates:cosine_by_row(others) end

---Returns the largest cosine of each update to another one; 0 where there is no other.
---
---Returns: Tensor [n].
---@return fed.Tensor
function Updates:largest_peer_cosine() end

---Returns the mean cosine of each update to the other ones; 0 where there is no other.
---
---Returns: Tensor [n].
---@return fed.Tensor
function Updates:mean_peer_cosine() end

---Returns the cosine of each update to the mean of the other ones; 0 where one of them is zero.
---
---Returns: Tensor [n].
---@return fed.Tensor
function Updates:leave_one_out_cosine() end

---Sums the squared distances of each update to its nearest other ones, as Krum does.
---
---Returns: Tensor [n], float64.
---
---Source: Blanchard et al., NeurIPS 2017, https://arxiv.org/abs/1703.02757, section 4
---@param count integer How many neighbours; an update has no more than there are others. Must be at least 1.
---@param power? integer Sums this power of the distances in place of their squares; 2 takes roots and squares them again, whose rounding decides between equals as in libraries that do so. Must be from 1 to 64.
---@return fed.Tensor
function Updates:neighbor_scores(count, power) end

---Finds the rows nearest to each row, itself first; of equally near ones, the first.
---
---Returns: Positions of rows from 1: an int64 tensor [n, count].
---@param count integer How many, from 1 to n. Must be at least 1.
---@return fed.Tensor
function Updates:nearest(count) end

---Returns the Euclidean distance of each update to a vector, or to many.
---
---Returns: Tensor [n] for a vector, [n, k] for many; float64 where a distance is beyond float32.
---@param other fed.Updates|fed.Tensor|number|table A vector [d]; many as updates or a tensor [k, d].
---@return fed.Tensor
function Updates:distance(other) end

---Returns the inner products of all pairs after a vector was subtracted from each, without copying them: rows far from zero lose nothing.
---
---Returns: Tensor [n, n], float64.
---@param vector fed.Tensor|number|table A vector [d], such as the median.
---@return fed.Tensor
function Updates:centered_gram(vector) end

---Finds the updates, as many as asked for, of which the two farthest apart are nearest to each other; of several sets, the first.
---
---Returns: Positions of rows from 1, rising.
---
---Source: El Mhamdi et al., ICML 2018, https://arxiv.org/abs/1802.07927, section 3
---@param count integer How many, from 1 to n. Must be at least 1.
---@return integer[]
function Updates:smallest_diameter_subset(count) end

---Finds the updates, as many as asked for, whose covariance has the smallest largest eigenvalue; of several sets, the first. It looks at every set.
---
---Returns: Positions of rows from 1, rising.
---
---Source: Allouah et al., ICML 2023, https://arxiv.org/abs/2302.04787, section 5
---@param count integer How many, from 1 to n. Must be at least 1.
---@return integer[]
function Updates:smallest_variance_subset(count) end

---Averages the updates, each client counting once.
---
---Returns: An update [d].
---@return fed.Tensor
function Updates:mean() end

---Averages the updates; weights need not sum to 1.
---
---Returns: An update [d].
---@param weights? table|fed.Tensor A table read by client id or a tensor read by row; without it, the sample counts.
---@return fed.Tensor
function Updates:weighted_mean(weights) end

---Adds the updates, each times its factor, of any sign.
---
---Returns: A vector [d].
---@param factors table|fed.Tensor A table read by client id or a tensor read by row.
---@return fed.Tensor
function Updates:weighted_sum(factors) end

---Takes the median of each coordinate.
---
---Returns: An update [d].
---@return fed.Tensor
function Updates:median() end

---@class Updates.mean_around_median.Options
---@field keep integer Values of each coordinate, from 1 to n. Must be at least 1.

---Averages, for each coordinate, the values nearest to its median: always as many as asked for, also where values are equal.
---
---Returns: An update [d].
---
---Source: Guerraoui et al., ICML 2018, https://arxiv.org/abs/1802.07927, section 4
---@param options Updates.mean_around_median.Options How many.
---@return fed.Tensor
function Updates:mean_around_median(options) end

---@class Updates.mean_around.Options
---@field keep integer Values of each coordinate, from 1 to n. Must be at least 1.
---@field ties? string Of equally near values, the smaller one, or that of the first update, as other libraries do. Must be one of "smaller", "first". (default `"smaller"`)

---Averages, for each coordinate, the values nearest to that of a vector: always as many as asked for.
---
---Returns: An update [d].
---@param vector fed.Tensor|number|table A vector [d], such as the trimmed mean.
---@param options Updates.mean_around.Options How many.
---@return fed.Tensor
function Updates:mean_around(vector, options) end

---Replaces each update by a weighted sum of all: the product of a matrix with them.
---
---Returns: The updates.
---@param shares fed.Tensor|number|table A tensor [n, n] or a table: what each new update takes of each.
---@return fed.Updates
function Updates:mixed(shares) end

---Replaces each update by the mean of its nearest ones, itself among them.
---
---Returns: The updates.
---
---Source: Allouah et al., AISTATS 2023, https://arxiv.org/abs/2302.01772, algorithm 2
---@param count integer How many, from 1 to n. Must be at least 1.
---@return fed.Updates
function Updates:nearest_means(count) end

return Updates
