---@meta _
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Numbers in rows and columns, or with more axes, that can remember how they were computed.
---@class fed.Tensor
---@field shape integer[] Sizes along each axis, as a table.
---@field type string Kind of number: float32, float64, int64 or uint8.
---@field rank integer Number of axes.
---@field count integer Number of elements.
---@field is_contiguous boolean Whether memory is in the order of the axes without gaps.
---@field [integer|(integer|integer[])[]|fed.Tensor] number|fed.Tensor Returns an element of a vector as a number, or a view of what lies at a position of the first axes.
---@operator len: integer
---@operator add(fed.Tensor): fed.Tensor
---@operator add(number): fed.Tensor
---@operator sub(fed.Tensor): fed.Tensor
---@operator sub(number): fed.Tensor
---@operator mul(fed.Tensor): fed.Tensor
---@operator mul(number): fed.Tensor
---@operator div(fed.Tensor): fed.Tensor
---@operator div(number): fed.Tensor
---@operator pow(fed.Tensor): fed.Tensor
---@operator pow(number): fed.Tensor
---@operator idiv(fed.Tensor): fed.Tensor
---@operator idiv(number): fed.Tensor
---@operator mod(fed.Tensor): fed.Tensor
---@operator mod(number): fed.Tensor
---@operator unm: fed.Tensor
local Tensor = {}

---Ends the script's hold on the tensor; its memory is freed when nothing else looks into it.
function Tensor:close() end

---Returns the only element as a number: of whole numbers an integer, exactly.
---
---Returns: The number.
---@return integer|number
function Tensor:item() end

---Returns the elements in tables, one a row.
---
---Returns: A table, or a number for a tensor without axes.
---@return table|number
function Tensor:to_table() end

---Converts to another kind of number; fractions are cut off.
---
---Returns: The tensor, itself if it is of that kind.
---@param type string The kind.
---@return fed.Tensor
function Tensor:to(type) end

---Adds, element by element; shapes stretch where sizes are 1.
---
---Returns: The tensor.
---@param other fed.Tensor|number A tensor or a number.
---@return fed.Tensor
function Tensor:add(other) end

---Subtracts, element by element; shapes stretch where sizes are 1.
---
---Returns: The tensor.
---@param other fed.Tensor|number A tensor or a number.
---@return fed.Tensor
function Tensor:sub(other) end

---Multiplies, element by element; shapes stretch where sizes are 1.
---
---Returns: The tensor.
---@param other fed.Tensor|number A tensor or a number.
---@return fed.Tensor
function Tensor:mul(other) end

---Divides, element by element; shapes stretch where sizes are 1.
---
---Returns: The tensor.
---@param other fed.Tensor|number A tensor or a number.
---@return fed.Tensor
function Tensor:div(other) end

---Raises each element to a power.
---
---Returns: The tensor.
---@param other fed.Tensor|number A tensor or a number.
---@return fed.Tensor
function Tensor:pow(other) end

---Divides and rounds down; whole numbers exactly.
---
---Returns: The tensor.
---@param other fed.Tensor|number A tensor or a number.
---@return fed.Tensor
function Tensor:floor_divide(other) end

---Returns what the division rounded down leaves; it has the sign of the divisor.
---
---Returns: The tensor.
---@param other fed.Tensor|number A tensor or a number.
---@return fed.Tensor
function Tensor:remainder(other) end

---Takes the larger of each pair.
---
---Returns: The tensor.
---@param other fed.Tensor|number A tensor or a number.
---@return fed.Tensor
function Tensor:maximum(other) end

---Takes the smaller of each pair.
---
---Returns: The tensor.
---@param other fed.Tensor|number A tensor or a number.
---@return fed.Tensor
function Tensor:minimum(other) end

---Limits each element to a range; outside of it the gradient is 0.
---
---Returns: The tensor.
---@param lower number Smallest value.
---@param upper number Largest value.
---@return fed.Tensor
function Tensor:clamp(lower, upper) end

---Tells where elements are equal: 1 there and 0 elsewhere.
---
---Returns: A tensor of zeros and ones.
---@param other fed.Tensor|number A tensor or a number.
---@return fed.Tensor
function Tensor:eq(other) end

