public import LuaRuntime
public import Tensors

extension Tensor: LuaObject {
  public static let luaClass = LuaClass("Tensor")

  /// A view counts for what it shows: many rows of one matrix do not make it many matrices.
  public var luaByteCount: Int { Swift.min(byteCount, storage.byteCount) }
}

/// Numbers in tables in tables, as a script writes a tensor: `{ {1, 2}, {3, 4} }`.
public indirect enum NestedNumbers: LuaReadable, Sendable {
  case number(Number)
  case list([NestedNumbers])

  public static var luaType: String { "number|table" }

  /// Each level of tables stands one place higher on the stack, so the place bounds the depth: a table may hold itself.
  private static let deepest: Int32 = 40

  public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> NestedNumbers {
    switch frame.kind(index) {
    case .number: return .number(try Number.read(frame, index))
    case .table:
      guard index < deepest else { throw LuaFailure("tables are nested too deep for a tensor") }
      return .list(try [NestedNumbers].read(frame, index))
    default: throw frame.typeFailure(index, expected: "number or table of numbers")
    }
  }

  /// Numbers alone or tables alone, all of one shape. Whole numbers stay exact where the type holds them.
  func tensor(_ type: ElementType) throws -> Tensor {
    var values: [Number] = []
    let shape = try collect(into: &values)
    if type == .int64 {
      return Trace.outside { Tensor(labels: values.map { $0.integer ?? Int(saturating: $0.float) }, shape: shape) }
    }
    return Trace.outside { Tensor(values.map(\.float), shape: shape).to(type) }
  }

  private func collect(into values: inout [Number]) throws -> [Int] {
    switch self {
    case .number(let number):
      values.append(number)
      return []
    case .list(let list):
      var first: [Int]?
      for (position, element) in list.enumerated() {
        let shape = try element.collect(into: &values)
        if let first, shape != first {
          throw LuaFailure(
            "element \(position + 1) has shape \(shape), the first has \(first); all elements of a table must be alike")
        }
        first = first ?? shape
      }
      return [list.count] + (first ?? [])
    }
  }
}

/// A tensor, or a table or number that stands for one.
public struct TensorArgument: LuaReadable {
  public static var luaType: String { "Tensor|number|table" }

  private let value: Either<Tensor, NestedNumbers>

  public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> TensorArgument {
    // Named one by one, so that a message tells which element of a table is wrong.
    switch frame.kind(index) {
    case .table, .number: TensorArgument(value: .second(try NestedNumbers.read(frame, index)))
    default: TensorArgument(value: .first(try Tensor.read(frame, index)))
    }
  }

  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    Tensor.matches(frame, index) || frame.kind(index) == .table || frame.kind(index) == .number
  }

  /// The tensor itself, or a new one of the given type.
  public func tensor(_ type: ElementType = .float32) throws -> Tensor {
    switch value {
    case .first(let tensor): tensor
    case .second(let numbers): try numbers.tensor(type)
    }
  }
}

/// An axis as scripts count them: from 1, or from -1 at the end.
public struct Axis: LuaReadable, CustomStringConvertible, Sendable {
  public static var luaType: String { "integer" }

  /// As the compute core counts: from 0, or from -1 at the end.
  public let index: Int

  public init(_ index: Int) { self.index = index }

  public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Axis {
    let number = try frame.integer(index)
    if number == 0 { throw LuaFailure("axis 0 does not exist; axes count from 1, or from -1 at the end") }
    return Axis(number > 0 ? number - 1 : number)
  }

  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool { Int.matches(frame, index) }

  public var description: String { "\(index < 0 ? index : index + 1)" }
}

/// The kind of number in a tensor, by its name.
extension ElementType: LuaReadable, LuaWritable, LuaDefault {
  /// The name in quotes.
  public var luaText: String { "\"\(rawValue)\"" }

  public static var luaType: String { "string" }

  public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> ElementType {
    let name = try frame.string(index)
    guard let type = ElementType(rawValue: name) else {
      let known = ElementType.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw LuaFailure("type \"\(name)\" does not exist; it must be one of \(known)")
    }
    return type
  }

  public func write(_ frame: borrowing LuaFrame) -> Int32 { rawValue.write(frame) }
}

/// What `fed.tensor` takes: a tensor, a number, or tables of numbers, of which the outermost may name a type.
struct TensorLiteral: LuaReadable {
  static var luaType: String { "Tensor|number|table" }

  private let value: Either<Tensor, NestedNumbers>
  private let type: ElementType?

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> TensorLiteral {
    switch frame.kind(index) {
    case .table:
      let list: [NestedNumbers] = try frame.sequence(index, named: ["type"])
      return TensorLiteral(value: .second(.list(list)), type: try frame.named("type", of: index))
    case .number: return TensorLiteral(value: .second(try NestedNumbers.read(frame, index)), type: nil)
    default: return TensorLiteral(value: .first(try Tensor.read(frame, index)), type: nil)
    }
  }

  /// The tensor of a type that is given beside the table; else of the table's own, or float32.
  func tensor(_ given: ElementType?) throws -> Tensor {
    if let given, let type, given != type {
      throw LuaFailure("type \"\(type)\" stands in the table and \"\(given)\" behind it; one of them is needed")
    }
    switch value {
    case .first(let tensor): return tensor.to(given ?? .float32)
    case .second(let numbers): return try numbers.tensor(given ?? type ?? .float32)
    }
  }
}
