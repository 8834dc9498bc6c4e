public import Datasets
import Federation
public import LuaRuntime
public import Networks
public import Tensors

/// What a run's records say of the values that made it.
extension JSONValue {
  /// An account as records keep it: objects by `name` and `options`, functions by `source`, `line` and a hash of their
  /// text, with the variables that they captured.
  init(_ account: Account) {
    switch account {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .double(let value): self = .double(value)
    case .string(let value): self = .string(value)
    case .list(let values): self = .array(values.map(JSONValue.init))
    case .fields(let fields): self = JSONValue(fields)
    case .made(let path, let options, let beside):
      self = .object(
        [(RunAccount.name, .string(path)), (RunAccount.options, JSONValue(options))]
          + beside.map { ($0.name, JSONValue($0.value)) })
    case .function(let function):
      let text: JSONValue = function.text.map { .string(SHA256.hex($0)) } ?? .null
      var members: [(String, JSONValue)] = [
        (RunAccount.function, .string(function.source)), (RunAccount.line, .int(function.line)), ("sha256", text),
      ]
      if !function.captured.isEmpty { members.append(("captured", JSONValue(function.captured))) }
      self = .object(members)
    }
  }

  init(_ fields: [Account.Field]) { self = .object(fields.map { ($0.name, JSONValue($0.value)) }) }
}

extension Tensor: LuaAccountable {
  /// Shape and a hash of the values.
  public func account(isMade: Bool) -> [Account.Field] {
    let shape = Account.Field("shape", .list(shape.map { .int($0) }))
    return [shape, .init("sha256", sampleHash().map { .string($0) } ?? .null)]
  }
}

extension Dataset: LuaAccountable {
  /// Samples and a hash of them; nothing where the call that made the set says it all.
  public func account(isMade: Bool) -> [Account.Field] {
    if isMade { return [] }
    return [
      .init("name", .string(name)), .init("samples", .int(count)),
      .init("sha256", (try? contentHash()).map { .string($0) } ?? .null),
    ]
  }
}

extension Model: LuaAccountable {
  /// A hash of the values, where they are no longer those that the run's seed gives.
  public func account(isMade: Bool) -> [Account.Field] {
    let layout = Account.Field("layout", .string(self.layout.digest))
    let values: [Account.Field] =
      isUntouched ? [] : [.init("values", (try? vector())?.sampleHash().map { .string($0) } ?? .null)]
    return isMade ? values : [layout] + values
  }
}
