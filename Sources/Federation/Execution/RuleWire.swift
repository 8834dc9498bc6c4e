import Tensors

/// What rules and attacks get, as bytes: for those that run in a process of their own. A round crosses with what it
/// knows and without what it could ask the run for.
extension WireWriter {
  /// Writes all rows and whose they are.
  public mutating func write(_ updates: UpdateMatrix) {
    write(updates.tensor)
    write(updates.clientIDs)
    write(updates.sampleCounts)
    write(each: updates.sections) { writer, section in
      writer.write(section.name)
      writer.write(section.shape)
      writer.write([section.columns.lowerBound, section.columns.upperBound])
      writer.write(section.memoryOrder)
    }
  }

  /// Writes a mean and whose updates are in it.
  public mutating func write(_ mean: UpdateMean) {
    write(mean.update)
    write(mean.clientIDs)
    write(mean.sampleCounts)
    write(each: mean.norms) { $0.write($1) }
    write(each: mean.shares) { $0.write($1) }
  }

  /// Writes the tables of all pairs.
  public mutating func write(_ gram: UpdateGram) throws {
    let geometry = try gram.geometry()
    write(gram.dimension)
    write(gram.clientIDs)
    write(gram.sampleCounts)
    write(each: geometry.norms) { $0.write($1) }
    write(try geometry.gram().tensor)
    write(try geometry.squaredDistances().tensor)
  }

  /// Writes what a round knows.
  ///
  /// - Parameter root: Whether the root update goes along: it is trained where it was not yet.
  public mutating func write(_ round: Round, root: Bool) throws {
    for number in [round.number, round.clientCount, round.declaredByzantine, Int(bitPattern: UInt(round.seed))] {
      write(number)
    }
    write(round.cohort)
    write(round.global)
    write(round.previousUpdate) { $0.write($1) }
    write(each: round.history) { $0.write($1.json.text) }
    write(root && round.hasRootData ? try round.rootUpdate() : nil) { $0.write($1) }
  }

  /// Writes what an attacker sees.
  public mutating func write(_ context: AttackContext, root: Bool) throws {
    try write(context.round, root: root && context.knowledge == .everything)
    write(context.honest)
    write(context.own)
    write(context.knowledge.rawValue)
    write(context.exchange)
  }

  private mutating func write(_ numbers: [Int]) { write(each: numbers) { $0.write($1) } }
}

extension WireReader {
  /// Reads updates.
  public mutating func updates() throws -> UpdateMatrix {
    let rows = try tensor(), ids = try numbers(), counts = try numbers()
    let sections = try each { reader in
      let name = try reader.text(), shape = try reader.numbers(), columns = try reader.numbers()
      guard columns.count == 2, columns[0] >= 0, columns[0] <= columns[1] else { throw reader.fail("a section lies") }
      return UpdateSection(
        name: name, shape: shape, columns: columns[0]..<columns[1], memoryOrder: try reader.numbers())
    }
    return try UpdateMatrix(rows, clientIDs: ids, sampleCounts: counts, sections: sections)
  }

  /// Reads a mean.
  public mutating func mean() throws -> UpdateMean {
    UpdateMean(
      update: try tensor(), clientIDs: try numbers(), sampleCounts: try numbers(), norms: try each { try $0.double() },
      shares: try each { try $0.double() })
  }

  /// Reads tables of all pairs, which outlive the round.
  public mutating func gram() throws -> UpdateGram {
    let dimension = try int(), ids = try numbers(), counts = try numbers(), norms = try each { try $0.double() }
    guard let gram = PairTable(try tensor()), let distances = PairTable(try tensor()),
      [ids.count, counts.count, norms.count, gram.count, distances.count].allSatisfy({ $0 == ids.count })
    else { throw fail("a table of pairs is damaged") }
    return UpdateGram(
      dimension: dimension, clientIDs: ids, sampleCounts: counts,
      RoundGeometry(norms: norms, gram: gram, squaredDistances: distances))
  }

  /// Reads a round, which has no run to ask.
  public mutating func round() throws -> Round {
    let number = try int(), clients = try int(), byzantine = try int(), seed = UInt64(UInt(bitPattern: try int()))
    let cohort = try numbers(), global = try tensor(), previous = try optional { try $0.tensor() }
    let history = try each { reader in
      guard let json = JSONValue(try reader.text()), let record = RoundRecord(json) else {
        throw reader.fail("a record is damaged")
      }
      return record
    }
    return Round(
      number: number, cohort: cohort, clientCount: clients, declaredByzantine: byzantine, global: global,
      previousUpdate: previous, history: history, root: try optional { try $0.tensor() }, seed: seed)
  }

  /// Reads what an attacker sees.
  public mutating func attackContext() throws -> AttackContext {
    let round = try round(), honest = try updates(), own = try updates()
    guard let knowledge = Knowledge(rawValue: try text()) else { throw fail("there is no such knowledge") }
    return try AttackContext(round: round, honest: honest, own: own, exchange: try int()).limited(to: knowledge)
  }

  private mutating func numbers() throws -> [Int] { try each { try $0.int() } }
}