---Tells where elements are different: 1 there and 0 elsewhere.
---
---Returns: A tensor of zeros and ones.
---@param other fed.Tensor|number A tensor or a number.
---@return fed.Tensor
function Tensor:ne(other) end

---Tells where elements are less: 1 there and 0 elsewhere.
---
---Returns: A tensor of zeros and ones.
---@param other fed.Tensor|number A tensor or a number.
---@return fed.Tensor
function Tensor:lt(other) end

---Tells where elements are less or equal: 1 there and 0 elsewhere.
---
---Returns: A tensor of zeros and ones.
---@param other fed.Tensor|number A tensor or a number.
---@return fed.Tensor
function Tensor:le(other) end

---Tells where elements are greater: 1 there and 0 elsewhere.
---
---Returns: A tensor of zeros and ones.
---@param other fed.Tensor|number A tensor or a number.
---@return fed.Tensor
function Tensor:gt(other) end

---Tells where elements are greater or equal: 1 there and 0 elsewhere.
---
---Returns: A tensor of zeros and ones.
---@param other fed.Tensor|number A tensor or a number.
---@return fed.Tensor
function Tensor:ge(other) end

---Takes elements of one tensor where this one is not 0, and of another elsewhere.
---
---Returns: The tensor.
---@param a fed.Tensor|number Taken where this one is not 0.
---@param b fed.Tensor|number Taken elsewhere.
---@return fed.Tensor
function Tensor:where(a, b) end

---Returns the negative of each element.
---
---Returns: The tensor, of the same shape.
---@return fed.Tensor
function Tensor:neg() end

---Returns the absolute value of each element.
---
---Returns: The tensor, of the same shape.
---@return fed.Tensor
function Tensor:abs() end

---Returns -1, 0 or 1 by the sign of each element; its gradient is 0.
---
---Returns: The tensor, of the same shape.
---@return fed.Tensor
function Tensor:sign() end

---Returns the square of each element.
---
---Returns: The tensor, of the same shape.
---@return fed.Tensor
function Tensor:square() end

---Returns the square root of each element.
---
---Returns: The tensor, of the same shape.
---@return fed.Tensor
function Tensor:sqrt() end

---Returns 1 divided by each element.
---
---Returns: The tensor, of the same shape.
---@return fed.Tensor
function Tensor:reciprocal() end

---Returns e to the power of each element.
---
---Returns: The tensor, of the same shape.
---@return fed.Tensor
function Tensor:exp() end

---Returns the natural logarithm of each element.
---
---Returns: The tensor, of the same shape.
---@return fed.Tensor
function Tensor:log() end

---Returns the sine of each element, in radians.
---
---Returns: The tensor, of the same shape.
---@return fed.Tensor
function Tensor:sin() end

---Returns the cosine of each element, in radians.
---
---Returns: The tensor, of the same shape.
---@return fed.Tensor
function Tensor:cos() end

---Returns each element, or 0 where it is negative.
---
---Returns: The tensor, of the same shape.
---@return fed.Tensor
function Tensor:relu() end

---Clamps each element to 0 to 6.
---
---Returns: The tensor, of the same shape.
---@return fed.Tensor
function Tensor:relu6() end

---Returns 1 / (1 + exp(-x)) of each element.
---
---Returns: The tensor, of the same shape.
---@return fed.Tensor
function Tensor:sigmoid() end

---Returns the hyperbolic tangent of each element.
---
---Returns: The tensor, of the same shape.
---@return fed.Tensor
function Tensor:tanh() end

---Returns log(1 + exp(x)) of each element.
---
---Returns: The tensor, of the same shape.
---@return fed.Tensor
function Tensor:softplus() end

---Returns x times sigmoid(x) of each element.
---
---Returns: The tensor, of the same shape.
---@return fed.Tensor
function Tensor:silu() end

---Returns x times the normal distribution function at x.
---
---Returns: The tensor, of the same shape.
---@return fed.Tensor
function Tensor:gelu() end

