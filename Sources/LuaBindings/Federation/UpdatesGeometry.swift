import Federation
import LuaRuntime
import Tensors

/// How updates lie: lengths, angles, signs, neighbours.
extension ClassBuilder where Object == UpdateMatrix {
  mutating func addUpdatesGeometry() {
    method(
      "norms", "Returns the Euclidean norm of each update.",
      returns: "Tensor [n]; float64 where a norm is beyond float32.",
      example: Example("print(fed.updates { {3, 4}, {0, 1} }:norms())", prints: "Tensor [2] float32\n  5  1")
    ) { (u: UpdateMatrix) in Tensor.measured(try u.norms(for: "norms")) }
    addTable("gram", "Returns the inner products of all pairs.", "float64\n   5   0\n   0  20") { u in
      try u.gram(for: "gram").tensor.clone()
    }
    addTable(
      "squared_distances", "Returns the squared Euclidean distances of all pairs.", "float64\n   0  25\n  25   0"
    ) { u in try u.squaredDistances(for: "squared_distances").tensor.clone() }
    addTable(
      "cosines", "Returns the cosines of the angles of all pairs; 0 where an update is zero.", "float32\n  1  0\n  0  1"
    ) { u in try u.geometry(for: "cosines").cosines().tensor.to(.float32) }
    addTable(
      "absolute_distances", "Returns the sums of absolute differences of all pairs.", "float64\n  0  7\n  7  0"
    ) { u in try u.absoluteDistances().tensor.clone() }
  }

  mutating func addUpdatesSigns() {
    method(
      "sign_shares", "Returns which shares of each update's numbers are negative, zero and positive.",
      returns: "Tensor [n, 3].",
      example: Example(
        "print(fed.updates { {1, 0, -2, -3}, {1, 1, 1, 1} }:sign_shares())",
        prints: "Tensor [2, 3] float32\n  0.5000  0.2500  0.2500\n  0.0000  0.0000  1.0000")
    ) { (u: UpdateMatrix) in Tensor.measured(try u.signShares(), shape: [u.count, 3]) }
    method(
      "sign_agreement",
      "Returns the share of each update's numbers that have the sign of a vector's; 0 is a sign of its own.",
      Parameter("vector", "A vector [d], such as the root update."),
      Parameter("largest", "How many numbers of each update to look at, those largest in size; all without it."),
      returns: "Tensor [n].",
      example: Example(
        """
        local updates = fed.updates { {1, 0, -2, 3}, {-1, 2, -2, 1} }
        print(updates:sign_agreement { 5, 0, -1, -1 })
        print(updates:sign_agreement({ 5, 0, -1, -1 }, 2))
        """,
        prints: "Tensor [2] float32\n  0.7500  0.2500\nTensor [2] float32\n  0.5000  0.5000")
    ) { (u: UpdateMatrix, vector: TensorArgument, largest: Int?) in
      let vector = try vector.tensor()
      return Tensor.measured(
        try largest.map { try u.signAgreements(with: vector, largest: $0) } ?? u.signAgreements(with: vector))
    }
    method(
      "sign_sums", "Adds up the signs of each coordinate: how many updates are above 0 there minus how many below.",
      returns: "Tensor [d].",
      example: Example(
        "print(fed.updates { {1, 0, -2}, {3, -1, -1}, {2, 4, 0} }:sign_sums())",
        prints: "Tensor [3] float32\n   3   0  -2")
    ) { (u: UpdateMatrix) in try u.signSums() }
  }

  /// A method that returns an n x n table of the round's geometry.
  private mutating func addTable(
    _ name: String, _ sentence: String, _ output: String, _ values: @escaping @Sendable (UpdateMatrix) throws -> Tensor
  ) {
    let type = output.prefix { $0 != "\n" }, numbers = output.dropFirst(type.count)
    method(
      name, sentence, returns: "Tensor [n, n], \(type).",
      example: Example("print(fed.updates { {1, 2}, {4, -2} }:\(name)())", prints: "Tensor [2, 2] \(type)\(numbers)")
    ) { (u: UpdateMatrix) in try values(u) }
  }

