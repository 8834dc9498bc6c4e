import Federation
import Tensors
import Testing

/// Arithmetic on updates against loops over their numbers.
@Suite struct UpdateAlgebraTests {
  private static let sections = [
    UpdateSection(name: "w", shape: [2, 3], columns: 0..<6, memoryOrder: [1, 0]),
    UpdateSection(name: "b", shape: [3], columns: 6..<9),
  ]
  private let rows = honestRows(4, 9)
  private var exact: [[Double]] { rows.map { $0.map(Double.init) } }

  private func updates() throws -> UpdateMatrix {
    try UpdateMatrix(
      matrix(rows).tensor, clientIDs: [3, 5, 8, 9], sampleCounts: [10, 20, 30, 40], sections: Self.sections)
  }

  private func keepsClients(_ result: UpdateMatrix) -> Bool {
    result.clientIDs == [3, 5, 8, 9] && result.sampleCounts == [10, 20, 30, 40]
  }

  @Test func `arithmetic keeps clients and layers and leaves the rows as they are`() throws {
    let updates = try updates(), vector = honestRows(1, 9, seed: 4)[0]
    let results = [
      try updates.minus(Tensor(vector)), try updates.minus(updates), try updates.scaled([1, 2, 3, 4]),
      try updates.unit(), try updates.clipped(to: 0.5), try updates.with(updates.tensor.abs()),
      try updates.nearestMeans(2),
    ]
    for result in results {
      #expect(keepsClients(result) && result.sections == Self.sections)
      #expect(result.tensor.storage !== updates.tensor.storage)
    }
    #expect(updates.tensor.floats == rows.flatMap { $0 })
  }

  @Test func `differences, multiples and unit lengths are what they are called`() throws {
    let updates = try updates(), vector = honestRows(1, 9, seed: 4)[0], factors = [2, -0.5, 0, 1e-3]
    let minus = exact.map { row in zip(row, vector).map { $0 - Double($1) } }
    #expect(agrees(try updates.minus(Tensor(vector)).tensor.floats, minus.flatMap { $0 }, 1e-6))
    #expect(try updates.minus(updates).tensor.floats.allSatisfy { $0 == 0 })
    let scaled = zip(exact, factors).map { row, factor in row.map { $0 * factor } }
    #expect(agrees(try updates.scaled(factors).tensor.floats, scaled.flatMap { $0 }, 1e-6))
    let unit = exact.map { row in row.map { $0 / Oracle.norm(row) } }
    #expect(agrees(try updates.unit().tensor.floats, unit.flatMap { $0 }, 1e-6))
    #expect(try matrix([[0, 0], [3, 4]]).unit().tensor.floats == [0, 0, 0.6, 0.8])
  }

  @Test func `cosines with a vector, with many and row by row agree with sums`() throws {
    let updates = try updates(), others = honestRows(3, 9, seed: 6), exactOthers = others.map { $0.map(Double.init) }
    let many = exact.flatMap { row in exactOthers.map { Oracle.cosine(row, $0) } }
    #expect(agrees(try updates.cosines(to: matrix(others)), many, 1e-6))
    #expect(agrees(try updates.cosines(to: Tensor(others[1])), exact.map { Oracle.cosine($0, exactOthers[1]) }, 1e-6))
    let products = exact.flatMap { row in exactOthers.map { Oracle.dot(row, $0) } }
    #expect(agrees(try updates.products(with: matrix(others), for: "dot"), products, 1e-6))
    let back = try matrix(Array(rows.reversed()))
    let byRow = zip(exact, exact.reversed()).map { Oracle.cosine($0, $1) }
    #expect(agrees(try updates.cosinesByRow(to: back), byRow, 1e-6))
  }

