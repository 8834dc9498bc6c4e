/// How deep and how large trees of layers may be: each walk over a model takes a stack frame a level.
enum LayerExtent {
  static let deepest = 200
  static let most = 100_000

  /// Throws if a layer has more levels or more layers inside it, those counted as often as they occur.
  static func check(_ layer: any Layer) throws {
    var known: [ObjectIdentifier: Extent] = [:]
    let extent = Self.extent(of: layer, atLevel: 1, &known)
    guard extent.height <= deepest else {
      throw NetworkError.size(
        of: layer.summary, "layers lie more than \(deepest) deep in each other; put them in a row")
    }
    guard extent.count <= most else {
      throw NetworkError.size(
        of: layer.summary, "it holds more than \(most) layers, each counted as often as it occurs")
    }
  }

  private struct Extent {
    var height: Int, count: Int
  }

  private static func extent(
    of layer: any Layer, atLevel level: Int, _ known: inout [ObjectIdentifier: Extent]
  ) -> Extent {
    if let seen = known[ObjectIdentifier(layer)] { return seen }
    var extent = Extent(height: 1, count: 1)
    // One level more is enough to know that there are too many.
    for child in level > deepest ? [] : layer.children {
      let inner = Self.extent(of: child.layer, atLevel: level + 1, &known)
      extent = Extent(height: max(extent.height, inner.height + 1), count: extent.count.addingCount(inner.count))
    }
    known[ObjectIdentifier(layer)] = extent
    return extent
  }
}

extension Layer {
  /// The layer itself, if models can be made of it.
  ///
  /// - Throws: ``NetworkError/size(of:_:)`` if it holds too many layers, or layers too deep in each other.
  public func withinBounds() throws -> Self {
    try LayerExtent.check(self)
    return self
  }
}
