import Foundation
import Testing

@testable import Tensors

@Suite struct LinearAlgebraTests {
  private func random(_ rows: Int, _ columns: Int, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: .script)
    return (0..<rows * columns).map { _ in stream.normal() }
  }

  private func symmetric(_ n: Int, seed: UInt64) throws -> Tensor {
    let a = Tensor(random(n, n, seed: seed), shape: [n, n])
    return try a.add(a.t())
  }

  private func largest(_ x: Tensor) throws -> Double { x.count == 0 ? 0 : try x.abs().max().item() }

  @Test(arguments: [0, 1, 2, 3, 10, 40], [1e-30, 1, 1e30])
  func `eigenvectors are orthogonal and rebuild the matrix`(n: Int, size: Double) throws {
    let matrix = try symmetric(n, seed: UInt64(n) + 1).mul(size)
    let (values, vectors) = try matrix.eigh()
    #expect(values.values == values.values.sorted())
    #expect(try largest(vectors.t().matmul(vectors).sub(Tensor.eye(n, nil, .float64))) < 1e-13)
    let rebuilt = try vectors.mul(values).matmul(vectors.t())
    #expect(try largest(rebuilt.sub(matrix)) <= 1e-13 * Double(max(n, 1)) * size * 10)
  }

  /// The second differences of a chain have the eigenvalues 2 - 2 cos(k pi / (n + 1)).
  @Test func `known eigenvalues are found`() throws {
    let n = 12
    var chain = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      chain[i * n + i] = 2
      if i > 0 { (chain[i * n + i - 1], chain[(i - 1) * n + i]) = (-1, -1) }
    }
    let values = try Tensor(chain, shape: [n, n]).eigh().values.values
    for k in 1...n {
      #expect(abs(values[k - 1] - (2 - 2 * cos(Double(k) * .pi / Double(n + 1)))) < 1e-13)
    }
  }

  @Test func `equal eigenvalues and single precision do no harm`() throws {
    let (values, vectors) = try Tensor.eye(4).mul(3).eigh()
    #expect(values.floats == [3, 3, 3, 3] && values.elementType == .float32)
    #expect(try vectors.t().matmul(vectors).values == Tensor.eye(4).values)
    for matrix in [
      Tensor([1.0, 2, 3, 4], shape: [2, 2]), Tensor([1.0, 2], shape: [1, 2]), Tensor([Double.nan], shape: [1, 1]),
    ] {
      #expect(throws: TensorError.self) { try matrix.eigh() }
    }
  }

  /// The conditions of Karush, Kuhn and Tucker hold at the solution and nowhere else.
  @Test(arguments: 0..<40)
  func `weights are the nearest ones`(seed: Int) throws {
    let m = 1 + seed % 9, n = 1 + seed * 7 % 8
    let matrix = Tensor(random(m, n, seed: UInt64(seed)), shape: [m, n]),
      target = Tensor(random(m, 1, seed: 99 + UInt64(seed)))
    let (weights, residual) = try matrix.nonnegativeLeastSquares(target)
    let rest = try target.sub(matrix.matmul(weights))
    #expect(abs(try rest.norm().item() - residual) < 1e-12)
    for (weight, slope) in zip(weights.values, try matrix.t().matmul(rest).values) {
      #expect(weight >= 0 && slope < 1e-10 && (weight == 0 || abs(slope) < 1e-10))
    }
  }

  /// scipy.optimize.nnls of scipy 1.11 on its documentation's examples.
  @Test func `known weights are found`() throws {
    let a = Tensor([1.0, 0, 1, 0, 0, 1], shape: [3, 2])
    let first = try a.nonnegativeLeastSquares(Tensor([2.0, 1, 1]))
    #expect(zip(first.weights.values, [1.5, 1]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(abs(first.residual - 0.707_106_781_186_547_5) < 1e-12)
    let second = try a.nonnegativeLeastSquares(Tensor([-1.0, -1, -1]))
    #expect(second.weights.values == [0, 0] && abs(second.residual - 1.732_050_807_568_877_2) < 1e-12)
    #expect(throws: TensorError.self) { try a.nonnegativeLeastSquares(Tensor([1.0, 2])) }
    #expect(throws: TensorError.self) { try a.nonnegativeLeastSquares(Tensor([1.0, 2, .infinity])) }
  }

  @Test func `twins among the columns end the search`() throws {
    let twins = Tensor([1.0, 1, 2, 2, 3, 3, 1, 1], shape: [2, 4])
    let (weights, residual) = try twins.nonnegativeLeastSquares(Tensor([1.0, 1]))
    #expect(weights.values.allSatisfy { $0 >= 0 } && residual < 1)
  }

  /// Of vectors as long as there are twice as many, so that products tell as much as the vectors themselves.
  @Test(arguments: [1, 3, 12, 40])
  func `products tell the weights that the vectors themselves tell`(n: Int) throws {
    let vectors = Tensor(random(2 * n, n, seed: 5), shape: [2 * n, n])
    let targets = Tensor(random(3, 2 * n, seed: 6), shape: [3, 2 * n])
    let products = try targets.matmul(vectors)
    let found = try vectors.t().matmul(vectors).nonnegativeLeastSquares(products: products)
    #expect(found.shape == [3, n])
    for row in 0..<3 {
      let expected = try vectors.nonnegativeLeastSquares(targets.row(row)).weights
      #expect(try largest(found.row(row).sub(expected)) < 1e-9)
      let alone = try vectors.t().matmul(vectors).nonnegativeLeastSquares(products: products.row(row))
      #expect(try alone.values == found.row(row).values)
    }
  }

  @Test func `products of vectors that depend on each other, or are 0, end the search`() throws {
    // The third vector is the sum of the others, the fourth is 0.
    let vectors = Tensor([1.0, 0, 1, 0, 0, 1, 1, 0], shape: [2, 4]), target = Tensor([2.0, 1], shape: [2])
    let weights = try vectors.t().matmul(vectors).nonnegativeLeastSquares(products: vectors.t().matmul(target))
    #expect(weights.values.allSatisfy { $0 >= 0 } && weights.values[3] == 0)
    #expect(try largest(vectors.matmul(weights).sub(target)) < 1e-9)
    #expect(try Tensor.zeros([0, 0]).nonnegativeLeastSquares(products: .zeros([0])).shape == [0])
  }

  @Test func `products that are none are refused`() throws {
    let gram = Tensor([2.0, 1, 1, 2], shape: [2, 2])
    for products in [Tensor([1.0]), Tensor([1.0, Double.nan]), Tensor([1.0, 2], shape: [1, 1, 2])] {
      #expect(throws: TensorError.self) { try gram.nonnegativeLeastSquares(products: products) }
    }
    for matrix in [Tensor([2.0, 1, 0, 2], shape: [2, 2]), Tensor([1.0, 2], shape: [1, 2])] {
      #expect(throws: TensorError.self) { try matrix.nonnegativeLeastSquares(products: Tensor([1.0, 2])) }
    }
  }

  @Test(arguments: [2, 5, 30])
  func `the power iteration finds what the rotations find`(n: Int) throws {
    let square = try symmetric(n, seed: 7).square()
    let matrix = try square.add(square.t()).mul(-1)
    let found = try matrix.powerIteration(tolerance: 1e-12, limit: 100_000)
    let all = try matrix.eigh().values.values
    let expected = all.max { abs($0) < abs($1) } ?? 0
    #expect(found.isConverged && abs(found.value - expected) < 1e-9 * abs(expected))
    let product = try matrix.matmul(found.vector)
    #expect(try largest(product.sub(found.vector.mul(found.value))) < 1e-9 * abs(expected))
  }

  @Test func `a tie of opposite signs is told`() throws {
    let tie = Tensor([1.0, 0, 0, -1], shape: [2, 2])
    #expect(try tie.powerIteration(limit: 50).isConverged == false)
    #expect(try Tensor.zeros([3, 3]).powerIteration().value == 0)
    #expect(throws: TensorError.self) { try tie.powerIteration(limit: 0) }
    #expect(throws: TensorError.self) { try tie.powerIteration(tolerance: .nan) }
    #expect(throws: TensorError.self) { try Tensor([Double.nan], shape: [1, 1]).powerIteration() }
  }
}
