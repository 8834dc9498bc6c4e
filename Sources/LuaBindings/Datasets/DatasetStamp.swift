import Datasets
import LuaRuntime
import Tensors

/// What is written over which samples, and where.
private struct StampOptions: LuaOptions {
  var pattern: TensorArgument?
  var mask: TensorArgument?
  var row = 1
  var column = 1
  var opacity = 1.0
  var positions: [Int]?

  static let fields = Fields<StampOptions> { field in
    field.required(
      "pattern", \.pattern,
      "[h, w] or [c, h, w] for images, [k] for vectors, in the units of the samples before `normalize`: pixels from 0 to 1."
    )
    field.option("mask", \.mask, "As the pattern without its channels: 0 where the pattern has a hole.")
    field.option("row", \.row, "Row at which the pattern begins.", check: .atLeast(1))
    field.option("column", \.column, "Column at which it begins, or the place in a vector.", check: .atLeast(1))
    field.option("opacity", \.opacity, "Share of the pattern in what is seen, above 0; 1 covers what lies under it.")
    field.option("positions", \.positions, "Samples under the pattern, from 1; all without it.")
  }
}

extension ClassBuilder where Object == Dataset {
  /// Writing over samples.
  mutating func addStamp() {
    method(
      "stamp", "Writes a pattern over samples, such as a backdoor's trigger; labels stay, and no sample is copied.",
      Parameter("options", "What, where, and over which samples."), returns: "A view.",
      errors: ["The pattern does not fit into the samples."],
      example: Example(
        """
        local set = fed.data.from_tensors(fed.zeros(2, 1, 2, 2), { 0, 1 })
        print(set:stamp { pattern = { {1} }, row = 2, positions = { 2 } }:batch():flatten(2))
        """, prints: "Tensor [2, 4] float32\n  0  0  0  0\n  0  0  1  0")
    ) { (set: Dataset, options: StampOptions) in
      guard let pattern = options.pattern else { return set }
      let stamp = try Stamp(
        pattern: pattern.tensor(), mask: options.mask?.tensor(), row: options.row - 1, column: options.column - 1,
        opacity: options.opacity, sampleShape: set.sampleShape)
      return try set.stamped(stamp, at: options.positions?.map { $0 &- 1 })
    }
  }
}
