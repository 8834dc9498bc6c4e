import LuaRuntime
import Tensors

/// What is put around the elements along an axis.
private struct PadOptions: LuaOptions {
  var axis: Axis?
  var before = 0
  var after = 0
  var value = 0.0

  static let fields = Fields<PadOptions> { field in
    field.required("axis", \.axis, "The axis that grows.")
    field.option("before", \.before, "Places before the first element.", check: .atLeast(0))
    field.option("after", \.after, "Places after the last element.", check: .atLeast(0))
    field.option("value", \.value, "The number that stands there.")
  }
}

/// Elements in other places.
extension ClassBuilder where Object == Tensor {
  mutating func addTensorRearranging() {
    method(
      "flip", "Turns the order of the elements along axes around.", Parameter("axes", "An axis, or a table of axes."),
      returns: "The tensor.",
      example: Example("print(fed.tensor { 1, 2, 3 }:flip(1))", prints: "Tensor [3] float32\n  3  2  1")
    ) { (x: Tensor, axes: Either<Axis, [Axis]>) in
      switch axes {
      case .first(let axis): try x.flip(axes: [axis.index])
      case .second(let axes): try x.flip(axes: axes.map(\.index))
      }
    }
    method(
      "roll", "Moves the elements along an axis; what leaves it at one end comes in at the other.",
      Parameter("shift", "Places towards the end; negative ones towards the start."), Parameter("axis", "The axis."),
      returns: "The tensor.",
      example: Example("print(fed.tensor { 1, 2, 3 }:roll(1, 1))", prints: "Tensor [3] float32\n  3  1  2")
    ) { (x: Tensor, shift: Int, axis: Axis) in try x.roll(shift, axis: axis.index) }
    method(
      "pad", "Puts places of one number before and after the elements along an axis.",
      Parameter("options", "Which axis, how many places, and what stands there."), returns: "The tensor.",
      example: Example(
        "print(fed.tensor { 1, 2 }:pad { axis = 1, before = 1, after = 2, value = 9 })",
        prints: "Tensor [5] float32\n  9  1  2  9  9")
    ) { (x: Tensor, options: PadOptions) in
      try x.pad(
        axis: options.axis?.index ?? 0, before: options.before, after: options.after, value: options.value)
    }
    addPixelShuffles()
  }

  private mutating func addPixelShuffles() {
    method(
      "pixel_shuffle", "Spreads runs of channels over blocks of pixels, to enlarge images.",
      Parameter("scale", "Pixels along each side of a block."), returns: "[b, c, h * scale, w * scale].",
      source: "Shi et al., CVPR 2016, https://arxiv.org/abs/1609.05158",
      example: Example(
        "print(fed.arange(1, 4):reshape(1, 4, 1, 1):pixel_shuffle(2))",
        prints: "Tensor [1, 1, 2, 2] float32\n[1, 1, _, _]\n  1  2\n  3  4")
    ) { (x: Tensor, scale: Int) in try x.pixelShuffle(scale) }
    method(
      "pixel_unshuffle", "Gathers blocks of pixels into channels, as undoes pixel_shuffle.",
      Parameter("scale", "Pixels along each side of a block."),
      returns: "[b, c * scale * scale, h / scale, w / scale].",
      example: Example(
        "print(table.concat(fed.zeros(1, 2, 4, 6):pixel_unshuffle(2).shape, ' '))", prints: "1 8 2 3")
    ) { (x: Tensor, scale: Int) in try x.pixelUnshuffle(scale) }
  }
}
