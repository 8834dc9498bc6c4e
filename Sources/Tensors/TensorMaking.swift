extension Tensor {
  /// Makes a float32 tensor of the given values, row-major.
  public convenience init(_ values: [Float], shape: Shape? = nil) {
    self.init(elements: values, shape: shape ?? [values.count], .float32)
  }

  /// Makes a float64 tensor of the given values, row-major.
  public convenience init(_ values: [Double], shape: Shape? = nil) {
    self.init(elements: values, shape: shape ?? [values.count], .float64)
  }

  /// Makes an int64 tensor: class labels or indices.
  public convenience init(labels: [Int], shape: Shape? = nil) {
    self.init(elements: labels.map(Int64.init), shape: shape ?? [labels.count], .int64)
  }

  /// Makes a uint8 tensor: pixels.
  public convenience init(bytes: [UInt8], shape: Shape? = nil) {
    self.init(elements: bytes, shape: shape ?? [bytes.count], .uint8)
  }

  /// Makes a float32 tensor without axes.
  public convenience init(scalar value: Float) { self.init([value], shape: []) }

  private convenience init<Element>(elements: [Element], shape: Shape, _ elementType: ElementType) {
    precondition(elements.count == shape.elementCount, "\(elements.count) values do not fill shape \(shape)")
    let storage = Storage(byteCount: elements.count * MemoryLayout<Element>.stride)
    elements.withUnsafeBytes {
      storage.base.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(storage.base), byteCount: $0.count)
    }
    self.init(storage: storage, shape: shape, strides: shape.rowMajorStrides, offset: 0, elementType: elementType)
  }

  /// Makes a tensor of one repeated value.
  public static func full(_ shape: Shape, _ value: Double, _ elementType: ElementType = .float32) throws -> Tensor {
    try full(shape, value, elementType, op: "full")
  }

  /// Makes a tensor of one repeated value; `op` stands in messages.
  public static func full(_ shape: Shape, _ value: Double, _ elementType: ElementType, op: String) throws -> Tensor {
    let result = try uninitialized(shape, elementType, op: op)
    try elementType.expectHolds(value, op: op)
    result.write(repeating: value)
    try Interrupt.check()
    return result
  }

  /// Makes an int64 tensor of one repeated whole number, exactly.
  public static func full(_ shape: Shape, integer value: Int, op: String) throws -> Tensor {
    let result = try uninitialized(shape, .int64, op: op)
    try Interrupt.forEachRun(of: result.count) { run in
      (result.int64Pointer + run.lowerBound).update(repeating: Int64(value), count: run.count)
    }
    return result
  }

  public static func zeros(_ shape: Shape, _ elementType: ElementType = .float32) throws -> Tensor {
    try full(shape, 0, elementType)
  }

  public static func ones(_ shape: Shape, _ elementType: ElementType = .float32) throws -> Tensor {
    try full(shape, 1, elementType)
  }

  /// Makes `[count]` of `start`, `start + step`, …
  public static func arange(_ count: Int, from start: Double = 0, step: Double = 1) throws -> Tensor {
    let result = try uninitialized([count], op: "arange")
    try result.withMutableFloats { floats in
      try Interrupt.forEachRun(of: count) { run in
        for i in run { floats[i] = Float(start + Double(i) * step) }
      }
    }
    return result
  }

  /// Makes a tensor of this one's shape, type and memory order with undefined contents.
  ///
  /// A view with gaps or repeats gives a row-major one.
  func uninitializedLike() -> Tensor {
    Tensor(
      storage: Storage(byteCount: byteCount), shape: shape, strides: isDense ? strides : shape.rowMajorStrides,
      offset: 0, elementType: elementType)
  }

  /// Makes a tensor of this one's shape, type and memory order, of zeros.
  public func zerosLike() -> Tensor {
    let result = uninitializedLike()
    result.storage.base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    return result
  }

  /// Fills memory without gaps with one value, whatever the order of its axes, unseen by the tape; ends early where the
  /// process was asked to stop.
  func write(repeating value: Double) {
    var start = 0
    while start < count && (start == 0 || !Interrupt.isRequested) {
      let length = Swift.min(Interrupt.runLength, count - start)
      switch elementType {
      case .float32: (floatPointer + start).update(repeating: Float(value), count: length)
      case .float64: (doublePointer + start).update(repeating: value, count: length)
      case .int64: (int64Pointer + start).update(repeating: Int64(saturating: value), count: length)
      case .uint8: (bytePointer + start).update(repeating: UInt8(saturating: value), count: length)
      }
      start += length
    }
  }
}
