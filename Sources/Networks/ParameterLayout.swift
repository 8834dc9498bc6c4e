public import Tensors

/// Where each parameter of a model lies in the vector `[trainable | statistics]` that an update is a row of.
public struct ParameterLayout: Sendable, Equatable {
  /// One parameter of the model.
  public struct Entry: Sendable, Equatable {
    /// Full name: `layer1.0.bn1.running_mean`.
    public let name: String
    /// Logical shape, as PyTorch has it.
    public let shape: Shape
    /// Axes of `shape` in the order of memory, outermost first.
    public let memoryOrder: [Int]
    public let kind: LayerParameter.Kind
    public let isBatchNormalization: Bool
    public let role: LayerParameter.Role
    /// First position in the vector.
    public let offset: Int

    public var count: Int { shape.elementCount }
    public var range: Range<Int> { offset..<(offset + count) }
    /// Name of the layer that has the parameter; empty for a parameter of the root.
    public var layer: String { name.lastIndex(of: ".").map { String(name[..<$0]) } ?? "" }
  }

  /// Trainable parameters first, then statistics, each in the order of the layers.
  public let entries: [Entry]
  /// P: length of the trainable part, which comes first.
  public let trainableCount: Int
  /// d: length of the whole vector.
  public let count: Int

  public var statisticCount: Int { count - trainableCount }

  /// Lays out parameters given with their full names.
  init(_ parameters: [(name: String, parameter: LayerParameter)]) {
    var entries: [Entry] = [], next = 0, trainable = 0
    for kind in [LayerParameter.Kind.trainable, .statistic] {
      for (name, parameter) in parameters where parameter.kind == kind {
        entries.append(
          Entry(
            name: name, shape: parameter.shape, memoryOrder: parameter.memoryOrder, kind: kind,
            isBatchNormalization: parameter.isBatchNormalization, role: parameter.role, offset: next))
        next = next.addingCount(parameter.shape.elementCount)
      }
      if kind == .trainable { trainable = next }
    }
    self.entries = entries
    trainableCount = trainable
    count = next
  }

  /// Returns the parameter of this full name, or nil.
  public subscript(name: String) -> Entry? { entries.first { $0.name == name } }

  /// Names of the layers that have parameters, in order of first appearance.
  public var layers: [String] {
    var seen: Set<String> = []
    return entries.map(\.layer).filter { seen.insert($0).inserted }
  }

  /// Parameters of a layer and of all layers inside it.
  public func entries(ofLayer layer: String) -> [Entry] {
    layer.isEmpty ? entries : entries.filter { $0.layer == layer || $0.layer.hasPrefix(layer + ".") }
  }

  /// Positions that belong to batch normalization, adjacent parameters joined: what FedBN keeps at the client.
  public var batchNormalizationRanges: [Range<Int>] {
    var ranges: [Range<Int>] = []
    for entry in entries where entry.isBatchNormalization {
      if let last = ranges.last, last.upperBound == entry.offset {
        ranges[ranges.count - 1] = last.lowerBound..<entry.range.upperBound
      } else {
        ranges.append(entry.range)
      }
    }
    return ranges
  }

  /// Sixteen hexadecimal digits that differ between layouts with other names, shapes, orders or kinds.
  ///
  /// A checkpoint carries it to refuse the vector of another model. 64-bit FNV-1a: against mix-ups, not forgery.
  public var digest: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for entry in entries {
      for byte in "\(entry.name) \(entry.shape) \(entry.memoryOrder) \(entry.kind.rawValue)\n".utf8 {
        hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
      }
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Returns the view of one parameter in a vector laid out so, in its logical shape.
  ///
  /// - Parameters:
  ///   - entry: One of `entries`.
  ///   - vector: Shape `[d]`, or the part of it that starts at position `start`; contiguous.
  public func view(_ entry: Entry, of vector: Tensor, startingAt start: Int = 0) throws -> Tensor {
    guard vector.rank == 1, vector.isContiguous, entry.offset >= start, entry.range.upperBound - start <= vector.count
    else { throw NetworkError.vector(op: "layer", got: vector.shape, expected: count) }
    return Tensor(
      viewing: vector.storage, shape: entry.shape, strides: entry.shape.strides(inMemoryOrder: entry.memoryOrder),
      offset: vector.offset + entry.offset - start, elementType: vector.elementType)
  }

  /// Returns the views of one parameter in many vectors, the rows of a matrix: shape `[n] + entry.shape`.
  ///
  /// - Parameter rows: Shape `[n, d]`, each row contiguous.
  public func view(_ entry: Entry, ofRows rows: Tensor) throws -> Tensor {
    guard rows.rank == 2, rows.shape[1] == count, rows.strides[1] == 1 || count == 1 else {
      throw NetworkError.vector(op: "layer", got: rows.shape, expected: count)
    }
    return Tensor(
      viewing: rows.storage, shape: [rows.shape[0]] + entry.shape,
      strides: [rows.strides[0]] + entry.shape.strides(inMemoryOrder: entry.memoryOrder),
      offset: rows.offset + entry.offset, elementType: rows.elementType)
  }
}
