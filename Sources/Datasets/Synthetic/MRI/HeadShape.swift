import Tensors

/// A point of a slice as the head sees it.
struct HeadPoint {
  /// Position in the head's frame: x to the left of the picture's viewer's right, y towards the back of the head.
  var x: Float
  var y: Float
  /// Direction from the middle of the head, of length 1.
  var directionX: Float
  var directionY: Float
  /// How far the point lies below the skin; negative outside.
  var depth: Float
}

/// Outline of a head at one level: an ellipse, wider at the back, with a few low waves, turned and shifted.
///
/// Lengths are in halves of the picture's side, about 110 mm. Depths of the layers count from the skin.
struct HeadShape {
  private let centerX: Float
  private let centerY: Float
  private let sine: Float
  private let cosine: Float
  private let halfWidth: Float
  private let halfLength: Float
  private let widening: Float
  /// Amplitudes of the cosine and sine waves around the outline, two to four to a turn.
  private let waves: (SIMD2<Float>, SIMD2<Float>, SIMD2<Float>)
  /// Depth at which the fat under the skin starts.
  let fatDepth: Float
  /// Depth at which the skull starts.
  let skullDepth: Float
  /// Thickness of the skull.
  let skullThickness: Float
  /// Depth at which the surface of the brain lies.
  let brainDepth: Float

  /// Draws a head.
  ///
  /// - Parameter level: Height of the slice, from 0 at the basal ganglia to 1 below the vertex, where heads narrow.
  init(_ stream: inout RandomStream, level: Float) {
    func spread(_ deviation: Double) -> Float { Float(max(-2.5, min(2.5, stream.normal())) * deviation) }
    centerX = spread(0.018)
    centerY = spread(0.018)
    let turns = Double(spread(0.012))
    let turned = PortableMath.sineAndCosine(turns: turns < 0 ? turns + 1 : turns)
    (sine, cosine) = (Float(turned.sine), Float(turned.cosine))
    let narrowing = 1 - 0.16 * level * level
    let length = 0.89 + spread(0.022)
    halfLength = length * narrowing
    halfWidth = length * (0.81 + spread(0.025)) * narrowing
    widening = 0.055 + spread(0.025)
    waves = (
      SIMD2(spread(0.008), spread(0.006)), SIMD2(spread(0.006), spread(0.006)), SIMD2(spread(0.004), spread(0.004))
    )
    fatDepth = 0.012
    skullDepth = 0.050 + abs(spread(0.012))
    skullThickness = 0.060 + spread(0.009)
    brainDepth = skullDepth + skullThickness + 0.012 + abs(spread(0.010))
  }

  /// Returns where a point of the picture lies in the head; the picture reaches from -1 to 1 on both axes.
  @inline(__always)
  func locate(_ pictureX: Float, _ pictureY: Float) -> HeadPoint {
    let shiftedX = pictureX - centerX
    let shiftedY = pictureY - centerY
    return place(cosine * shiftedX + sine * shiftedY, cosine * shiftedY - sine * shiftedX)
  }

  /// Returns a point of the head's own frame with its direction and depth.
  @inline(__always)
  func place(_ x: Float, _ y: Float) -> HeadPoint {
    let scaledX = x / (halfWidth * (1 + widening * y))
    let scaledY = y / halfLength
    let radius = max(1e-4, (scaledX * scaledX + scaledY * scaledY).squareRoot())
    let ux = scaledX / radius
    let uy = scaledY / radius
    let second = SIMD2(ux * ux - uy * uy, 2 * ux * uy)
    let third = SIMD2(second.x * ux - second.y * uy, second.x * uy + second.y * ux)
    let fourth = SIMD2(second.x * second.x - second.y * second.y, 2 * second.x * second.y)
    let products = waves.0 * second + waves.1 * third + waves.2 * fourth
    let distance = (x * x + y * y).squareRoot()
    let depth = (1 + products.x + products.y - radius) * (distance / radius)
    return HeadPoint(x: x, y: y, directionX: ux, directionY: uy, depth: depth)
  }

  /// Half the width at the middle of the brain, for what keeps its place between the midline and the surface.
  var brainHalfWidth: Float { halfWidth - brainDepth }

  /// Half the length of the brain.
  var brainHalfLength: Float { halfLength - brainDepth }
}
