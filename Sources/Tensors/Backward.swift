/// Gradients of one number with respect to the leaves it was computed from.
public struct Gradients {
  private(set) var byLeaf: [ObjectIdentifier: (leaf: Tensor, gradient: Tensor)] = [:]

  /// The gradient of a leaf, of the leaf's shape; nil where the value does not depend on it.
  public subscript(leaf: Tensor) -> Tensor? { byLeaf[ObjectIdentifier(leaf)]?.gradient }

  public var count: Int { byLeaf.count }

  mutating func add(_ gradient: Tensor, to leaf: Tensor) throws {
    let key = ObjectIdentifier(leaf)
    let sum = try byLeaf[key].map { try $0.gradient.add(gradient) } ?? gradient
    byLeaf[key] = (leaf, sum)
  }
}

extension Tensor {
  /// Computes the gradients of this number with respect to all leaves, and consumes the graph.
  ///
  /// - Throws: ``TensorError/backwardOfMany(shape:)``, ``TensorError/backwardOfConstant``,
  ///   ``TensorError/consumedGraph(op:)``, ``TensorError/overwritten(op:)``.
  public func backward() throws -> Gradients {
    var gradients = Gradients()
    try propagate { leaf, gradient in try gradients.add(gradient, to: leaf) }
    return gradients
  }

  /// Computes the gradients as ``backward()`` and adds each to the destination of its leaf.
  ///
  /// A leaf without a destination is an error of the caller. Destinations have their leaf's shape.
  public func backward(accumulatingInto destination: (Tensor) -> Tensor) throws {
    try propagate { leaf, gradient in try destination(leaf).add_(gradient) }
  }

  private func propagate(_ receive: (_ leaf: Tensor, _ gradient: Tensor) throws -> Void) throws {
    guard count == 1 else { throw TensorError.backwardOfMany(shape: shape) }
    guard needsGradient else { throw TensorError.backwardOfConstant }
    try Tape.withoutRecording {
      let one = try Tensor.full(shape, 1, elementType)
      guard let node else { return try receive(self, one) }
      var pending = [ObjectIdentifier(node): one]
      for node in try node.reachableNodes() {
        guard let gradient = pending.removeValue(forKey: ObjectIdentifier(node)) else { continue }
        for (edge, part) in zip(node.edges, try node.pull(gradient)) {
          guard let part else { continue }
          switch edge {
          case .none: break
          case .leaf(let leaf): try receive(leaf, part)
          case .node(let source):
            let key = ObjectIdentifier(source)
            pending[key] = try pending[key].map { try $0.add(part) } ?? part
          }
        }
      }
    }
  }
}

extension TapeNode {
  /// All nodes this one depends on, itself first, each before those it depends on.
  fileprivate func reachableNodes() throws -> [TapeNode] {
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(self)]
    var found = [self], next = 0
    while next < found.count {
      if found[next].isConsumed { throw TensorError.consumedGraph(op: found[next].operation) }
      for case .node(let source) in found[next].edges where seen.insert(ObjectIdentifier(source)).inserted {
        found.append(source)
      }
      next += 1
    }
    return found.sorted { $0.sequence > $1.sequence }
  }
}