---Rounds each element down; its gradient is 0.
---
---Returns: The tensor, of the same shape.
---@return fed.Tensor
function Tensor:floor() end

---Rounds each element to the nearest whole number, halves to even; its gradient is 0.
---
---Returns: The tensor, of the same shape.
---@return fed.Tensor
function Tensor:round() end

---Multiplies negative elements by a slope.
---
---Returns: The tensor.
---@param slope? number The slope. (default `0.01`)
---@return fed.Tensor
function Tensor:leaky_relu(slope) end

---@class Tensor.sum.Options
---@field axis? integer One axis.
---@field keep_axes? boolean Whether the axes stay with size 1.
---@field [integer] integer Several axes.

---Adds up over axes, or over everything.
---
---Returns: The tensor.
---@param axes? integer|Tensor.sum.Options An axis, a table of axes, or options; all axes by default.
---@param keep_axes? boolean Whether the axes stay with size 1.
---@return fed.Tensor
function Tensor:sum(axes, keep_axes) end

---Averages over axes, or over everything.
---
---Returns: The tensor.
---@param axes? integer|Tensor.sum.Options An axis, a table of axes, or options; all axes by default.
---@param keep_axes? boolean Whether the axes stay with size 1.
---@return fed.Tensor
function Tensor:mean(axes, keep_axes) end

---Returns the largest elements over axes, or the largest of all.
---
---Returns: The tensor.
---@param axes? integer|Tensor.sum.Options An axis, a table of axes, or options; all axes by default.
---@param keep_axes? boolean Whether the axes stay with size 1.
---@return fed.Tensor
function Tensor:max(axes, keep_axes) end

---Returns the smallest elements over axes, or the smallest of all.
---
---Returns: The tensor.
---@param axes? integer|Tensor.sum.Options An axis, a table of axes, or options; all axes by default.
---@param keep_axes? boolean Whether the axes stay with size 1.
---@return fed.Tensor
function Tensor:min(axes, keep_axes) end

---Returns the position of the largest element, from 1.
---
---Returns: A number for a vector, else a tensor of positions.
---@param axis? integer Gives a position for each place along the other axes; a vector needs none.
---@return integer|fed.Tensor
function Tensor:argmax(axis) end

---Returns the position of the smallest element, from 1.
---
---Returns: A number for a vector, else a tensor of positions.
---@param axis? integer Gives a position for each place along the other axes; a vector needs none.
---@return integer|fed.Tensor
function Tensor:argmin(axis) end

---Returns the label of the highest score along the last axis: classes count from 0, as in files.
---
---Returns: A tensor of labels.
---@return fed.Tensor
function Tensor:labels() end

---@class Tensor.variance.Options
---@field axis? integer One axis.
---@field keep_axes? boolean Whether the axes stay with size 1.
---@field unbiased? boolean Whether to divide by one less than the number of values.
---@field [integer] integer Several axes.

---Averages the squared distance from the mean over axes, or over everything.
---
---Returns: The tensor.
---@param axes? integer|Tensor.variance.Options An axis, a table of axes, or options; all axes by default.
---@param keep_axes? boolean Whether the axes stay with size 1.
---@param unbiased? boolean Whether to divide by one less than the number of values.
---@return fed.Tensor
function Tensor:variance(axes, keep_axes, unbiased) end

---Returns the standard deviation over axes, or of everything.
---
---Returns: The tensor.
---@param axes? integer|Tensor.variance.Options An axis, a table of axes, or options; all axes by default.
---@param keep_axes? boolean Whether the axes stay with size 1.
---@param unbiased? boolean Whether to divide by one less than the number of values.
---@return fed.Tensor
function Tensor:std(axes, keep_axes, unbiased) end

---Returns the square root of the sum of squares over axes, or of everything.
---
---Returns: The tensor.
---@param axes? integer|Tensor.sum.Options An axis, a table of axes, or options; all axes by default.
---@param keep_axes? boolean Whether the axes stay with size 1.
---@return fed.Tensor
function Tensor:norm(axes, keep_axes) end

