import LuaRuntime
import Tensors

/// The gradients of one number, as a script looks them up: `loss:backward()[w]`.
final class GradientTable: LuaObject {
  static let luaClass = LuaClass("Gradients")

  let gradients: Gradients

  init(_ gradients: Gradients) { self.gradients = gradients }
}

let gradientsClass = ClassBindings(GradientTable.self, "The gradients of one number, one for each marked tensor.") {
  type in
  type.index(
    "Returns the gradient of a tensor marked with requires_grad.", Parameter("tensor", "The marked tensor."),
    returns: "A tensor of its shape; nil where the number does not depend on it.",
    example: Example(
      "local w = fed.tensor { 1, 2 }:requires_grad()\nprint(w:square():sum():backward()[w])",
      prints: "Tensor [2] float32\n  2  4")
  ) { (table: GradientTable, tensor: Tensor) in table.gradients[tensor] }
  type.length("Returns the number of gradients.") { (table: GradientTable) in table.gradients.count }
  type.description { (table: GradientTable) in "Gradients of \(table.gradients.count) tensors" }
}

extension ClassBuilder where Object == Tensor {
  mutating func addTensorGradients() {
    method(
      "requires_grad", "Marks the tensor: backward of what is computed from it reports its gradient.",
      returns: "The tensor itself.",
      example: Example("print(fed.ones(2):requires_grad())", prints: "Tensor [2] float32 requires_grad\n  1  1")
    ) { (x: Tensor) in try x.requiresGradient() }
    method(
      "backward", "Computes the gradients of this number for all marked tensors, and consumes the record.",
      returns: "The gradients, looked up by tensor.",
      example: Example(
        "local w = fed.tensor { 3 }:requires_grad()\nlocal loss = (w * w):sum()\nprint(loss:backward()[w])",
        prints: "Tensor [1] float32\n  6")
    ) { (x: Tensor) in GradientTable(try x.backward()) }
    method(
      "detach", "Returns the same memory without the record of how it was computed.", returns: "The tensor.",
      example: Example("print(fed.ones(1):requires_grad():detach())", prints: "Tensor [1] float32\n  1")
    ) { (x: Tensor) in x.detach() }
  }

  /// Writes into the memory of the tensor and of all its views.
  mutating func addTensorWriting() {
    addUpdate("add_", "Adds to the tensor itself.", "11  12", { try $0.add_($1) }, { try $0.add_($1) })
    addUpdate("sub_", "Subtracts from the tensor itself.", "-9  -8", { try $0.sub_($1) }, { try $0.sub_($1) })
    addUpdate("mul_", "Multiplies the tensor itself.", "10  20", { try $0.mul_($1) }, { try $0.mul_($1) })
    addUpdate("div_", "Divides the tensor itself.", "0.1000  0.2000", { try $0.div_($1) }, { try $0.div_($1) })
    method(
      "add_scaled_", "Adds a multiple of another tensor to the tensor itself, in one pass.",
      Parameter("other", "The other tensor."), Parameter("scale", "The factor."), returns: "The tensor itself.",
      example: Example(
        "print(fed.tensor { 1, 2 }:add_scaled_(fed.ones(2), -2))", prints: "Tensor [2] float32\n  -1   0")
    ) { (x: Tensor, other: Tensor, scale: Double) in try x.addScaled_(other, scale) }
    method(
      "fill_", "Sets every element of the tensor itself.", Parameter("value", "The number."),
      returns: "The tensor itself.",
      example: Example("print(fed.zeros(2):fill_(3))", prints: "Tensor [2] float32\n  3  3")
    ) { (x: Tensor, value: Number) in try x.fill(value) }
    method(
      "copy_", "Takes over the values of another tensor, which stretches to this one's shape.",
      Parameter("source", "The other tensor."), returns: "The tensor itself.",
      example: Example(
        "print(fed.zeros(2, 2):copy_(fed.tensor { 1, 2 }))", prints: "Tensor [2, 2] float32\n  1  2\n  1  2")
    ) { (x: Tensor, source: Tensor) in try x.copy_(source) }
  }

  private mutating func addUpdate(
    _ name: String, _ sentence: String, _ output: String,
    _ byTensor: @escaping @Sendable (Tensor, Tensor) throws -> Tensor,
    _ byNumber: @escaping @Sendable (Tensor, Double) throws -> Tensor
  ) {
    method(
      name, sentence, Parameter("other", "A tensor that stretches to this one's shape, or a number."),
      returns: "The tensor itself.",
      example: Example("print(fed.tensor { 1, 2 }:\(name)(10))", prints: "Tensor [2] float32\n  \(output)")
    ) { (x: Tensor, other: TensorOrNumber) in
      switch other {
      case .first(let tensor): try byTensor(x, tensor)
      case .second(let number):
        x.elementType == .int64 ? try byTensor(x, number.whole()) : try byNumber(x, number.float)
      }
    }
  }
}

extension Tensor {
  /// Sets every element; whole numbers exactly.
  @discardableResult
  func fill(_ value: Number) throws -> Tensor {
    elementType == .int64 && value.integer != nil ? try copy_(value.whole()) : try fill_(value.float)
  }
}
