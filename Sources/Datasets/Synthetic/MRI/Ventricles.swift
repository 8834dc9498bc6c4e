import Tensors

/// The fluid-filled spaces in the middle of the brain, as a signed distance.
///
/// Each side has a bow whose ends turn outwards: the horn in front, the body, and the atrium at the back. The third
/// ventricle is a slit on the midline. How much of them a slice meets depends on its level.
struct Ventricles {
  private let nearest: Float
  private let bend: SIMD2<Float>
  private let middleY: Float
  /// Half widths of horn, body and atrium.
  private let widths: SIMD3<Float>
  /// Factors of the left and the right side.
  private let sides: SIMD2<Float>
  private let slit: Float
  private let isThirdMet: Bool

  /// Draws the ventricles.
  ///
  /// - Parameters:
  ///   - level: Height of the slice, 0 to 1.
  ///   - atrophy: Age of the brain, 0 to 1: widens all spaces.
  init(_ stream: inout RandomStream, level: Float, atrophy: Float) {
    func spread(_ deviation: Double) -> Float { Float(max(-2.5, min(2.5, stream.normal())) * deviation) }
    nearest = 0.050 + spread(0.008) + 0.010 * atrophy
    bend = SIMD2(0.95 + spread(0.2), 0.80 + spread(0.2))
    middleY = -0.06 + spread(0.02)
    let size = (0.80 + 0.75 * atrophy) * (1 + spread(0.12))
    let vanishing = Self.ramp(level, from: 0.88, to: 0.62)
    let horn = 0.050 * Self.ramp(level, from: 0.80, to: 0.45)
    let body = 0.044 * Self.ramp(level, from: 0.30, to: 0.50) * vanishing
    let atrium = 0.058 * Self.ramp(level, from: 0.78, to: 0.40)
    widths = SIMD3(horn, body, atrium) * size
    sides = SIMD2(1 + spread(0.10), 1 + spread(0.10))
    slit = 0.010 + 0.012 * atrophy + abs(spread(0.004))
    isThirdMet = level < 0.33
  }

  /// 0 at one level and before it, 1 at the other and beyond it.
  private static func ramp(_ level: Float, from: Float, to: Float) -> Float {
    max(0, min(1, (level - from) / (to - from)))
  }

  /// Returns how far a point is from the fluid: negative inside.
  ///
  /// - Parameters:
  ///   - x: Distance to the right of the brain's midline.
  ///   - y: Towards the back of the head.
  @inline(__always)
  func distance(_ x: Float, _ y: Float) -> Float {
    let side = x < 0 ? sides.x : sides.y
    let away = abs(x)
    let fromMiddle = y - middleY
    let bend = fromMiddle < 0 ? bend.x : bend.y
    let slope = 2 * bend * fromMiddle
    let bow = nearest + bend * fromMiddle * fromMiddle
    let width = widths.x * bump(y, -0.27, 0.19) + widths.y * bump(y, -0.01, 0.30) + widths.z * bump(y, 0.27, 0.20)
    let lateral = abs(away - bow) / (1 + slope * slope).squareRoot() - side * width + 0.012
    // A thin wall parts the two sides.
    let walled = max(lateral, 0.006 - away)
    guard isThirdMet else { return walled }
    let beyond = max(0, abs(y - 0.07) - 0.09)
    return min(walled, (away * away + beyond * beyond).squareRoot() - slit)
  }

  /// 1 at a place, falling to 0 at some distance from it.
  @inline(__always)
  private func bump(_ y: Float, _ middle: Float, _ reach: Float) -> Float {
    let t = (y - middle) / reach
    let rest = max(0, 1 - t * t)
    return rest * (2 - rest)
  }
}