---Multiplies over axes, or over everything.
---
---Returns: The tensor.
---@param axes? integer|Tensor.sum.Options An axis, a table of axes, or options; all axes by default.
---@param keep_axes? boolean Whether the axes stay with size 1.
---@return fed.Tensor
function Tensor:prod(axes, keep_axes) end

---Tells whether any element is not 0.
---
---Returns: A boolean; over given axes a tensor of zeros and ones.
---@param axes? integer|Tensor.sum.Options An axis, a table of axes, or options; all axes by default.
---@param keep_axes? boolean Whether the axes stay with size 1.
---@return boolean|fed.Tensor
function Tensor:any(axes, keep_axes) end

---Tells whether all elements are not 0.
---
---Returns: A boolean; over given axes a tensor of zeros and ones.
---@param axes? integer|Tensor.sum.Options An axis, a table of axes, or options; all axes by default.
---@param keep_axes? boolean Whether the axes stay with size 1.
---@return boolean|fed.Tensor
function Tensor:all(axes, keep_axes) end

---@class Tensor.sort.Options
---@field axis? integer The axis along which elements are put in order. (default `-1`)
---@field descending? boolean Whether the largest comes first. (default `false`)

---Puts the elements along an axis in order; gradients go back to where they came from.
---
---Returns: The elements, and their positions from 1.
---@param options? Tensor.sort.Options Which axis, and which way.
---@return fed.Tensor
---@return fed.Tensor
function Tensor:sort(options) end

---Returns the positions of the elements along an axis by size.
---
---Returns: Positions from 1, of the same shape.
---@param options? Tensor.sort.Options Which axis, and which way.
---@return fed.Tensor
function Tensor:argsort(options) end

---@class Tensor.topk.Options
---@field axis? integer The axis along which elements are compared. (default `-1`)
---@field largest? boolean Whether the largest are taken; else the smallest. (default `true`)

---Returns the largest elements along an axis, or the smallest, the most extreme first.
---
---Returns: The elements, and their positions from 1.
---@param count integer How many.
---@param options? Tensor.topk.Options Which axis, and which end.
---@return fed.Tensor
---@return fed.Tensor
function Tensor:topk(count, options) end

---Returns the element along an axis at a place in the order of size.
---
---Returns: The tensor, without the axis.
---@param rank integer The place: 1 is the smallest.
---@param axis? integer The axis. (default `-1`)
---@return fed.Tensor
function Tensor:kth_value(rank, axis) end

---Returns the middle elements by size, along an axis or of all; of an even number the mean of two.
---
---Returns: The tensor.
---@param axis? integer The axis; everything by default.
---@param keep_axis? boolean Whether the axis stays with size 1. (default `false`)
---@return fed.Tensor
function Tensor:median(axis, keep_axis) end

---Returns what a share of the elements lies below, between neighbours in proportion.
---
---Returns: The tensor.
---
---Source: Hyndman and Fan, The American Statistician 1996, definition 7, https://doi.org/10.2307/2684934
---@param share number|number[] From 0 to 1; or a table of shares, which become a first axis.
---@param axis? integer The axis; everything by default.
---@param keep_axis? boolean Whether the axis stays with size 1. (default `false`)
---@return fed.Tensor
function Tensor:quantile(share, axis, keep_axis) end

---Returns the sum of each element and all before it along an axis.
---
---Returns: The tensor, of the same shape.
---@param axis integer The axis.
---@return fed.Tensor
function Tensor:cumsum(axis) end

---@class Tensor.gather.Options
---@field axis? integer Takes single elements along this axis, by a tensor of positions of the same rank; else whole rows.

---Takes rows along the first axis by position, or elements along an axis; one may be taken several times.
---
---Returns: The tensor.
---@param positions fed.Tensor|integer[] A table of positions from 1, or a tensor of them.
---@param options? Tensor.gather.Options Whether elements are taken, along which axis.
---@return fed.Tensor
function Tensor:gather(positions, options) end

---Returns the positions of the elements that are not 0, row by row.
---
---Returns: Positions from 1, [m, rank].
---@return fed.Tensor
function Tensor:nonzero() end

