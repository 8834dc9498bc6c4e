import Tensors

/// A small round thing that heads with and without a lesion have alike.
struct Finding {
  enum Kind { case scar, vessel, calcification }

  var kind: Kind
  var x: Float
  var y: Float
  var radius: Float
  /// How much of the tissue it replaces, from 0 to 1.
  var share: Float
}

/// What may be taken for a lesion and is none: scars of old white matter, vessels, the plexus in the ventricles.
///
/// Drawn the same way for every head, so that they say nothing of its class.
struct BenignFindings {
  let spots: [Finding]
  /// How bright the rim of the ventricles is where fluid seeps into the white matter, from 0 to 1.
  let seepage: Float

  init(_ stream: inout RandomStream, head: HeadShape, atrophy: Float) {
    func between(_ low: Double, _ high: Double) -> Float { Float(low + (high - low) * stream.uniform()) }
    var spots: [Finding] = []
    let scars = stream.uniform() < 0.5 ? stream.integer(below: 1 + Int(4 * atrophy + 1)) : 0
    for _ in 0..<scars {
      let side: Float = stream.uniform() < 0.5 ? -1 : 1
      spots.append(
        Finding(
          kind: .scar, x: side * between(0.12, 0.40), y: between(-0.45, 0.50), radius: between(0.010, 0.030),
          share: between(0.35, 0.9)))
    }
    for _ in 0..<2 + stream.integer(below: 4) {
      let turn = PortableMath.sineAndCosine(turns: stream.uniform())
      let reach = between(0.93, 1.0)
      spots.append(
        Finding(
          kind: .vessel, x: Float(turn.sine) * reach * head.brainHalfWidth,
          y: Float(turn.cosine) * reach * head.brainHalfLength, radius: between(0.007, 0.014), share: 0.9))
    }
    for side: Float in [-1, 1] where stream.uniform() < 0.6 {
      spots.append(
        Finding(
          kind: stream.uniform() < 0.6 ? .vessel : .calcification, x: side * between(0.12, 0.16),
          y: between(0.20, 0.30), radius: between(0.010, 0.022), share: between(0.5, 1)))
    }
    self.spots = spots
    seepage = atrophy * between(0.0, 0.9)
  }
}
