import Kernels

/// Copies between two memory orders of one shape.
struct StridedCopy {
  /// Sizes of the axes after merging those that lie alike on both sides, by falling destination stride.
  private var sizes: [Int] = []
  private var source: [Int] = []
  private var destination: [Int] = []

  init(shape: Shape, from sourceStrides: [Int], to destinationStrides: [Int]) {
    let order = shape.indices.filter { shape[$0] != 1 }.sorted {
      destinationStrides[$0] != destinationStrides[$1] ? destinationStrides[$0] > destinationStrides[$1] : $0 < $1
    }
    for axis in order {
      let size = shape[axis]
      if let last = sizes.indices.last, source[last] == sourceStrides[axis] * size,
        destination[last] == destinationStrides[axis] * size
      {
        sizes[last] *= size
        source[last] = sourceStrides[axis]
        destination[last] = destinationStrides[axis]
      } else {
        sizes.append(size)
        source.append(sourceStrides[axis])
        destination.append(destinationStrides[axis])
      }
    }
    if sizes.isEmpty { (sizes, source, destination) = ([1], [1], [1]) }
  }

  /// Copies; ends early, with places left as they were, where the process was asked to stop.
  func run<Element: BitwiseCopyable>(_ from: UnsafePointer<Element>, _ to: UnsafeMutablePointer<Element>) {
    guard !sizes.contains(0) else { return }
    copy(axis: 0, from, to)
  }

  /// Adds the elements instead of copying them.
  func add(_ from: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) {
    guard !sizes.contains(0) else { return }
    add(axis: 0, from, to: target)
  }

  private func add(axis: Int, _ from: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) {
    let size = sizes[axis], step = source[axis], stride = destination[axis]
    if axis < sizes.count - 1 {
      for i in 0..<size { add(axis: axis + 1, from + i * step, to: target + i * stride) }
    } else if step == 1 && stride == 1 {
      Kernels.elementwise.axpy(1, from, target, size)
    } else {
      for i in 0..<size { target[i * stride] += from[i * step] }
    }
  }

  private func copy<Element: BitwiseCopyable>(
    axis: Int, _ from: UnsafePointer<Element>, _ to: UnsafeMutablePointer<Element>
  ) {
    let size = sizes[axis], step = source[axis], stride = destination[axis]
    if axis == sizes.count - 1 {
      copyRow(from, to, size, step, stride)
    } else if axis == sizes.count - 2, isTransposition, let from = from as? UnsafePointer<Float>,
      let to = to as? UnsafeMutablePointer<Float>
    {
      Kernels.matrix.transpose(from, sizes[axis + 1], size, to)
    } else if axis == sizes.count - 2, source[axis + 1] == 1, destination[axis + 1] == 1,
      sizes[axis + 1] < Interrupt.runLength
    {
      copyRows(from, to, size, sizes[axis + 1], step, stride)
    } else {
      for i in 0..<size {
        if axis == 0 && Interrupt.isRequested { return }
        copy(axis: axis + 1, from + i * step, to + i * stride)
      }
    }
  }

  /// Copies short rows without gaps.
  private func copyRows<Element: BitwiseCopyable>(
    _ from: UnsafePointer<Element>, _ to: UnsafeMutablePointer<Element>, _ rows: Int, _ columns: Int, _ step: Int,
    _ stride: Int
  ) {
    let several = Swift.max(1, Interrupt.runLength / Swift.max(columns, 1))
    for start in Swift.stride(from: 0, to: rows, by: several) {
      if Interrupt.isRequested { return }
      for row in start..<Swift.min(start + several, rows) {
        (to + row &* stride).update(from: from + row &* step, count: columns)
      }
    }
  }

  private func copyRow<Element: BitwiseCopyable>(
    _ from: UnsafePointer<Element>, _ to: UnsafeMutablePointer<Element>, _ size: Int, _ step: Int, _ stride: Int
  ) {
    var start = 0
    while start < size && (start == 0 || !Interrupt.isRequested) {
      let end = Swift.min(start + Interrupt.runLength, size)
      if step == 1 && stride == 1 {
        (to + start).update(from: from + start, count: end - start)
      } else {
        for i in start..<end { to[i * stride] = from[i * step] }
      }
      start = end
    }
  }

  /// Whether the two innermost axes are a whole matrix that changes from columns to rows.
  private var isTransposition: Bool {
    let outer = sizes.count - 2, inner = sizes.count - 1
    return source[outer] == 1 && source[inner] == sizes[outer] && destination[inner] == 1
      && destination[outer] == sizes[inner]
  }
}

extension Tensor {
  /// Returns the same values in the given memory order, unseen by the tape.
  func copied(strides: [Int]) -> Tensor {
    let result = Tensor(
      storage: Storage(byteCount: byteCount), shape: shape, strides: strides, offset: 0, elementType: elementType)
    Profiler.measure("copy", bytes: 2 * byteCount) { result.overwrite(with: self) }
    return result
  }

  /// Copies values of the same shape and type into this memory, unseen by the tape.
  func overwrite(with source: Tensor) {
    let copy = StridedCopy(shape: shape, from: source.strides, to: strides)
    withExtendedLifetime((storage, source.storage)) {
      switch elementType {
      case .float32: copy.run(UnsafePointer(source.floatPointer), floatPointer)
      case .float64: copy.run(UnsafePointer(source.doublePointer), doublePointer)
      case .int64: copy.run(UnsafePointer(source.int64Pointer), int64Pointer)
      case .uint8: copy.run(UnsafePointer(source.bytePointer), bytePointer)
      }
    }
  }

  /// Row-major memory: this tensor itself or a copy, unseen by the tape.
  func contiguousCopyIfNeeded() -> Tensor { isContiguous ? self : copied(strides: shape.rowMajorStrides) }

  /// Memory in the order of `strides`: this tensor itself or a copy, unseen by the tape.
  func laidOut(_ strides: [Int]) -> Tensor {
    Self.agree(shape, self.strides, strides) ? self : copied(strides: strides)
  }
}