---Takes what a mask marks by 1, as x[mask] does: rows, or single elements.
---
---Returns: The rows [m, ...], or the elements [m].
---@param mask fed.Tensor Zeros and ones: one a row, or of this shape.
---@return fed.Tensor
function Tensor:select_where(mask) end

---Makes of each label a row of zeros with a 1 at its place.
---
---Returns: A tensor with a last axis of that size.
---@param classes integer Number of classes; labels count from 0. Must be at least 0.
---@return fed.Tensor
function Tensor:one_hot(classes) end

---Turns the order of the elements along axes around.
---
---Returns: The tensor.
---@param axes integer|integer[] An axis, or a table of axes.
---@return fed.Tensor
function Tensor:flip(axes) end

---Moves the elements along an axis; what leaves it at one end comes in at the other.
---
---Returns: The tensor.
---@param shift integer Places towards the end; negative ones towards the start.
---@param axis integer The axis.
---@return fed.Tensor
function Tensor:roll(shift, axis) end

---@class Tensor.pad.Options
---@field axis integer The axis that grows.
---@field before? integer Places before the first element. Must be at least 0. (default `0`)
---@field after? integer Places after the last element. Must be at least 0. (default `0`)
---@field value? number The number that stands there. (default `0`)

---Puts places of one number before and after the elements along an axis.
---
---Returns: The tensor.
---@param options Tensor.pad.Options Which axis, how many places, and what stands there.
---@return fed.Tensor
function Tensor:pad(options) end

---Spreads runs of channels over blocks of pixels, to enlarge images.
---
---Returns: [b, c, h * scale, w * scale].
---
---Source: Shi et al., CVPR 2016, https://arxiv.org/abs/1609.05158
---@param scale integer Pixels along each side of a block.
---@return fed.Tensor
function Tensor:pixel_shuffle(scale) end

---Gathers blocks of pixels into channels, as undoes pixel_shuffle.
---
---Returns: [b, c * scale * scale, h / scale, w / scale].
---@param scale integer Pixels along each side of a block.
---@return fed.Tensor
function Tensor:pixel_unshuffle(scale) end

---Keeps some positions along an axis, as a view of the same memory.
---
---Returns: The view.
---@param axis integer The axis.
---@param start integer First position, from 1, or from -1 at the end.
---@param count integer How many.
---@return fed.Tensor
function Tensor:narrow(axis, start, count) end

---Takes one position along an axis, which goes; a view of the same memory.
---
---Returns: The view.
---@param axis integer The axis.
---@param position integer Position from 1, or from -1 at the end.
---@return fed.Tensor
function Tensor:select(axis, position) end

---Takes one position along the first axis, as a view of the same memory.
---
---Returns: The view.
---@param position integer Position from 1, or from -1 at the end.
---@return fed.Tensor
function Tensor:row(position) end

---Walks the positions of the first axis; pairs does the same.
---
---Returns: An iterator of position and view, or number for a vector.
---@return fun(): any
function Tensor:rows() end

---Gives another shape with as many elements; one size may be -1, which stands for what is left.
---
---Returns: The tensor: a view where memory allows.
---@param ... integer Sizes of the axes.
---@return fed.Tensor
function Tensor:reshape(...) end

---Joins all axes from one on.
---
---Returns: The tensor.
---@param from? integer First axis that is joined. (default `1`)
---@return fed.Tensor
function Tensor:flatten(from) end

---Swaps two axes, as a view of the same memory.
---
---Returns: The view.
---@param first integer One axis.
---@param second integer The other.
---@return fed.Tensor
function Tensor:transpose(first, second) end

---Swaps the axes of a matrix, as a view of the same memory.
---
---Returns: The view.
---@return fed.Tensor
function Tensor:t() end

---Puts the axes in another order, as a view of the same memory.
---
---Returns: The view.
---@param ... integer The axes in their new order.
---@return fed.Tensor
function Tensor:permute(...) end

---Drops an axis of size 1.
---
---Returns: The view.
---@param axis integer The axis.
---@return fed.Tensor
function Tensor:squeeze(axis) end

