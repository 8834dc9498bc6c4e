import Tensors

/// What kind of lesion a slice shows.
public enum LesionKind: String, Sendable, CaseIterable {
  /// Irregular, grown into the tissue, often with a dead core and wide swelling.
  case glioma
  /// Round and even, attached to the inside of the skull or to the cleft between the halves.
  case meningioma
  /// Small and round, with much swelling for its size; often several.
  case metastasis
}

/// One lesion as a slice cuts it: an uneven outline, layers from the core to the swelling around it, and its pressure.
struct Lesion {
  let kind: LesionKind
  let centerX: Float
  let centerY: Float
  let radius: Float
  /// How far the tissue changes from normal to the lesion's, from 0 to 1.
  let strength: Float
  /// Width of the edge over which the lesion fades.
  let softness: Float
  /// Thickness of the bright rim around a dead core; 0 without a core.
  let rim: Float
  /// How far the swelling reaches beyond the outline.
  let swelling: Float
  /// How far tissue is pushed away, as a share of the distance.
  let push: Float
  private let unevenness: Float
  private let stretch: SIMD2<Float>
  private let turn: SIMD2<Float>
  private let phase: SIMD2<Float>

  /// Looks of a kind: ranges of what is drawn for each lesion.
  private struct Look {
    var radius: ClosedRange<Double>
    var unevenness: ClosedRange<Double>
    var softness: ClosedRange<Double>
    var rimProbability: Double
    var swelling: ClosedRange<Double>
    var push: ClosedRange<Double>
  }

  private static func look(_ kind: LesionKind) -> Look {
    switch kind {
    case .glioma:
      Look(
        radius: 0.10...0.22, unevenness: 0.18...0.34, softness: 0.10...0.55, rimProbability: 0.5, swelling: 0.2...0.9,
        push: 0.05...0.35)
    case .meningioma:
      Look(
        radius: 0.095...0.18, unevenness: 0.03...0.08, softness: 0.03...0.12, rimProbability: 0, swelling: 0...0.4,
        push: 0.15...0.40)
    case .metastasis:
      Look(
        radius: 0.052...0.095, unevenness: 0.04...0.12, softness: 0.08...0.30, rimProbability: 0.5, swelling: 0.3...1.8,
        push: 0...0.2)
    }
  }

  /// Radius of a lesion of a kind, drawn evenly on the logarithmic scale.
  static func drawRadius(_ stream: inout RandomStream, _ kind: LesionKind, size: Double) -> Double {
    let range = look(kind).radius
    let ratio = PortableMath.log(range.upperBound / range.lowerBound)
    return size * range.lowerBound * PortableMath.exp(ratio * stream.uniform())
  }

  /// Draws all but the place and the radius.
  init(
    _ stream: inout RandomStream, _ kind: LesionKind, x: Float, y: Float, radius: Float, contrast: Double
  ) {
    func within(_ range: ClosedRange<Double>) -> Float {
      Float(range.lowerBound + (range.upperBound - range.lowerBound) * stream.uniform())
    }
    let look = Self.look(kind)
    (self.kind, centerX, centerY, self.radius) = (kind, x, y, radius)
    strength = within(0.65...1.0) * Float(contrast)
    softness = within(look.softness) * radius
    let hasCore = stream.uniform() < look.rimProbability
    let thickness = within(0.22...0.50) * radius
    rim = hasCore ? thickness : 0
    swelling = within(look.swelling) * radius
    push = within(look.push) * min(1, Float(contrast))
    unevenness = within(look.unevenness)
    let aspect = within(0.75...1.0)
    stretch = SIMD2(1 / aspect.squareRoot(), aspect.squareRoot())
    let turned = PortableMath.sineAndCosine(turns: stream.uniform())
    turn = SIMD2(Float(turned.cosine), Float(turned.sine))
    phase = SIMD2(within(0...32), within(0...32))
  }

  /// Returns how far a point lies outside the outline; negative inside.
  @inline(__always)
  func distance(_ x: Float, _ y: Float, _ noise: LatticeNoise) -> Float {
    let dx = x - centerX
    let dy = y - centerY
    let along = (turn.x * dx + turn.y * dy) * stretch.x
    let across = (turn.x * dy - turn.y * dx) * stretch.y
    let away = (along * along + across * across).squareRoot()
    let scale = 1.4 / radius
    let coarse = noise(scale * along + phase.x, scale * across + phase.y)
    return away - radius * (1 + unevenness * 1.6 * coarse)
  }

  /// Returns where the tissue at a point lay before the lesion pushed it outwards.
  @inline(__always)
  func unpushed(_ x: Float, _ y: Float) -> SIMD2<Float> {
    let dx = x - centerX
    let dy = y - centerY
    let reach = 2.2 * radius
    let closeness = 1 / (1 + (dx * dx + dy * dy) / (reach * reach))
    let factor = 1 - push * closeness * closeness
    return SIMD2(centerX + dx * factor, centerY + dy * factor)
  }

  /// The farthest that anything of the lesion reaches from its center.
  var reach: Float { 1.5 * (1 + unevenness) * radius + swelling + softness }
}
