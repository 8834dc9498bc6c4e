import Federation
import LuaRuntime
import Tensors

/// Turns what a policy remembers into a checkpoint's data and back: nothing is lost, whole numbers stay whole, and
/// numbers keep their bits.
extension PolicyState {
  init(saving value: LuaValue) throws {
    self.init(json: .null)
    json = try saved(value, depth: 0)
  }

  private mutating func saved(_ value: LuaValue, depth: Int) throws -> JSONValue {
    guard depth < 100 else { throw LuaFailure("on_save: tables are nested too deep, or one holds itself") }
    switch value {
    case .nil: return .null
    case .boolean(let flag): return .bool(flag)
    case .integer(let number): return .int(number)
    case .number(let number): return .object([("number", .double(number))])
    case .string(let text): return .string(text)
    case .table(let table): return try saved(table, depth: depth)
    case .function, .other:
      guard let tensor = value.as(Tensor.self) else {
        throw LuaFailure(
          "on_save: a \(value.typeName) cannot be saved; numbers, strings, booleans, tensors and tables can")
      }
      tensors.append(tensor.detach())
      return .object([("tensor", .int(tensors.count - 1))])
    }
  }

  private mutating func saved(_ table: LuaTable, depth: Int) throws -> JSONValue {
    var pairs: [JSONValue] = []
    for (key, value) in try table.entries() {
      let name: JSONValue
      switch key {
      case .integer(let number): name = .int(number)
      case .string(let text): name = .string(text)
      case .number(let number):
        throw LuaFailure("on_save: the key \(number) cannot be saved; strings and whole numbers can")
      }
      pairs.append(.array([name, try saved(value, depth: depth + 1)]))
    }
    return .object([("table", .array(pairs))])
  }

  func restored(in state: LuaState) throws -> LuaValue { try restored(json, in: state) }

  private func restored(_ json: JSONValue, in state: LuaState) throws -> LuaValue {
    switch json {
    case .null: return .nil
    case .bool(let flag): return .boolean(flag)
    case .int(let number): return .integer(number)
    case .string(let text): return .string(text)
    case .double, .array: throw LuaFailure("on_load: the saved state is damaged")
    case .object:
      if let number = json["number"]?.double { return .number(number) }
      if let position = json["tensor"]?.int, tensors.indices.contains(position) {
        return try state.value(of: tensors[position])
      }
      guard let pairs = json["table"]?.array else { throw LuaFailure("on_load: the saved state is damaged") }
      return .table(try restored(pairs, in: state))
    }
  }

  private func restored(_ pairs: [JSONValue], in state: LuaState) throws -> LuaTable {
    let table = try state.evaluate("return {}", as: LuaTable.self)
    for pair in pairs {
      guard let pair = pair.array, pair.count == 2 else { throw LuaFailure("on_load: the saved state is damaged") }
      let value = try restored(pair[1], in: state)
      if let number = pair[0].int { try table.set(number, value) } else { try table.set(pair[0].string ?? "", value) }
    }
    return table
  }
}

extension LuaState {
  /// Any writable value as a Lua value of this state.
  func value(of writable: some LuaWritable) throws -> LuaValue {
    try evaluate("return function(x) return x end", as: LuaFunction.self)(writable, returning: LuaValue.self)
  }
}

extension JSONValue {
  /// Data of a script for a run's records: sequences become arrays, other tables objects with sorted names.
  init(_ value: LuaValue, what: String, depth: Int = 0) throws {
    guard depth < 100 else { throw LuaFailure("\(what): tables are nested too deep, or one holds itself") }
    switch value {
    case .nil: self = .null
    case .boolean(let flag): self = .bool(flag)
    case .integer(let number): self = .int(number)
    case .number(let number): self = .double(number)
    case .string(let text): self = .string(text)
    case .table(let table):
      let entries = try table.entries()
      if !entries.isEmpty, try entries.count == table.count {
        self = .array(try entries.map { try JSONValue($0.value, what: what, depth: depth + 1) })
      } else {
        self = .object(try entries.map { ("\($0.key)", try JSONValue($0.value, what: what, depth: depth + 1)) })
      }
    case .function, .other:
      if let tensor = value.as(Tensor.self), tensor.count <= 10_000 {
        self = .doubles(tensor.values)
      } else {
        self = .string(value.typeName)
      }
    }
  }
}