  mutating func addUpdatesAngles() {
    method(
      "cosine", "Returns the cosine of the angle of each update to a vector, or to many; 0 where one of them is zero.",
      Parameter("other", "A vector [d], such as the root update; many as updates or a tensor [k, d]."),
      returns: "Tensor [n] for a vector, [n, k] for many.",
      example: Example(
        """
        local updates = fed.updates { {3, 4}, {0, -1} }
        print(updates:cosine { 0, 2 })
        print(updates:cosine { {0, 2}, {1, 0} })
        """,
        prints: "Tensor [2] float32\n   0.8000  -1.0000\nTensor [2, 2] float32\n   0.8000   0.6000\n  -1.0000   0.0000")
    ) { (u: UpdateMatrix, other: Either<UpdateMatrix, TensorArgument>) in
      switch try Vectors(other) {
      case .one(let vector): Tensor.measured(try u.cosines(to: vector))
      case .many(let vectors): Tensor.measured(try u.cosines(to: vectors), shape: [u.count, vectors.count])
      }
    }
    method(
      "dot", "Returns the inner product of each update with a vector, or with many.",
      Parameter("other", "A vector [d]; many as updates or a tensor [k, d]."),
      returns: "Tensor [n] for a vector, [n, k] for many; float64 where a product is beyond float32.",
      example: Example("print(fed.updates { {3, 4}, {0, -1} }:dot { 0, 2 })", prints: "Tensor [2] float32\n   8  -2")
    ) { (u: UpdateMatrix, other: Either<UpdateMatrix, TensorArgument>) in
      switch try Vectors(other) {
      case .one(let vector): Tensor.measured(try u.products(with: vector, for: "dot"))
      case .many(let vectors):
        Tensor.measured(try u.products(with: vectors, for: "dot"), shape: [u.count, vectors.count])
      }
    }
    method(
      "cosine_by_row", "Returns the cosine of the angle of each update to the row at its place.",
      Parameter("others", "Updates, or a tensor [n, d]."), returns: "Tensor [n].",
      example: Example(
        "print(fed.updates { {3, 4}, {0, -1} }:cosine_by_row { {3, 4}, {0, 2} })",
        prints: "Tensor [2] float32\n   1  -1")
    ) { (u: UpdateMatrix, others: UpdatesArgument) in Tensor.measured(try u.cosinesByRow(to: others.updates)) }
  }

  mutating func addUpdatesNeighbors() {
    addPeerCosine(
      "largest_peer_cosine", "Returns the largest cosine of each update to another one; 0 where there is no other.",
      "  0.8000  0.8000  0.0000"
    ) { try $0.largestPeerCosines() }
    addPeerCosine(
      "mean_peer_cosine", "Returns the mean cosine of each update to the other ones; 0 where there is no other.",
      "   0.4000   0.1000  -0.3000"
    ) { try $0.meanPeerCosines() }
    addPeerCosine(
      "leave_one_out_cosine",
      "Returns the cosine of each update to the mean of the other ones; 0 where one of them is zero.",
      "   0.8944   0.1414  -0.3162"
    ) { try $0.leaveOneOutCosines() }
    method(
      "neighbor_scores", "Sums the squared distances of each update to its nearest other ones, as Krum does.",
      Parameter("count", "How many neighbours; an update has no more than there are others.", check: .atLeast(1)),
      Parameter(
        "power",
        "Sums this power of the distances in place of their squares; 2 takes roots and squares them again, whose rounding decides between equals as in libraries that do so.",
        check: .ifGiven(.within(1...64))),
      returns: "Tensor [n], float64.",
      source: "Blanchard et al., NeurIPS 2017, https://arxiv.org/abs/1703.02757, section 4",
      example: Example(
        "print(fed.updates { {0}, {1}, {3}, {9} }:neighbor_scores(2))",
        prints: "Tensor [4] float64\n   10    5   13  100")
    ) { (u: UpdateMatrix, count: Int, power: Int?) in Tensor(try u.neighborScores(count, power: power)) }
    method(
      "nearest", "Finds the rows nearest to each row, itself first; of equally near ones, the first.",
      Parameter("count", "How many, from 1 to n.", check: .atLeast(1)),
      returns: "Positions of rows from 1: an int64 tensor [n, count].",
      example: Example(
        "print(fed.updates { {0}, {1}, {9} }:nearest(2))", prints: "Tensor [3, 2] int64\n  1  2\n  2  1\n  3  2")
    ) { (u: UpdateMatrix, count: Int) in
      let positions = try u.nearest(count)
      for place in 0..<positions.count { positions.int64Pointer[place] += 1 }
      return positions
    }
  }

