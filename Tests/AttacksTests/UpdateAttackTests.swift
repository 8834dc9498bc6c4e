@testable import Attacks
import Federation
import Tensors
import Testing

@Suite struct UpdateAttackTests {
  /// The matrix of ByzFL's `tests/unit_test_attacks.py`, seen by two attackers with rows of their own.
  private func context(
    honest: [[Float]] = [[1, 2, 3], [4, 5, 6], [7, 8, 9]], own: [[Float]] = [[1, -2, 0.5], [2, 0, 1]], round: Int = 1
  ) throws -> AttackContext {
    func matrix(_ rows: [[Float]], _ first: Int) throws -> UpdateMatrix {
      try UpdateMatrix(
        Tensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count]), clientIDs: rows.indices.map { $0 + first })
    }
    let ids = Array(1...honest.count + own.count)
    return AttackContext(
      round: Round(number: round, cohort: ids, clientCount: ids.count, global: try .zeros([3]), seed: 5),
      honest: try matrix(honest, 1), own: try matrix(own, honest.count + 1))
  }

  @Test func `sign flip reverses and stretches the client's own update`() throws {
    #expect(try SignFlip(scale: 10).replace(context())?.floats == [-10, 20, -5, -20, 0, -10])
    #expect(try SignFlip().replace(context())?.floats == [-1, 2, -0.5, -2, 0, -1])
  }

  @Test func `scale stretches the client's own update`() throws {
    #expect(try Scale(factor: 3).replace(context())?.floats == [3, -6, 1.5, 6, 0, 3])
  }

  @Test func `alie with 1.5 deviations gives what ByzFL gives`() throws {
    #expect(try ALIE(deviations: 1.5).replace(context())?.floats == [8.5, 9.5, 10.5])
  }

  @Test func `alie goes as far as the formula of the paper lets it`() throws {
    // n = 10, m = 3: s = 3, and 4 / 7 of the normal distribution lie below 0.18.
    #expect(abs(ALIE.largestDeviation(clients: 10, byzantine: 3) - 0.180_012) < 1e-5)
    let honest = [[Float]](repeating: [0, 1, 2], count: 3) + [[Float]](repeating: [2, 3, 4], count: 4)
    let sent = try ALIE().replace(context(honest: honest, own: [[0, 0, 0], [0, 0, 0], [0, 0, 0]]))!.floats
    let mean: Float = 8.0 / 7, deviation = Float(4 * 12 / 49.0 / 6 * 7).squareRoot()
    #expect(abs(sent[0] - (mean + 0.180_012 * deviation)) < 1e-4)
  }

  @Test(arguments: [1e-30, 1e-15, 1e15, 1e30, 3e37] as [Float])
  func `alie holds at every size of numbers`(scale: Float) throws {
    let honest = [[1, 2, 3], [4, 5, 6], [7, 8, 9]].map { row in row.map { Float($0) * scale } }
    let sent = try ALIE(deviations: 1.5).replace(context(honest: honest))!.floats
    for (got, expected) in zip(sent, [8.5, 9.5, 10.5] as [Float]) { #expect(abs(got / scale - expected) < 1e-4) }
  }

  @Test func `alie needs two honest updates`() throws {
    #expect(throws: AttackError.tooFewHonest(attack: "alie", got: 1, needed: 2)) {
      try ALIE().replace(context(honest: [[1, 2, 3]]))
    }
  }

  @Test func `the normal quantile agrees with tables`() {
    #expect(abs(normalQuantile(0.975) - 1.959_963_985) < 1e-8)
    #expect(abs(normalQuantile(0.001) + 3.090_232_306) < 1e-8)
    #expect(abs(normalQuantile(0.5)) < 1e-12)
  }

  @Test func `noise has the deviation asked for and differs by client and round`() throws {
    let zero = [[Float]](repeating: [Float](repeating: 0, count: 20_000), count: 2)
    let sent = try GaussianNoise(deviation: 0.5).replace(context(own: zero))!
    let rows = try [sent.row(0).values, sent.row(1).values]
    for row in rows {
      let mean = row.reduce(0, +) / 20_000, square = row.reduce(0) { $0 + $1 * $1 } / 20_000
      #expect(abs(mean) < 0.015 && abs(square.squareRoot() - 0.5) < 0.01)
    }
    #expect(rows[0] != rows[1])
    #expect(try GaussianNoise(deviation: 0.5).replace(context(own: zero))!.floats == sent.floats)
    #expect(try GaussianNoise(deviation: 0.5).replace(context(own: zero, round: 2))!.floats != sent.floats)
  }

  @Test func `noise is added, or stands alone if asked`() throws {
    let added = try GaussianNoise(deviation: 0).replace(context())!.floats
    #expect(added == [1, -2, 0.5, 2, 0, 1])
    #expect(try GaussianNoise(deviation: 0, replacesUpdate: true).replace(context())!.floats == [0, 0, 0, 0, 0, 0])
  }

  @Test func `noise may be measured by the norm of the update`() throws {
    let own = [[Float]](repeating: [Float](repeating: 0.02, count: 10_000), count: 2)
    let unit = try GaussianNoise(deviation: 1, replacesUpdate: true).replace(context(own: own))!
    for (kind, factor) in [(GaussianNoise.Unit.norm, 2.0), (.rms, 0.02)] {
      let noise = try GaussianNoise(deviation: 1, unit: kind, replacesUpdate: true).replace(context(own: own))!
      let difference = try noise.sub(unit.mul(factor)).abs().max().item()
      #expect(difference < 1e-5 * factor)
    }
  }

  @Test func `a negative deviation is refused`() throws {
    let error = AttackError.option(attack: "gaussian_noise", name: "sigma", got: -1, allowed: "0 or more is needed")
    #expect(throws: error) { try GaussianNoise(deviation: -1).replace(context()) }
  }

  @Test func `no attack changes the rows it was shown`() throws {
    let seen = try context()
    let attacks: [any UpdateAttack] = [SignFlip(), Scale(factor: 2), ALIE(deviations: 1), GaussianNoise(deviation: 1)]
    for attack in attacks {
      let sent = try #require(try attack.replace(seen))
      #expect(sent.floats.allSatisfy { $0.isFinite })
      try sent.fill_(9)
    }
    #expect(seen.own.tensor.floats == [1, -2, 0.5, 2, 0, 1])
    #expect(seen.honest.tensor.floats == [1, 2, 3, 4, 5, 6, 7, 8, 9])
  }

  @Test func `an attack rests where its schedule has no value`() throws {
    let burst = Schedule { round in (2...3).contains(round) ? 5 : nil }
    let attack = Scale(factor: burst)
    #expect(try attack.replace(context(round: 1)) == nil)
    #expect(try attack.replace(context(round: 3))?.floats.first == 5)
    #expect(try attack.replace(context(round: 4)) == nil)
  }

  @Test func `a schedule that gives no number is an error`() throws {
    let error = try #require(throws: AttackError.self) { try Schedule { _ in .nan }.value(in: 4) }
    #expect("\(error)" == "schedule: the value of round 4 is nan; a finite number is needed")
  }
}
