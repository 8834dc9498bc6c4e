extension Tensor {
  /// All elements in row-major order, as Double.
  public var values: [Double] {
    Trace.current?.noteReading(of: self)
    let row = contiguousCopyIfNeeded()
    return (0..<count).map { row.element($0) }
  }

  /// All elements in row-major order, as Float.
  public var floats: [Float] {
    guard elementType == .float32 else { return values.map(Float.init) }
    Trace.current?.noteReading(of: self)
    return contiguousCopyIfNeeded().withFloats { Array(UnsafeBufferPointer(start: $0, count: count)) }
  }

  /// All elements in row-major order, as Int; fractions are cut off.
  public var integers: [Int] {
    Trace.current?.noteReading(of: self)
    return uncheckedIntegers
  }

  /// As ``integers``, for operations that plans know: a dry run does not see it.
  var uncheckedIntegers: [Int] {
    guard elementType == .int64 else { return Trace.hiding { values.map { Int(saturating: $0) } } }
    let row = contiguousCopyIfNeeded()
    return withExtendedLifetime(row) { (0..<count).map { Int(row.int64Pointer[$0]) } }
  }

  /// Returns the only element.
  public func item() throws -> Double {
    guard count == 1 else { throw TensorError.shape(op: "item", got: shape, expected: "one element is needed") }
    Trace.current?.noteReading(of: self)
    return element(offset: offset)
  }

  /// Reads the element at a position, one index per axis from 0, already checked.
  public func element(at position: [Int]) -> Double {
    Trace.current?.noteReading(of: self)
    return element(offset: zip(position, strides).reduce(offset) { $0 + $1.0 * $1.1 })
  }

  /// Reads the `index`-th element of row-major memory.
  private func element(_ index: Int) -> Double { element(offset: offset + index) }

  /// Reads the element at a distance from the start of the storage, in elements, already checked.
  public func number(at offset: Int) -> Double {
    Trace.current?.noteReading(of: self)
    return element(offset: offset)
  }

  /// As ``number(at:)`` for a tensor of whole numbers: exact, where float64 would round what lies beyond 2^53.
  public func integer(at offset: Int) -> Int {
    guard elementType == .int64 else { return Int(saturating: number(at: offset)) }
    Trace.current?.noteReading(of: self)
    return Int(storage.base.assumingMemoryBound(to: Int64.self)[offset])
  }

  func element(offset: Int) -> Double {
    switch elementType {
    case .float32: Double(storage.base.assumingMemoryBound(to: Float.self)[offset])
    case .float64: storage.base.assumingMemoryBound(to: Double.self)[offset]
    case .int64: Double(storage.base.assumingMemoryBound(to: Int64.self)[offset])
    case .uint8: Double(storage.base.assumingMemoryBound(to: UInt8.self)[offset])
    }
  }

  /// First element, for kernels that know the strides.
  public var floatPointer: UnsafeMutablePointer<Float> {
    assert(elementType == .float32)
    return storage.base.assumingMemoryBound(to: Float.self) + offset
  }

  public var doublePointer: UnsafeMutablePointer<Double> {
    assert(elementType == .float64)
    return storage.base.assumingMemoryBound(to: Double.self) + offset
  }

  public var int64Pointer: UnsafeMutablePointer<Int64> {
    assert(elementType == .int64)
    return storage.base.assumingMemoryBound(to: Int64.self) + offset
  }

  public var bytePointer: UnsafeMutablePointer<UInt8> {
    assert(elementType == .uint8)
    return storage.base.assumingMemoryBound(to: UInt8.self) + offset
  }

  /// Calls `body` with the first element; memory must be walked by ``strides``.
  public func withFloats<R>(_ body: (UnsafePointer<Float>) throws -> R) rethrows -> R {
    Trace.current?.noteReading(of: self)
    return try withExtendedLifetime(storage) { try body(UnsafePointer(floatPointer)) }
  }

  /// Calls `body` with the first element for writing, and counts the write.
  public func withMutableFloats<R>(_ body: (UnsafeMutablePointer<Float>) throws -> R) rethrows -> R {
    storage.version += 1
    return try withExtendedLifetime(storage) { try body(floatPointer) }
  }

  public func withDoubles<R>(_ body: (UnsafePointer<Double>) throws -> R) rethrows -> R {
    try withExtendedLifetime(storage) { try body(UnsafePointer(doublePointer)) }
  }

  public func withMutableDoubles<R>(_ body: (UnsafeMutablePointer<Double>) throws -> R) rethrows -> R {
    storage.version += 1
    return try withExtendedLifetime(storage) { try body(doublePointer) }
  }
}