  private mutating func addPeerCosine(
    _ name: String, _ sentence: String, _ output: String,
    _ values: @escaping @Sendable (UpdateMatrix) throws -> [Double]
  ) {
    method(
      name, sentence, returns: "Tensor [n].",
      example: Example(
        "print(fed.updates { {1, 0}, {0.8, 0.6}, {0, -1} }:\(name)())", prints: "Tensor [3] float32\n\(output)")
    ) { (u: UpdateMatrix) in Tensor.measured(try values(u)) }
  }
}

/// Distances, and searches over sets of updates.
extension ClassBuilder where Object == UpdateMatrix {
  mutating func addUpdatesDistances() {
    method(
      "distance", "Returns the Euclidean distance of each update to a vector, or to many.",
      Parameter("other", "A vector [d]; many as updates or a tensor [k, d]."),
      returns: "Tensor [n] for a vector, [n, k] for many; float64 where a distance is beyond float32.",
      example: Example("print(fed.updates { {3, 4}, {0, 1} }:distance { 0, 0 })", prints: "Tensor [2] float32\n  5  1")
    ) { (u: UpdateMatrix, other: Either<UpdateMatrix, TensorArgument>) in
      switch try Vectors(other) {
      case .one(let vector): Tensor.measured(try u.distances(to: vector))
      case .many(let vectors): Tensor.measured(try u.distances(to: vectors), shape: [u.count, vectors.count])
      }
    }
  }

  mutating func addUpdatesSubsets() {
    method(
      "centered_gram",
      "Returns the inner products of all pairs after a vector was subtracted from each, without copying them: rows far from zero lose nothing.",
      Parameter("vector", "A vector [d], such as the median."), returns: "Tensor [n, n], float64.",
      example: Example(
        "print(fed.updates { {1, 2}, {4, -2} }:centered_gram { 1, 0 })",
        prints: "Tensor [2, 2] float64\n   4  -4\n  -4  13")
    ) { (u: UpdateMatrix, vector: TensorArgument) in try u.centeredGram(around: vector.tensor()).tensor.clone() }
    method(
      "smallest_diameter_subset",
      "Finds the updates, as many as asked for, of which the two farthest apart are nearest to each other; of several sets, the first.",
      Parameter("count", "How many, from 1 to n.", check: .atLeast(1)), returns: "Positions of rows from 1, rising.",
      source: "El Mhamdi et al., ICML 2018, https://arxiv.org/abs/1802.07927, section 3",
      example: Example(
        "print(table.concat(fed.updates { {0}, {90}, {1}, {3} }:smallest_diameter_subset(3), \" \"))", prints: "1 3 4")
    ) { (u: UpdateMatrix, count: Int) in try u.smallestDiameterSubset(count).map { $0 + 1 } }
    method(
      "smallest_variance_subset",
      "Finds the updates, as many as asked for, whose covariance has the smallest largest eigenvalue; of several sets, the first. It looks at every set.",
      Parameter("count", "How many, from 1 to n.", check: .atLeast(1)), returns: "Positions of rows from 1, rising.",
      source: "Allouah et al., ICML 2023, https://arxiv.org/abs/2302.04787, section 5",
      example: Example(
        "print(table.concat(fed.updates { {0, 0}, {1, 0}, {6, 6}, {0, 1} }:smallest_variance_subset(3), \" \"))",
        prints: "1 2 4")
    ) { (u: UpdateMatrix, count: Int) in try u.smallestVarianceSubset(count).map { $0 + 1 } }
  }
}

/// One vector or many, told apart by their shape.
private enum Vectors {
  case one(Tensor)
  case many(UpdateMatrix)

  init(_ argument: Either<UpdateMatrix, TensorArgument>) throws {
    switch argument {
    case .first(let updates): self = .many(updates)
    case .second(let argument):
      let tensor = try argument.tensor()
      self = tensor.rank == 2 ? .many(try UpdateMatrix(tensor.to(.float32))) : .one(tensor)
    }
  }
}
