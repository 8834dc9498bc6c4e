import Tensors

/// Grey matter inside the white: caudate, lentiform nucleus and thalamus on both sides.
struct DeepNuclei {
  /// An ellipse, the same on both sides of the midline.
  private struct Nucleus {
    var center: SIMD2<Float>
    var radii: SIMD2<Float>
    var sine: Float
    var cosine: Float
    /// How grey it is, from 0 to 1.
    var share: Float
  }

  private let nuclei: [Nucleus]

  init(_ stream: inout RandomStream, level: Float) {
    func nucleus(_ x: Float, _ y: Float, _ rx: Float, _ ry: Float, turns: Double, share: Float) -> Nucleus {
      func spread(_ deviation: Double) -> Float { Float(max(-2, min(2, stream.normal())) * deviation) }
      let turned = PortableMath.sineAndCosine(turns: turns + 0.5)
      return Nucleus(
        center: SIMD2(x + spread(0.010), y + spread(0.012)),
        radii: SIMD2(rx * (1 + spread(0.08)), ry * (1 + spread(0.08))), sine: -Float(turned.sine),
        cosine: -Float(turned.cosine), share: share * (1 + spread(0.06)))
    }
    let fading = max(0, min(1, (0.55 - level) / 0.2))
    let all = [
      nucleus(0.150, -0.215, 0.042, 0.085, turns: -0.06, share: 0.95),
      nucleus(0.285, -0.060, 0.075, 0.165, turns: -0.05, share: 0.80),
      nucleus(0.110, 0.105, 0.080, 0.110, turns: 0.06, share: 0.72),
    ]
    nuclei =
      fading > 0
      ? all.map { nucleus in
        var nucleus = nucleus
        nucleus.share = min(1, nucleus.share) * fading
        return nucleus
      } : []
  }

  /// Returns how much grey matter stands in place of white, from 0 to 1.
  ///
  /// - Parameter softness: Width of the nuclei's edges.
  @inline(__always)
  func share(_ x: Float, _ y: Float, softness: Float) -> Float {
    var result: Float = 0
    let away = abs(x)
    for nucleus in nuclei {
      let dx = away - nucleus.center.x
      let dy = y - nucleus.center.y
      let along = (nucleus.cosine * dx + nucleus.sine * dy) / nucleus.radii.x
      let across = (nucleus.cosine * dy - nucleus.sine * dx) / nucleus.radii.y
      let radius = (along * along + across * across).squareRoot()
      let inside = (1 - radius) * nucleus.radii.x / softness + 0.5
      result = max(result, nucleus.share * max(0, min(1, inside)))
    }
    return result
  }
}