---Adds an axis of size 1.
---
---Returns: The view.
---@param axis integer The position of the new axis.
---@return fed.Tensor
function Tensor:unsqueeze(axis) end

---Stretches axes of size 1, and missing ones, as a view of the same memory.
---
---Returns: The view.
---@param ... integer Sizes of the axes.
---@return fed.Tensor
function Tensor:expand(...) end

---Returns memory in the order of the axes: the tensor itself, or a copy.
---
---Returns: The tensor.
---@return fed.Tensor
function Tensor:contiguous() end

---Returns images [b, c, h, w] with channels innermost in memory: themselves, or a copy.
---
---Returns: The tensor.
---@return fed.Tensor
function Tensor:channels_last() end

---Copies the values into memory of their own.
---
---Returns: The copy.
---@return fed.Tensor
function Tensor:clone() end

---Returns the matrix product; axes before the last two are a batch.
---
---Returns: The product, [..., m, n].
---@param other fed.Tensor The right factor, [..., k, n] for [..., m, k].
---@return fed.Tensor
function Tensor:matmul(other) end

---Returns the sum of products of two vectors.
---
---Returns: A tensor without axes.
---@param other fed.Tensor A vector of the same length.
---@return fed.Tensor
function Tensor:dot(other) end

---Returns x W' + b, the map of a fully connected layer, on the last axis.
---
---Returns: [..., outputs].
---@param weight fed.Tensor The matrix W, [outputs, inputs].
---@param bias? fed.Tensor The vector b, [outputs]; nothing is added by default.
---@return fed.Tensor
function Tensor:linear(weight, bias) end

---@class Tensor.attention.Options
---@field heads? integer Runs of the last axis that work apart; it must divide it. Must be at least 1. (default `1`)
---@field causal? boolean Whether a position sees only itself and those before it. (default `false`)

---Mixes values by how well these queries match keys: scaled dot-product attention.
---
---Returns: The mixtures, [b, t, e].
---
---Source: Vaswani et al., NeurIPS 2017, https://arxiv.org/abs/1706.03762
---@param key fed.Tensor What is matched, [b, s, e] for queries [b, t, e].
---@param value fed.Tensor What is mixed, [b, s, e].
---@param options? Tensor.attention.Options How many heads, and what they see.
---@return fed.Tensor
function Tensor:attention(key, value, options) end

---Looks up rows of this table by label: numbers from 0, of any shape.
---
---Returns: The rows, [..., e].
---@param labels fed.Tensor|integer[] Labels, an int64 tensor or a table.
---@return fed.Tensor
function Tensor:embedding(labels) end

---Takes rows of each sample by number, counted from 0: [b, m, e] of [b, n, e].
---
---Returns: The rows.
---@param numbers fed.Tensor An int64 tensor [b, m], as draws of a loss give it.
---@return fed.Tensor
function Tensor:gather_rows(numbers) end

---Puts rows [b, m, e] where numbers say among n rows of zeros: the adjoint of gather_rows.
---
---Returns: A tensor [b, n, e].
---@param numbers fed.Tensor An int64 tensor [b, m], counted from 0; rows with one number add up.
---@param rows integer How many rows the result has.
---@return fed.Tensor
function Tensor:scatter_rows(numbers, rows) end

---Takes one element of each row: the score of its label, for instance.
---
---Returns: A vector.
---@param labels fed.Tensor|integer[] A label from 0 for each row.
---@return fed.Tensor
function Tensor:pick(labels) end

---@class Tensor.conv2d.Options
---@field bias? fed.Tensor Added to each output channel.
---@field stride? integer Step in both directions. Must be at least 1. (default `1`)
---@field padding? integer Zeros on each side of the image. Must be at least 0. (default `0`)
---@field groups? integer Runs of channels that are treated apart. Must be at least 1. (default `1`)
---@field output_padding? integer Rows and columns added at the end by conv_transpose2d. Must be at least 0. (default `0`)

