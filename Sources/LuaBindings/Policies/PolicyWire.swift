import Federation
import LuaRuntime
import Tensors

/// A function of a policy on its way to the process that asks for it.
struct FunctionTicket: LuaWritable {
  static var luaType: String { "function" }
  let number: Int
  func write(_ frame: borrowing LuaFrame) -> Int32 { frame.writeNil() }
}

/// A rule of a policy on its way out.
struct RuleTicket: LuaWritable {
  static var luaType: String { "Aggregator" }
  let path: String
  let tolerated: Int?
  let rule: Int
  let memory: (save: Int, load: Int)?
  func write(_ frame: borrowing LuaFrame) -> Int32 { frame.writeNil() }
}

private enum WireTag: UInt8 {
  case `nil`, no, yes, integer, number, bytes, table, again, tensor, updates, mean, gram, round, context, stream,
    function, rule
}

/// Writes values for the other process.
struct PolicyWriter {
  var wire = WireWriter()
  /// Whether rounds take their root updates along.
  let sendsRoot: Bool
  private var tables: [ObjectIdentifier: Int] = [:]

  init(sendsRoot: Bool = false) { self.sendsRoot = sendsRoot }

  private mutating func tag(_ tag: WireTag) { wire.write(tag.rawValue) }

  mutating func write(each values: [CrossingValue]) throws {
    wire.write(values.count)
    for value in values { try write(value) }
  }

  mutating func write(_ value: CrossingValue) throws {
    switch value {
    case .nil: tag(.nil)
    case .boolean(let flag): tag(flag ? .yes : .no)
    case .integer(let number):
      tag(.integer)
      wire.write(number)
    case .number(let number):
      tag(.number)
      wire.write(number)
    case .bytes(let bytes):
      tag(.bytes)
      wire.write(block: bytes)
    case .table(let table): try write(table)
    case .other(let object): try write(object: object)
    }
  }

  private mutating func write(_ table: CrossingTable) throws {
    if let known = tables[ObjectIdentifier(table)] {
      tag(.again)
      wire.write(known)
      return
    }
    tag(.table)
    wire.write(table.entries.count)
    for entry in table.entries {
      try write(entry.key)
      try write(entry.value)
    }
    tables[ObjectIdentifier(table)] = tables.count
  }

  private mutating func write(object: any LuaWritable) throws {
    switch object {
    case let value as CrossingValue: try write(value)
    case let tensor as Tensor:
      tag(.tensor)
      wire.write(tensor.detach())
    case let updates as UpdateMatrix:
      tag(.updates)
      wire.write(updates)
    case let mean as UpdateMean:
      tag(.mean)
      wire.write(mean)
    case let gram as UpdateGram:
      tag(.gram)
      try wire.write(gram)
    case let stream as Stream:
      tag(.stream)
      for number in stream.draw({ $0.place }) { wire.write(Int(bitPattern: UInt(number))) }
    case let round as LuaRound:
      tag(.round)
      try wire.write(round.round, root: sendsRoot)
      for number in round.stream.draw({ $0.place }) { wire.write(Int(bitPattern: UInt(number))) }
    case let context as LuaAttackContext:
      tag(.context)
      try wire.write(context.context, root: sendsRoot)
    case let function as FunctionTicket:
      tag(.function)
      wire.write(function.number)
    case let rule as RuleTicket: write(rule)
    default:
      throw LuaFailure("a \(type(of: object).luaType) cannot enter or leave a policy in a process of its own")
    }
  }

  private mutating func write(_ rule: RuleTicket) {
    tag(.rule)
    wire.write(rule.path)
    wire.write(rule.tolerated) { $0.write($1) }
    wire.write(rule.rule)
    wire.write(rule.memory) { wire, memory in
      wire.write(memory.save)
      wire.write(memory.load)
    }
  }
}

/// Reads what ``PolicyWriter`` wrote, and trusts nothing of it.
struct PolicyReader {
  var wire: WireReader
  private let function: (FunctionTicket) throws -> any LuaWritable
  private let rule: (RuleTicket) throws -> any LuaWritable
  private var tables: [CrossingTable] = []

  init(
    _ wire: WireReader, function: @escaping (FunctionTicket) throws -> any LuaWritable = { $0 },
    rule: @escaping (RuleTicket) throws -> any LuaWritable = { $0 }
  ) {
    (self.wire, self.function, self.rule) = (wire, function, rule)
  }

  mutating func values() throws -> [CrossingValue] {
    let count = try wire.int()
    guard (0...wire.left).contains(count) else { throw wire.fail("a length lies") }
    return try (0..<count).map { _ in try value(depth: 0) }
  }

  private mutating func value(depth: Int) throws -> CrossingValue {
    guard depth <= 110, let tag = WireTag(rawValue: try wire.byte()) else { throw wire.fail("there is no such value") }
    switch tag {
    case .nil: return .nil
    case .no: return .boolean(false)
    case .yes: return .boolean(true)
    case .integer: return .integer(try wire.int())
    case .number: return .number(try wire.double())
    case .bytes: return .bytes(Array(try wire.block()))
    case .table: return .table(try table(depth: depth))
    case .again:
      let position = try wire.int()
      guard tables.indices.contains(position) else { throw wire.fail("there is no table \(position)") }
      return .table(tables[position])
    default: return .other(try object(tag))
    }
  }

  private mutating func table(depth: Int) throws -> CrossingTable {
    let table = CrossingTable(), count = try wire.int()
    guard (0...wire.left).contains(count) else { throw wire.fail("a length lies") }
    for _ in 0..<count {
      let key = try value(depth: depth + 1)
      switch key {
      case .boolean, .integer, .bytes: break
      case .number(let number) where !number.isNaN: break
      default: throw wire.fail("a key is no key")
      }
      table.entries.append((key, try value(depth: depth + 1)))
    }
    tables.append(table)
    return table
  }

  private mutating func object(_ tag: WireTag) throws -> any LuaWritable {
    switch tag {
    case .tensor: return try wire.tensor()
    case .updates: return try wire.updates()
    case .mean: return try wire.mean()
    case .gram: return try wire.gram()
    case .stream: return try stream()
    case .round: return LuaRound(try wire.round(), try stream())
    case .context: return LuaAttackContext(try wire.attackContext())
    case .function: return try function(FunctionTicket(number: wire.int()))
    default:
      let ticket = RuleTicket(
        path: try wire.text(), tolerated: try wire.optional { try $0.int() }, rule: try wire.int(),
        memory: try wire.optional { (try $0.int(), try $0.int()) })
      return try rule(ticket)
    }
  }

  private mutating func stream() throws -> Stream {
    let place = try (0..<4).map { _ in UInt64(UInt(bitPattern: try wire.int())) }
    guard let stream = RandomStream(place: place) else { throw wire.fail("a stream is damaged") }
    return Stream(stream)
  }
}
