import Tensors

/// What a slice holds at one point.
struct TissueSample {
  /// Signal under a weighting, before the scanner has its way.
  var signal: Float
  /// Share of the point that lies inside the skull.
  var brain: Float
  /// Share of the point that lies inside a lesion's outline, swelling not counted.
  var lesion: Float
}

/// One slice through one head: where each tissue lies, as functions of the place, at any resolution.
struct HeadSlice {
  let head: HeadShape
  private let folds: CorticalFolds
  private let ventricles: Ventricles
  private let nuclei: DeepNuclei
  private let findings: BenignFindings
  /// Fine structure of the tissues.
  private let texture: LatticeNoise
  var lesions: [Lesion] = []

  /// Draws a head as it is at one level.
  ///
  /// - Parameters:
  ///   - stream: The patient's; every slice of a patient starts from the same one.
  ///   - level: Height of the slice, 0 to 1.
  init(_ stream: RandomStream, level: Float) {
    var general = stream.derive("head")
    let atrophy = Float(general.uniform())
    head = HeadShape(&general, level: level)
    var parts = stream.derive("brain")
    folds = CorticalFolds(&parts, head: head, level: level, atrophy: atrophy)
    ventricles = Ventricles(&parts, level: level, atrophy: atrophy)
    nuclei = DeepNuclei(&parts, level: level)
    var others = stream.derive("findings")
    findings = BenignFindings(&others, head: head, atrophy: atrophy)
    texture = LatticeNoise(&others)
  }

  /// Returns the tissue at a point of the picture, which reaches from -1 to 1 on both axes.
  ///
  /// - Parameter pitch: Width of a pixel: edges are softened by it, as a pixel's mean would be.
  @inline(__always)
  func sample(_ pictureX: Float, _ pictureY: Float, pitch: Float, _ contrast: TissueContrast) -> TissueSample {
    let point = head.locate(pictureX, pictureY)
    let edge = Edge(width: pitch)
    guard point.depth > -pitch else { return TissueSample(signal: contrast.air, brain: 0, lesion: 0) }
    let inner = head.skullDepth + head.skullThickness
    var signal = covering(point, edge, contrast)
    let brain = edge.inside(point.depth - inner)
    guard brain > 0 else { return TissueSample(signal: signal, brain: 0, lesion: 0) }
    var lesion: Float = 0
    let inside = interior(point, edge, contrast, &lesion)
    signal = mixed(signal, inside, brain)
    return TissueSample(signal: signal, brain: brain, lesion: lesion * brain)
  }

  /// Skin, fat and the two tables of the skull with marrow between them.
  @inline(__always)
  private func covering(_ point: HeadPoint, _ edge: Edge, _ contrast: TissueContrast) -> Float {
    let uneven = 0.010 * texture(3 * point.directionX + 5, 3 * point.directionY + 5)
    let skull = head.skullDepth + uneven
    let table = 0.30 * head.skullThickness
    var signal = mixed(contrast.air, contrast.skin, edge.inside(point.depth))
    signal = mixed(signal, contrast.fat, edge.inside(point.depth - head.fatDepth))
    signal = mixed(signal, contrast.bone, edge.inside(point.depth - skull))
    signal = mixed(signal, contrast.marrow, edge.inside(point.depth - skull - table) * 0.8)
    return mixed(signal, contrast.bone, edge.inside(point.depth - head.skullDepth - head.skullThickness + table))
  }

  /// Everything inside the skull.
  @inline(__always)
  private func interior(
    _ point: HeadPoint, _ edge: Edge, _ contrast: TissueContrast, _ lesionShare: inout Float
  ) -> Float {
    var origin = SIMD2(point.x, point.y)
    for lesion in lesions { origin = lesion.unpushed(origin.x, origin.y) }
    let isMoved = origin.x != point.x || origin.y != point.y
    let tissue = isMoved ? head.place(origin.x, origin.y) : point
    let surface = folds.distance(tissue, depth: tissue.depth - head.brainDepth)
    let x = tissue.x - folds.midline(tissue.y)
    let cavity = ventricles.distance(x, tissue.y)
    let grain = texture(13 * tissue.x, 13 * tissue.y) + 0.6 * texture(27 * tissue.x + 7, 27 * tissue.y + 3)
    let blur = edge.atLeast(0.010)
    let white =
      blur.inside(surface - folds.greyThickness) * (1 - nuclei.share(x, tissue.y, softness: blur.width + 0.02))
    var signal = mixed(contrast.grey, contrast.white, white) * (1 + 0.035 * grain)
    signal = mixed(signal, contrast.edema, white * findings.seepage * max(0, 1 - abs(cavity) / 0.05))
    signal = mixed(signal, contrast.fluid, max(edge.inside(-surface), edge.inside(-cavity)))
    signal = spotted(signal, x, tissue.y, white, edge, contrast)
    for lesion in lesions {
      signal = diseased(signal, lesion, point, white, edge, contrast, grain, &lesionShare)
    }
    return signal
  }

