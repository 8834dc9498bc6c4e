import LuaRuntime
import Tensors

extension ClassBuilder where Object == Tensor {
  /// Other ways to look at the same memory.
  mutating func addTensorViews() {
    addParts()
    addRows()
    addShapes()
    addCopies()
  }

  private mutating func addParts() {
    method(
      "narrow", "Keeps some positions along an axis, as a view of the same memory.", Parameter("axis", "The axis."),
      Parameter("start", "First position, from 1, or from -1 at the end."), Parameter("count", "How many."),
      returns: "The view.",
      example: Example("print(fed.tensor { 1, 2, 3, 4 }:narrow(1, 2, 2))", prints: "Tensor [2] float32\n  2  3")
    ) { (x: Tensor, axis: Axis, start: Int, count: Int) in
      try x.narrow(axis: axis.index, start: x.place(start, along: axis), count: count)
    }
    method(
      "select", "Takes one position along an axis, which goes; a view of the same memory.",
      Parameter("axis", "The axis."),
      Parameter("position", "Position from 1, or from -1 at the end."), returns: "The view.",
      example: Example("print(fed.tensor { {1, 2}, {3, 4} }:select(2, 1))", prints: "Tensor [2] float32\n  1  3")
    ) { (x: Tensor, axis: Axis, position: Int) in
      try x.select(axis: axis.index, x.place(position, along: axis))
    }
    method(
      "row", "Takes one position along the first axis, as a view of the same memory.",
      Parameter("position", "Position from 1, or from -1 at the end."), returns: "The view.",
      example: Example("print(fed.tensor { {1, 2}, {3, 4} }:row(2))", prints: "Tensor [2] float32\n  3  4")
    ) { (x: Tensor, position: Int) in try x.row(x.place(position, along: Axis(0))) }
  }

  private mutating func addRows() {
    method(
      "rows", "Walks the positions of the first axis; pairs does the same.",
      returns: "An iterator of position and view, or number for a vector.",
      example: Example(
        "for i, row in fed.tensor { {1, 2}, {3, 4} }:rows() do print(i, row:sum():item()) end",
        prints: "1\t3.0\n2\t7.0")
    ) { (x: Tensor) in x.rows() }
    metamethod(.pairs, "Walks the positions of the first axis.", Parameter("self", "")) { (x: Tensor) in x.rows() }
  }

  private mutating func addShapes() {
    method(
      "reshape", "Gives another shape with as many elements; one size may be -1, which stands for what is left.",
      Parameter("sizes", "Sizes of the axes."), returns: "The tensor: a view where memory allows.",
      example: Example("print(fed.arange(1, 6):reshape(2, -1))", prints: "Tensor [2, 3] float32\n  1  2  3\n  4  5  6")
    ) { (x: Tensor, sizes: Integers) in try x.reshape(sizes.values) }
    method(
      "flatten", "Joins all axes from one on.", Parameter("from", "First axis that is joined.", default: Axis(0)),
      returns: "The tensor.", example: Example("print(#fed.zeros(2, 3, 4):flatten())", prints: "24")
    ) { (x: Tensor, axis: Axis) in try x.flatten(from: axis.index) }
    method(
      "transpose", "Swaps two axes, as a view of the same memory.", Parameter("first", "One axis."),
      Parameter("second", "The other."), returns: "The view.",
      example: Example("print(fed.zeros(2, 3, 4):transpose(1, 3).shape[1])", prints: "4")
    ) { (x: Tensor, first: Axis, second: Axis) in try x.transpose(first.index, second.index) }
    method(
      "t", "Swaps the axes of a matrix, as a view of the same memory.", returns: "The view.",
      example: Example("print(fed.tensor { {1, 2}, {3, 4} }:t())", prints: "Tensor [2, 2] float32\n  1  3\n  2  4")
    ) { (x: Tensor) in try x.t() }
    method(
      "permute", "Puts the axes in another order, as a view of the same memory.",
      Parameter("order", "The axes in their new order."), returns: "The view.",
      example: Example("print(table.concat(fed.zeros(2, 3, 4):permute(3, 1, 2).shape, ' '))", prints: "4 2 3")
    ) { (x: Tensor, order: Integers) in try x.permute(order.values.map { $0 > 0 ? $0 - 1 : $0 == 0 ? x.rank : $0 }) }
    method(
      "squeeze", "Drops an axis of size 1.", Parameter("axis", "The axis."), returns: "The view.",
      example: Example("print(fed.zeros(2, 1):squeeze(2))", prints: "Tensor [2] float32\n  0  0")
    ) { (x: Tensor, axis: Axis) in try x.squeeze(axis.index) }
    method(
      "unsqueeze", "Adds an axis of size 1.", Parameter("axis", "The position of the new axis."), returns: "The view.",
      example: Example("print(fed.zeros(2):unsqueeze(1))", prints: "Tensor [1, 2] float32\n  0  0")
    ) { (x: Tensor, axis: Axis) in try x.unsqueeze(axis.index) }
    method(
      "expand", "Stretches axes of size 1, and missing ones, as a view of the same memory.",
      Parameter("sizes", "Sizes of the axes."), returns: "The view.",
      example: Example("print(fed.tensor { 1, 2 }:expand(2, 2))", prints: "Tensor [2, 2] float32\n  1  2\n  1  2")
    ) { (x: Tensor, sizes: Integers) in try x.expand(sizes.values) }
  }

  private mutating func addCopies() {
    method(
      "contiguous", "Returns memory in the order of the axes: the tensor itself, or a copy.", returns: "The tensor.",
      example: Example("print(fed.zeros(2, 3):t():contiguous().is_contiguous)", prints: "true")
    ) { (x: Tensor) in x.contiguous() }
    method(
      "channels_last", "Returns images [b, c, h, w] with channels innermost in memory: themselves, or a copy.",
      returns: "The tensor.",
      example: Example("print(fed.zeros(1, 2, 3, 3):channels_last().is_contiguous)", prints: "false")
    ) { (x: Tensor) in try x.channelsLast() }
    method(
      "clone", "Copies the values into memory of their own.", returns: "The copy.",
      example: Example("local x = fed.zeros(2)\nlocal y = x:clone():fill_(1)\nprint(x:sum():item())", prints: "0.0")
    ) { (x: Tensor) in x.clone() }
  }
}

extension Tensor {
  fileprivate func rows() -> LuaIterator {
    var position = 0
    return LuaIterator {
      guard position < self.shape.first ?? 0 else { return nil }
      position += 1
      return Results(position, try self.row(position - 1).indexed)
    }
  }
}
