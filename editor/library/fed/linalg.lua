---@meta fed.linalg
-- Written by `fedlua meta`; the declarations that `help` shows are the source.
error("this file tells an editor of fed; a script says: local fed = require 'fed'")

---Eigenvalues and least squares of small matrices.
---@class fed.linalg
local linalg = {}

---Returns the eigenvalues of a symmetric matrix in rising order, and its eigenvectors.
---
---Returns: The values [n], and the vectors as columns [n, n], of length 1 with a positive largest element.
---
---Source: Golub and Van Loan, Matrix Computations, 4th edition, algorithm 8.5.2
---@param matrix fed.Tensor|number|table A symmetric matrix [n, n].
---@return fed.Tensor
---@return fed.Tensor
function linalg.eigh(matrix) end

---Returns the weights of at least 0 with which the columns of a matrix come nearest to a vector.
---
---Returns: The weights [n], and the distance that is left.
---
---Source: Lawson and Hanson, Solving Least Squares Problems, 1974, chapter 23
---@param matrix fed.Tensor|number|table A matrix [m, n].
---@param target fed.Tensor|number|table A vector [m].
---@return fed.Tensor
---@return number
function linalg.nnls(matrix, target) end

---Returns the weights of at least 0 with which vectors come nearest to others, of which only inner products are known.
---
---Returns: The weights, of the shape of products; 0 for a vector that adds nothing to those that have one.
---
---Source: Bro and De Jong, 1997, https://doi.org/10.1002/(SICI)1099-128X(199709/10)11:5<393::AID-CEM483>3.0.CO;2-L
---@param gram fed.Tensor|number|table The inner products of the vectors, a symmetric matrix [n, n].
---@param products fed.Tensor|number|table Their inner products with one other [n], or with several [m, n].
---@return fed.Tensor
function linalg.nnls_gram(gram, products) end

---@class fed.linalg.power.Options
---@field tolerance? number Change of the vector from which on it counts as found. Must be at least 0. (default `1e-08`)
---@field limit? integer Most steps. Must be from 1 to 10000000. (default `1000`)

---Returns the eigenvalue of the largest size of a symmetric matrix, by repeated products.
---
---Returns: A record: value, vector of length 1, steps, and converged, which is false where the limit ended it.
---
---Source: Golub and Van Loan, Matrix Computations, 4th edition, section 8.2.1
---@param matrix fed.Tensor|number|table A symmetric matrix [n, n].
---@param options? fed.linalg.power.Options When it ends.
---@return table
function linalg.power(matrix, options) end

return linalg