---Convolves images [b, c, h, w] with a bank of kernels.
---
---Returns: Images [b, o, oh, ow].
---@param weight fed.Tensor The kernels, [o, c / groups, kh, kw].
---@param options? Tensor.conv2d.Options How the kernels slide.
---@return fed.Tensor
function Tensor:conv2d(weight, options) end

---Spreads each pixel over a kernel, to enlarge images [b, c, h, w].
---
---Returns: Images [b, o, oh, ow].
---@param weight fed.Tensor The kernels, [c, o / groups, kh, kw].
---@param options? Tensor.conv2d.Options How the kernels slide.
---@return fed.Tensor
function Tensor:conv_transpose2d(weight, options) end

---@class Tensor.max_pool2d.Options
---@field stride? integer Step in both directions; the side of the window by default.
---@field padding? integer Frame around the image. Must be at least 0. (default `0`)

---Takes the largest element of each window of images [b, c, h, w].
---
---Returns: Images [b, c, oh, ow].
---@param kernel integer Side of the window.
---@param options? Tensor.max_pool2d.Options How the window slides.
---@return fed.Tensor
function Tensor:max_pool2d(kernel, options) end

---Takes the mean of each window of images [b, c, h, w], padding counted as zeros.
---
---Returns: Images [b, c, oh, ow].
---@param kernel integer Side of the window.
---@param options? Tensor.max_pool2d.Options How the window slides.
---@return fed.Tensor
function Tensor:average_pool2d(kernel, options) end

---Takes the mean of each channel of images [b, c, h, w].
---
---Returns: [b, c].
---@return fed.Tensor
function Tensor:global_average_pool2d() end

---Repeats each pixel of images [b, c, h, w] in both directions.
---
---Returns: Images [b, c, h * scale, w * scale].
---@param scale integer How often.
---@return fed.Tensor
function Tensor:upsample_nearest2d(scale) end

---@class Tensor.batch_norm.Options
---@field weight? fed.Tensor Factor for each channel; ones by default.
---@field bias? fed.Tensor Summand for each channel; zeros by default.
---@field mean? fed.Tensor Given means, with variance: as in evaluation.
---@field variance? fed.Tensor Given variances, with mean.
---@field epsilon? number Added to the variance. Must be at least 0. (default `1e-05`)

---Normalizes each channel of [b, c] or [b, c, h, w] by the moments of the batch, or by given ones.
---
---Returns: The result, and the means and variances that were used.
---
---Source: Ioffe and Szegedy, ICML 2015, https://arxiv.org/abs/1502.03167
---@param options? Tensor.batch_norm.Options Factor, summand and given moments.
---@return fed.Tensor
---@return fed.Tensor
---@return fed.Tensor
function Tensor:batch_norm(options) end

---@class Tensor.layer_norm.Options
---@field weight? fed.Tensor Factor for each channel or element; ones by default.
---@field bias? fed.Tensor Summand for each channel or element; zeros by default.
---@field epsilon? number Added to the variance. Must be at least 0. (default `1e-05`)

---Normalizes along the last axis.
---
---Returns: The result, of the same shape.
---
---Source: Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450
---@param options? Tensor.layer_norm.Options Factor and summand.
---@return fed.Tensor
function Tensor:layer_norm(options) end

---Normalizes equal runs of channels of each sample of [b, c] or [b, c, h, w].
---
---Returns: The result, of the same shape.
---
---Source: Wu and He, ECCV 2018, https://arxiv.org/abs/1803.08494
---@param groups integer Number of runs; it must divide c.
---@param options? Tensor.layer_norm.Options Factor and summand.
---@return fed.Tensor
function Tensor:group_norm(groups, options) end

---Returns exponentials divided by their sum along an axis.
---
---Returns: The result, of the same shape.
---@param axis? integer The axis. (default `-1`)
---@return fed.Tensor
function Tensor:softmax(axis) end

---Returns the logarithm of the softmax along an axis.
---
---Returns: The result, of the same shape.
---@param axis? integer The axis. (default `-1`)
---@return fed.Tensor
function Tensor:log_softmax(axis) end

---@class Tensor.dropout.Options
---@field seed? integer The same seed drops the same elements.
---@field stream? fed.Stream Stream to draw from; without it and a seed, that of the script.

