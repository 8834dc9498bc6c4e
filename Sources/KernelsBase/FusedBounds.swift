import KernelTypes

/// What a piecewise linear activation keeps its values between. NaN is no bound: no comparison with it holds.
typealias Bounds = (low: Float, high: Float)

/// Returns the bounds of `none`, `relu` or `relu6`: one loop then serves all three.
func bounds(_ activation: Activation) -> Bounds {
  switch activation {
  case .none: return (.nan, .nan)
  case .relu: return (0, .nan)
  case .relu6: return (0, 6)
  case .silu, .sigmoid, .tanh, .gelu, .geluErf, .leakyRelu:
    preconditionFailure("the activation has no bounds")
  }
}

// Transparent, because other files map with them; see `silu`.

@_transparent
func bounded(_ v: Lanes, _ bounds: Bounds) -> Lanes {
  let (low, high) = (Lanes(repeating: bounds.low), Lanes(repeating: bounds.high))
  let raised = select(v .< low, low, v)
  return select(raised .> high, high, raised)
}

/// Lets the gradient pass where the input, or just as well the output, lies between the bounds.
@_transparent
func boundedGradient(_ v: Lanes, _ g: Lanes, _ bounds: Bounds) -> Lanes {
  let (low, high) = (Lanes(repeating: bounds.low), Lanes(repeating: bounds.high))
  return select((v .<= low) .| (v .>= high), Lanes(repeating: 0), g)
}