  @inline(__always)
  private func spotted(
    _ signal: Float, _ x: Float, _ y: Float, _ white: Float, _ edge: Edge, _ contrast: TissueContrast
  ) -> Float {
    var signal = signal
    for spot in findings.spots {
      let dx = x - spot.x
      let dy = y - spot.y
      let square = dx * dx + dy * dy
      let reach = spot.radius + edge.width
      guard square < reach * reach else { continue }
      let share = spot.share * edge.inside(spot.radius - square.squareRoot())
      switch spot.kind {
      case .scar: signal = mixed(signal, contrast.edema, share * white)
      case .vessel: signal = mixed(signal, contrast.vessel, share)
      case .calcification: signal = mixed(signal, contrast.bone, share)
      }
    }
    return signal
  }

  /// Swelling in the white matter, then the lesion itself with its core.
  @inline(__always)
  private func diseased(
    _ signal: Float, _ lesion: Lesion, _ point: HeadPoint, _ white: Float, _ edge: Edge, _ contrast: TissueContrast,
    _ grain: Float, _ lesionShare: inout Float
  ) -> Float {
    let dx = point.x - lesion.centerX
    let dy = point.y - lesion.centerY
    guard dx * dx + dy * dy < lesion.reach * lesion.reach else { return signal }
    let outside = lesion.distance(point.x, point.y, texture)
    var signal = signal
    if lesion.swelling > 0 {
      let fading = 1 - max(0, outside) / lesion.swelling
      let swollen = max(0, min(1, 1.6 * fading * (1 + 0.5 * grain)))
      signal = mixed(signal, contrast.edema, swollen * white * lesion.strength)
    }
    let body = edge.atLeast(lesion.softness).inside(-outside)
    var color = lesion.kind == .meningioma ? contrast.meningioma : contrast.tumor
    color *= 1 + (lesion.kind == .glioma ? 0.14 : 0.05) * grain
    if lesion.rim > 0 {
      color = mixed(contrast.rim, contrast.necrosis, edge.atLeast(0.3 * lesion.rim).inside(-outside - lesion.rim))
    }
    lesionShare = max(lesionShare, edge.inside(-outside))
    return mixed(signal, color, body * lesion.strength)
  }

  /// Whether a lesion of a kind and radius has room at a point: in tissue, off the ventricles, near its usual places.
  func hasRoom(for kind: LesionKind, radius: Float, x: Float, y: Float) -> Bool {
    let point = head.place(x, y)
    let depth = point.depth - head.brainDepth
    let fromMidline = abs(x - folds.midline(y))
    let cavity = ventricles.distance(x - folds.midline(y), y)
    switch kind {
    case .glioma: return depth > 0.5 * radius + 0.06 && cavity > 0.3 * radius
    case .metastasis: return depth > radius + 0.015 && depth < 0.30 && cavity > radius + 0.02
    case .meningioma:
      let isAtSkull = depth > 0.55 * radius && depth < 0.95 * radius && cavity > radius
      let isAtCleft = fromMidline > 0.6 * radius && fromMidline < 0.9 * radius && cavity > 1.2 * radius
      return isAtSkull || (isAtCleft && depth > 0.5 * radius && depth < 0.25)
    }
  }
}

/// An edge as wide as a pixel or wider: how much of a pixel lies on its inner side.
struct Edge {
  let width: Float
  private let steepness: Float

  @inline(__always)
  init(width: Float) {
    self.width = width
    steepness = 1 / width
  }

  @inline(__always)
  func atLeast(_ width: Float) -> Edge { width > self.width ? Edge(width: width) : self }

  /// Share of a pixel at a distance from the edge that is inside; positive distances are inside.
  @inline(__always)
  func inside(_ distance: Float) -> Float { max(0, min(1, distance * steepness + 0.5)) }
}

@inline(__always)
func mixed(_ first: Float, _ second: Float, _ share: Float) -> Float { first + (second - first) * share }