---Sets elements to zero at random and scales the rest, so that each keeps its mean.
---
---Returns: The result, of the same shape.
---
---Source: Srivastava et al., JMLR 2014, https://jmlr.org/papers/v15/srivastava14a.html
---@param probability number Chance of a zero, from 0 up to, but not, 1.
---@param options? Tensor.dropout.Options Where the choice comes from.
---@return fed.Tensor
function Tensor:dropout(probability, options) end

---@class Tensor.cross_entropy.Options
---@field label_smoothing? number Share of the target spread over all classes, from 0 below 1. (default `0`)
---@field reduction? string mean, sum or none, over the samples. (default `"mean"`)

---Returns the cross-entropy of class scores, in nats.
---
---Returns: A tensor without axes; a vector for none.
---@param labels fed.Tensor|integer[] A label from 0 for each row, or a tensor of probabilities, one row a sample.
---@param options? Tensor.cross_entropy.Options How labels and samples count.
---@return fed.Tensor
function Tensor:cross_entropy(labels, options) end

---Returns the mean squared error.
---
---Returns: A tensor without axes; for none, one number a sample or element.
---@param target fed.Tensor What is aimed at, of the same shape.
---@param reduction? string mean, sum or none. (default `"mean"`)
---@return fed.Tensor
function Tensor:mse(target, reduction) end

---Returns how far a distribution lies from this one, given as log-probabilities, in nats.
---
---Returns: A tensor without axes; for none, one number a sample or element.
---@param target fed.Tensor Probabilities, classes along the last axis.
---@param reduction? string mean, sum or none. (default `"mean"`)
---@return fed.Tensor
function Tensor:kl_divergence(target, reduction) end

---Returns the binary cross-entropy of logits, in nats.
---
---Returns: A tensor without axes; for none, one number a sample or element.
---@param target fed.Tensor Probabilities of the positive class; no gradient flows to them.
---@param reduction? string mean, sum or none. (default `"mean"`)
---@return fed.Tensor
function Tensor:binary_cross_entropy_with_logits(target, reduction) end

---Adds to the tensor itself.
---
---Returns: The tensor itself.
---@param other fed.Tensor|number A tensor that stretches to this one's shape, or a number.
---@return fed.Tensor
function Tensor:add_(other) end

---Subtracts from the tensor itself.
---
---Returns: The tensor itself.
---@param other fed.Tensor|number A tensor that stretches to this one's shape, or a number.
---@return fed.Tensor
function Tensor:sub_(other) end

---Multiplies the tensor itself.
---
---Returns: The tensor itself.
---@param other fed.Tensor|number A tensor that stretches to this one's shape, or a number.
---@return fed.Tensor
function Tensor:mul_(other) end

---Divides the tensor itself.
---
---Returns: The tensor itself.
---@param other fed.Tensor|number A tensor that stretches to this one's shape, or a number.
---@return fed.Tensor
function Tensor:div_(other) end

---Adds a multiple of another tensor to the tensor itself, in one pass.
---
---Returns: The tensor itself.
---@param other fed.Tensor The other tensor.
---@param scale number The factor.
---@return fed.Tensor
function Tensor:add_scaled_(other, scale) end

---Sets every element of the tensor itself.
---
---Returns: The tensor itself.
---@param value number The number.
---@return fed.Tensor
function Tensor:fill_(value) end

---Takes over the values of another tensor, which stretches to this one's shape.
---
---Returns: The tensor itself.
---@param source fed.Tensor The other tensor.
---@return fed.Tensor
function Tensor:copy_(source) end

---Marks the tensor: backward of what is computed from it reports its gradient.
---
---Returns: The tensor itself.
---@return fed.Tensor
function Tensor:requires_grad() end

---Computes the gradients of this number for all marked tensors, and consumes the record.
---
---Returns: The gradients, looked up by tensor.
---@return fed.Gradients
function Tensor:backward() end

---Returns the same memory without the record of how it was computed.
---
---Returns: The tensor.
---@return fed.Tensor
function Tensor:detach() end

return Tensor
