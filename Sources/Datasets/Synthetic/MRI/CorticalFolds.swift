import Tensors

/// The folded surface of the brain, as a distance from the nearest fluid outside it.
///
/// Furrows are the zero lines of a noise field that is stretched from the surface inwards, so they run inwards and
/// wander; each has its own depth. The cleft between the halves and the two on the sides are furrows of known places.
struct CorticalFolds {
  private let noise: LatticeNoise
  private let level: Float
  /// Half width of the fluid in a furrow.
  private let fluidWidth: Float
  /// How much of the folds is the same on both sides.
  private let symmetry: Float
  private let midlineBend: SIMD2<Float>
  /// Where the cleft between the halves ends, from the front and from the back.
  private let cleftEnds: SIMD2<Float>
  private let sideCleft: (isMet: Bool, y: Float, innerX: Float, outerX: Float)

  /// Thickness of the grey matter, about 3 to 4 mm.
  let greyThickness: Float

  init(_ stream: inout RandomStream, head: HeadShape, level: Float, atrophy: Float) {
    func spread(_ deviation: Double) -> Float { Float(max(-2.5, min(2.5, stream.normal())) * deviation) }
    noise = LatticeNoise(&stream)
    self.level = level
    fluidWidth = 0.0030 + 0.0050 * atrophy
    symmetry = 0.25 + spread(0.08)
    midlineBend = SIMD2(spread(0.012), spread(0.010))
    // Above the bridge between the halves, the cleft goes from end to end.
    let isParted = level > 0.80
    let front = isParted ? 0.1 : -0.36 + spread(0.02)
    let back = isParted ? 0 : 0.33 + spread(0.02)
    cleftEnds = SIMD2(front, back)
    let width = head.brainHalfWidth
    sideCleft = (level < 0.52, -0.09 + spread(0.03), width * (0.63 + spread(0.015)), width * 1.02)
    greyThickness = 0.034 + spread(0.003)
  }

  /// Returns where the midline lies, which bends a little.
  @inline(__always)
  func midline(_ y: Float) -> Float { midlineBend.x * y + midlineBend.y * (1 - y * y) }

  /// Returns the distance from the fluid outside the brain: negative in it.
  ///
  /// - Parameters:
  ///   - point: Where.
  ///   - depth: Depth below the brain's hull, negative outside.
  @inline(__always)
  func distance(_ point: HeadPoint, depth: Float) -> Float {
    let x = point.x - midline(point.y)
    let warpX = noise(5.1 * x + 9.3, 5.1 * point.y + 3.1 + level)
    let warpY = noise(5.1 * x + 21.7, 5.1 * point.y + 17.9 - level)
    let furrow = furrowDistance(point, depth, 0.85 * warpX, 0.85 * warpY)
    var distance = min(depth, furrow - fluidWidth)
    let wavyX = abs(x + 0.012 * warpX)
    let beyondEnds = max(0, min(point.y - cleftEnds.x, cleftEnds.y - point.y))
    distance = min(distance, wavyX - 0.6 * fluidWidth - 0.003 + 1.2 * beyondEnds)
    if sideCleft.isMet { distance = min(distance, sideDistance(abs(x), point.y, warpX) - 1.3 * fluidWidth) }
    return distance
  }

  /// Distance from the middle of the nearest furrow, or from its end.
  @inline(__always)
  private func furrowDistance(_ point: HeadPoint, _ depth: Float, _ warpX: Float, _ warpY: Float) -> Float {
    let radius = 6.1 + 3.2 * depth
    let slide = 5 * level
    let own = noise(radius * point.directionX + warpX + slide, radius * point.directionY + warpY - slide)
    let mirrored = noise(
      radius * abs(point.directionX) + warpX + 12.4, radius * point.directionY + warpY + 5.2 + slide)
    let field = own * (1 - symmetry) + mirrored * symmetry
    let reach = 0.105 + 0.14 * noise(2.1 * point.directionX + 27.3, 2.1 * point.directionY + 11.6 + slide)
    return abs(field) * 0.105 + 0.9 * max(0, depth - reach)
  }

  /// Distance from the cleft on the side: a T that comes in from the surface and forks over the island of cortex.
  @inline(__always)
  private func sideDistance(_ away: Float, _ y: Float, _ warp: Float) -> Float {
    let y = y + 0.03 * warp
    let beyondX = max(0, max(sideCleft.innerX - away, away - sideCleft.outerX))
    let offStem = y - sideCleft.y - 0.1 * (away - sideCleft.innerX)
    let stem = (beyondX * beyondX + offStem * offStem).squareRoot()
    let beyondY = max(0, abs(y - sideCleft.y) - 0.13)
    let offBar = away - sideCleft.innerX - 0.5 * (y - sideCleft.y) * (y - sideCleft.y)
    let bar = (beyondY * beyondY + offBar * offBar).squareRoot()
    let fading = max(0, level - 0.38) * 0.4
    return min(stem, bar) + fading
  }
}