  @Test func `cosines to the others agree with sums`() throws {
    let updates = try updates()
    let others = (0..<4).map { i in (0..<4).filter { $0 != i }.map { exact[$0] } }
    let cosines = zip(exact, others).map { row, others in others.map { Oracle.cosine(row, $0) } }
    #expect(agrees(try updates.largestPeerCosines(), cosines.map { $0.max()! }, 1e-6))
    #expect(agrees(try updates.meanPeerCosines(), cosines.map { $0.reduce(0, +) / 3 }, 1e-6))
    let meanOthers = zip(exact, others).map { Oracle.cosine($0, Oracle.mean($1)) }
    #expect(agrees(try updates.leaveOneOutCosines(), meanOthers, 1e-6))
    let alone = try matrix([[1, 2]])
    #expect(
      try alone.largestPeerCosines() == [0] && alone.meanPeerCosines() == [0] && alone.leaveOneOutCosines() == [0])
  }

  @Test func `a long row does not drown what the others have in common`() throws {
    let updates = try matrix([[1e25, 1e25], [1, 0], [0.8, 0.6]])
    let cosines = try updates.leaveOneOutCosines()
    #expect(abs(cosines[0] - Oracle.cosine([1, 1], [0.9, 0.3])) < 1e-6)
  }

  @Test func `columns and layers are copied in the order asked for`() throws {
    let updates = try updates()
    let some = try updates.columns([7, 0, 7])
    #expect(keepsClients(some) && some.sections.isEmpty)
    #expect(some.tensor.floats == rows.flatMap { [$0[7], $0[0], $0[7]] })
    let layers = try updates.layers(["b", "w"])
    #expect(keepsClients(layers) && layers.sections.map(\.columns) == [0..<3, 3..<9])
    #expect(layers.tensor.floats == rows.flatMap { Array($0[6...]) + Array($0[..<6]) })
    #expect(layers.sections[1].memoryOrder == [1, 0])
    for bad in [[], [9], [-1]] { #expect(throws: FederationError.self) { try updates.columns(bad) } }
    #expect(throws: FederationError.self) { try updates.layers(["b", "none"]) }
  }

  @Test func `a parameter is seen in its own shape, without copying`() throws {
    let updates = try updates(), weights = try updates.parameter("w")
    #expect(weights.shape == [4, 2, 3] && weights.storage === updates.tensor.storage)
    for row in 0..<4 {
      for i in 0..<2 {
        // The columns hold the transpose: [3, 2] row by row.
        for j in 0..<3 { #expect(weights.element(at: [row, i, j]) == Double(rows[row][2 * j + i])) }
      }
    }
    #expect(try updates.layers(["b", "w"]).parameter("w").floats == weights.floats)
  }

  @Test func `signs are counted, zero among them`() throws {
    let updates = try matrix([[1, 0, -2, -3, 0], [-1, 2, -2, 1, 0]])
    #expect(agrees(try updates.signShares(), [0.4, 0.4, 0.2, 0.4, 0.2, 0.4], 1e-12))
    let agreements = try updates.signAgreements(with: Tensor([5, 0, -1, 2, 1] as [Float]))
    #expect(agrees(agreements, [0.6, 0.4], 1e-12))
  }

  @Test func `a mean around the median keeps as many values as asked for where values are equal`() throws {
    let rows: [[Float]] = [[0, 1, 5], [0, 1, 6], [0, 2, 7], [0, 3, 8], [9, 3, 9]]
    let exact = rows.map { $0.map(Double.init) }
    for keep in 1...5 {
      let result = try matrix(rows).meanAroundMedian(keep: keep).floats
      #expect(agrees(result, Oracle.meanAroundMedian(exact, keep: keep), 1e-6))
    }
    #expect(try matrix([[4, 4], [4, 4], [4, 4]]).meanAroundMedian(keep: 2).floats == [4, 4])
    for keep in [0, 6] { #expect(throws: FederationError.self) { try matrix(rows).meanAroundMedian(keep: keep) } }
  }

  @Test(arguments: [2, 3]) func `any number of threads gives the same bits`(threads: Int) throws {
    let rows = honestRows(5, 9000), vector = Tensor(honestRows(1, 9000, seed: 3)[0])
    let facts: (UpdateMatrix) throws -> [[Double]] = { updates in
      [
        try updates.minus(vector).tensor.values, try updates.unit().tensor.values,
        try updates.signAgreements(with: vector), try updates.sketch(size: 50, seed: 1).tensor.values,
        try updates.cosines(to: vector), try updates.neighborScores(2, keepsTable: false),
        try updates.nearestMeans(2).tensor.values, try updates.norms(for: "test"),
        try updates.absoluteDistances().values, try updates.signSums().values,
        try updates.largest(700).tensor.values, try updates.signAgreements(with: vector, largest: 700),
      ]
    }
    let alone = try facts(matrix(rows))
    #expect(try Parallel.withThreads(threads) { try facts(matrix(rows)) } == alone)
  }
}

@Suite struct SketchTests {
  @Test func `inner products stay in expectation, with the spread that theory gives`() throws {
    let rows = honestRows(2, 400), exact = rows.map { $0.map(Double.init) }, updates = try matrix(rows)
    let product = Oracle.dot(exact[0], exact[1]), scale = Oracle.norm(exact[0]) * Oracle.norm(exact[1])
    let size = 64, seeds = 400
    let errors = try (0..<seeds).map { seed -> Double in
      let sketch = try updates.sketch(size: size, seed: UInt64(seed)).tensor
      return (Oracle.dot(try sketch.row(0).values, try sketch.row(1).values) - product) / scale
    }
    let mean = errors.reduce(0, +) / Double(seeds)
    let spread = (errors.reduce(0) { $0 + $1 * $1 } / Double(seeds)).squareRoot(),
      bound = (2 / Double(size)).squareRoot()
    // The mean of 400 draws is within four of its standard errors of 0.
    #expect(abs(mean) < 4 * bound / Double(seeds).squareRoot())
    #expect(spread < 1.2 * bound && spread > 0.3 * bound)
  }

  @Test func `a sketch is linear, and one seed gives one sketch`() throws {
    let rows = honestRows(2, 60), updates = try matrix(rows), both = try matrix([zip(rows[0], rows[1]).map { $0 + $1 }])
    let sketch = try updates.sketch(size: 16, seed: 3).tensor
    let sum = zip(try sketch.row(0).values, try sketch.row(1).values).map { $0 + $1 }
    #expect(agrees(try both.sketch(size: 16, seed: 3).tensor.floats, sum, 1e-5))
    #expect(try updates.sketch(size: 16, seed: 3).tensor.floats == sketch.floats)
    #expect(try updates.sketch(size: 16, seed: 4).tensor.floats != sketch.floats)
    for size in [0, Int.max] { #expect(throws: FederationError.self) { try updates.sketch(size: size, seed: 1) } }
  }
}

@Suite struct NeighborTests {
  @Test(arguments: [true, false]) func `the nearest rows come by distance and then by place`(keepsTable: Bool) throws {
    let updates = try matrix([[0], [1], [2], [9], [1]])
    let nearest = try updates.nearest(3, keepsTable: keepsTable).integers
    #expect(nearest == [0, 1, 4, 1, 4, 0, 2, 1, 4, 3, 2, 1, 4, 1, 0])
  }

  @Test(arguments: [true, false]) func `many rows have the neighbours that few have`(keepsTable: Bool) throws {
    let rows = honestRows(40, 6), exact = rows.map { $0.map(Double.init) }, updates = try matrix(rows)
    for neighbors in [1, 7, 38, 60] {
      let scores = try updates.neighborScores(neighbors, keepsTable: keepsTable)
      #expect(agrees(scores, (0..<40).map { Oracle.neighborScore(exact, $0, neighbors) }, 1e-5))
    }
    for count in [1, 13, 40] {
      let means = try updates.nearestMeans(count, keepsTable: keepsTable).tensor.floats
      #expect(agrees(means, Oracle.nearestMeans(exact, count).flatMap { $0 }, 1e-5))
    }
  }

  @Test func `a Gram matrix by bands is the one by blocks`() throws {
    // More rows than are compared at once, and more columns than one band has.
    let rows = honestRows(520, 1030), updates = try matrix(rows), few = try matrix(Array(rows[250..<260]))
    let gram = try updates.gram(for: "test"), part = try few.gram(for: "test")
    for i in 0..<10 {
      for j in 0..<10 { #expect(abs(gram[250 + i, 250 + j] - part[i, j]) <= 1e-6 * part[i, i]) }
    }
    #expect(gram[3, 519] == gram[519, 3])
    let exact = Oracle.dot(rows[3].map(Double.init), rows[519].map(Double.init))
    #expect(abs(gram[3, 519] - exact) <= 1e-6 * gram[3, 3])
  }

  @Test func `counts that cannot be are refused`() throws {
    let updates = try matrix([[1], [2]])
    #expect(throws: FederationError.self) { try updates.neighborScores(0) }
    for count in [0, 3, Int.max, Int.min] {
      #expect(throws: FederationError.self) { try updates.nearest(count) }
      #expect(throws: FederationError.self) { try updates.nearestMeans(count) }
    }
  }
}
