import LuaRuntime
import Tensors

/// When a power iteration ends.
private struct PowerOptions: LuaOptions {
  var tolerance = 1e-8
  var limit = 1000

  static let fields = Fields<PowerOptions> { field in
    field.option(
      "tolerance", \.tolerance, "Change of the vector from which on it counts as found.", check: .atLeast(0))
    field.option("limit", \.limit, "Most steps.", check: .within(1...10_000_000))
  }
}

/// Small problems of matrices, computed in float64.
let linearAlgebraBindings = BindingModule("fed.linalg", "Eigenvalues and least squares of small matrices.") { module in
  module.function(
    "eigh", "Returns the eigenvalues of a symmetric matrix in rising order, and its eigenvectors.",
    Parameter("matrix", "A symmetric matrix [n, n]."),
    returns: "The values [n], and the vectors as columns [n, n], of length 1 with a positive largest element.",
    source: "Golub and Van Loan, Matrix Computations, 4th edition, algorithm 8.5.2",
    example: Example("print((fed.linalg.eigh { {2, 1}, {1, 2} }))", prints: "Tensor [2] float32\n  1  3")
  ) { (matrix: TensorArgument) in
    let (values, vectors) = try matrix.tensor().eigh()
    return Results(values, vectors)
  }
  module.function(
    "nnls", "Returns the weights of at least 0 with which the columns of a matrix come nearest to a vector.",
    Parameter("matrix", "A matrix [m, n]."), Parameter("target", "A vector [m]."),
    returns: "The weights [n], and the distance that is left.",
    source: "Lawson and Hanson, Solving Least Squares Problems, 1974, chapter 23",
    example: Example(
      "local weights, distance = fed.linalg.nnls({ {1, 0}, {0, 1} }, { 2, -1 })\nprint(weights, distance)",
      prints: "Tensor [2] float32\n  2  0\t1.0")
  ) { (matrix: TensorArgument, target: TensorArgument) in
    let (weights, residual) = try matrix.tensor().nonnegativeLeastSquares(target.tensor())
    return Results(weights, residual)
  }
  module.function(
    "nnls_gram",
    "Returns the weights of at least 0 with which vectors come nearest to others, of which only inner products are known.",
    Parameter("gram", "The inner products of the vectors, a symmetric matrix [n, n]."),
    Parameter("products", "Their inner products with one other [n], or with several [m, n]."),
    returns: "The weights, of the shape of products; 0 for a vector that adds nothing to those that have one.",
    source: "Bro and De Jong, 1997, https://doi.org/10.1002/(SICI)1099-128X(199709/10)11:5<393::AID-CEM483>3.0.CO;2-L",
    example: Example(
      "print(fed.linalg.nnls_gram({ {1, 0.5}, {0.5, 1} }, { {1, 1}, {1, -1} }))",
      prints: "Tensor [2, 2] float32\n  0.6667  0.6667\n  1.0000  0.0000")
  ) { (gram: TensorArgument, products: TensorArgument) in
    try gram.tensor().nonnegativeLeastSquares(products: products.tensor())
  }
  module.function(
    "power", "Returns the eigenvalue of the largest size of a symmetric matrix, by repeated products.",
    Parameter("matrix", "A symmetric matrix [n, n]."), Parameter("options", "When it ends."),
    returns: "A record: value, vector of length 1, steps, and converged, which is false where the limit ended it.",
    source: "Golub and Van Loan, Matrix Computations, 4th edition, section 8.2.1",
    example: Example(
      "local found = fed.linalg.power { {2, 0}, {0, -5} }\nprint(found.value, found.converged)", prints: "-5.0\ttrue")
  ) { (matrix: TensorArgument, options: PowerOptions) in
    let found = try matrix.tensor().powerIteration(tolerance: options.tolerance, limit: options.limit)
    return LuaRecord([
      ("value", found.value), ("vector", found.vector), ("steps", found.steps), ("converged", found.isConverged),
    ])
  }
}
