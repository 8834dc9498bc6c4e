import Testing

@testable import Kernels

/// Instruction sets that this machine runs.
let instructionSets = InstructionSet.allCases.filter(\.isSupported)

/// Lengths around the widths at which kernels change their path.
let awkwardLengths = [0, 1, 2, 3, 7, 15, 16, 17, 31, 32, 33, 63, 65, 100, 257, 1025]

/// Returns reproducible numbers in -1 ... 1.
func numbers(_ count: Int, seed: UInt64, scale: Float = 1) -> [Float] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (Float(state >> 40) / Float(1 << 23) - 1) * scale
  }
}

/// Runs a kernel on `count` floats of NaN and returns what it wrote; fails if it wrote outside.
func written(_ count: Int, initially: [Float]? = nil, _ body: (Output) -> Void) -> [Float] {
  let guardCount = 48
  let canary: Float = -12_345.5
  var floats = [Float](repeating: canary, count: count + 2 * guardCount)
  for i in 0..<count { floats[guardCount + i] = initially?[i] ?? .nan }
  floats.withUnsafeMutableBufferPointer { body($0.baseAddress! + guardCount) }
  #expect(floats[..<guardCount].allSatisfy { $0 == canary }, "written before the start")
  #expect(floats[(guardCount + count)...].allSatisfy { $0 == canary }, "written past the end")
  return Array(floats[guardCount..<guardCount + count])
}

/// Runs `body` with a workspace full of NaN; fails if it was written outside.
func withWorkspace(_ count: Int, _ body: (Output) -> Void) {
  _ = written(count, body)
}

/// Tells how far two vectors lie apart, relative to the largest element of the second.
func relativeError(_ got: [Float], _ expected: [Double]) -> Double {
  let size = expected.reduce(1e-30) { max($0, abs($1)) }
  return zip(got, expected).reduce(0) { worst, pair in
    let error = abs(Double(pair.0) - pair.1) / size
    return error.isNaN ? .infinity : max(worst, error)
  }
}

/// Tolerances, by what was added up.
enum Tolerance {
  /// One float32 operation or function on each element.
  static let elementwise = 5e-7
  /// What a Winograd convolution promises.
  static let winograd = 1e-4
  /// A float32 sum of `count` products of random sign.
  static func accumulated(_ count: Int) -> Double { 1e-6 + 2e-7 * Double(count).squareRoot() }
}

/// Returns the bit patterns, for comparisons that must be exact.
func bits(_ x: [Float]) -> [UInt32] { x.map(\.bitPattern) }
