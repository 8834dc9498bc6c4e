import LuaRuntime
import Tensors

/// One place of a key: a position, or the first and last of a run.
private typealias IndexPart = Either<Int, [Int]>

/// A key: a position along the first axis, or a part for each of the first axes.
private enum IndexKey: LuaReadable, Sendable {
  case position(Int)
  /// Two positions, `{i, j}`: told apart from other tables since scripts read matrices so, element by element.
  case pair(Int, Int)
  case parts([IndexPart])
  /// Ones where something is taken.
  case mask(Tensor)

  static var luaType: String { "integer|(integer|integer[])[]|Tensor" }

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> IndexKey {
    switch frame.kind(index) {
    case .number: return .position(try frame.integer(index))
    case .table:
      if let pair = frame.integerPair(index) { return .pair(pair.0, pair.1) }
      return .parts(try [IndexPart].read(frame, index))
    case .userdata: return .mask(try Tensor.read(frame, index))
    default: throw frame.typeFailure(index, expected: "integer, table of positions or mask")
    }
  }

  var parts: [IndexPart] {
    switch self {
    case .position(let position): [.first(position)]
    case .pair(let first, let second): [.first(first), .first(second)]
    case .parts(let parts): parts
    case .mask: []
    }
  }
}

extension ClassBuilder where Object == Tensor {
  /// `x[i]`, `x[{i, j}]`, `x[{ {1, 2}, 3 }]` and assignments to them.
  mutating func addTensorIndexing() {
    index(
      "Returns an element of a vector as a number, or a view of what lies at a position of the first axes.",
      Parameter(
        "key",
        "A position from 1, or from -1 at the end; or a table with a position or a run { first, last } for each axis; "
          + "or a mask of zeros and ones: one element a row, or of this shape."),
      returns: "A number where every axis is named by a position, else a view; for a mask a copy of what it marks.",
      example: Example(
        "local x = fed.tensor { {1, 2, 3}, {4, 5, 6} }\nprint(x[1][2], x[{2, -1}])\nprint(x[{ {1, 2}, 2 }])",
        prints: "2.0\t6.0\nTensor [2] float32\n  2  5")
    ) { (x: Tensor, key: IndexKey) in try x.indexed(key) }
    setIndex(
      "Writes a number, or a tensor that stretches there, to what the key names.",
      Parameter("key", "As for reading."), Parameter("value", "A number, or a tensor that stretches to the place."),
      example: Example(
        "local x = fed.zeros(2, 2)\nx[1] = 7\nx[{2, 1}] = -1\nprint(x)",
        prints: "Tensor [2, 2] float32\n   7   7\n  -1   0")
    ) { (x: Tensor, key: IndexKey, value: TensorOrNumber) in
      if case .mask(let mask) = key {
        return try x.assign(where: mask, value.tensor?.to(x.elementType) ?? value.tensor(x.elementType))
      }
      if case .second(let number) = value, let offset = try x.elementOffset(key) {
        return try x.write(number, at: offset)
      }
      let place = try x.view(key)
      switch value {
      case .first(let tensor): try place.copy_(tensor.to(x.elementType))
      case .second(let number): try place.fill(number)
      }
    }
  }
}

extension Tensor {
  /// What a key names.
  fileprivate func indexed(_ key: IndexKey) throws -> Indexed {
    if let offset = try elementOffset(key) { return scalar(offset) }
    if case .mask(let mask) = key { return .tensor(try select(where: mask)) }
    return try view(key).indexed
  }

  fileprivate func write(_ number: Number, at offset: Int) throws {
    if let integer = number.integer, elementType == .int64 { return try setInteger(offset: offset, integer) }
    try setElement(offset: offset, number.float)
  }

  /// Where the one element lies that a key names, found without making views of its surroundings; nil for most keys.
  fileprivate func elementOffset(_ key: IndexKey) throws -> Int? {
    switch key {
    case .position(let position) where rank == 1: offset + (try place(position, 0)) * strides[0]
    case .pair(let row, let column) where rank == 2:
      offset + (try place(row, 0)) * strides[0] + (try place(column, 1)) * strides[1]
    default: nil
    }
  }

  private func scalar(_ offset: Int) -> Indexed {
    elementType.isFloat ? .number(number(at: offset)) : .integer(integer(at: offset))
  }

  fileprivate func view(_ key: IndexKey) throws -> Tensor {
    let parts = key.parts
    guard parts.count <= rank else {
      throw LuaFailure("a key of \(parts.count) positions does not fit a tensor of shape \(shape)")
    }
    var view = self, axis = 0
    for part in parts {
      switch part {
      case .first(let position): view = try view.select(axis: axis, view.place(position, axis))
      case .second(let run):
        guard run.count == 2 else {
          throw LuaFailure("a run needs a first and a last position, got \(run.count) numbers")
        }
        let first = try view.place(run[0], axis), last = try view.place(run[1], axis)
        view = try view.narrow(axis: axis, start: first, count: Swift.max(0, last - first + 1))
        axis += 1
      }
    }
    return view
  }

  /// A position as the compute core counts; it complains of an axis that does not exist.
  func place(_ position: Int, along axis: Axis) throws -> Int {
    let resolved = axis.index < 0 ? rank + axis.index : axis.index
    return shape.indices.contains(resolved) ? try place(position, resolved) : 0
  }

  /// A position as the compute core counts.
  fileprivate func place(_ position: Int, _ axis: Int) throws -> Int {
    let size = shape[axis], place = position < 0 ? size + position : position - 1
    guard (0..<size).contains(place), position != 0 else {
      throw LuaFailure(
        size == 0
          ? "position \(position) does not exist; the axis is empty"
          : "position \(position) does not exist; 1 to \(size), or -\(size) to -1 from the end, is allowed")
    }
    return place
  }

  /// A number where no axis is left, else the tensor itself.
  var indexed: Indexed {
    rank == 0 ? scalar(offset) : .tensor(self)
  }
}

/// What a key names: a number where no axis is left, else a view.
enum Indexed: LuaWritable {
  case tensor(Tensor)
  case integer(Int)
  case number(Double)

  static var luaType: String { "number|Tensor" }

  func write(_ frame: borrowing LuaFrame) -> Int32 {
    switch self {
    case .tensor(let tensor): tensor.write(frame)
    case .integer(let value): value.write(frame)
    case .number(let value): value.write(frame)
    }
  }
}
