import CProcessor
import KernelTypes

/// Sixteen floats: one AVX-512 register, two of AVX2, four of SSE or NEON.
typealias Lanes = SIMD16<Float>

/// The same bits as integers.
typealias LaneBits = SIMD16<Int32>

/// One truth value a lane.
typealias LaneMask = SIMDMask<LaneBits>

@inline(__always) var laneCount: Int { 16 }

@inline(__always)
func load(_ p: Input, _ i: Int = 0) -> Lanes {
  UnsafeRawPointer(p).loadUnaligned(fromByteOffset: i &* 4, as: Lanes.self)
}

@inline(__always)
func store(_ lanes: Lanes, _ p: Output, _ i: Int = 0) {
  UnsafeMutableRawPointer(p).storeBytes(of: lanes, toByteOffset: i &* 4, as: Lanes.self)
}

/// Loads the first `count < 16` floats; the other lanes are 0.
@inline(__always)
func loadPartial(_ p: Input, _ count: Int) -> Lanes {
  var lanes = Lanes(repeating: 0)
  withUnsafeMutableBytes(of: &lanes) { bytes in
    copyFew(p, bytes.baseAddress!.assumingMemoryBound(to: Float.self), count)
  }
  return lanes
}

/// Stores the first `count < 16` lanes.
@inline(__always)
func storePartial(_ lanes: Lanes, _ p: Output, _ count: Int) {
  withUnsafeBytes(of: lanes) { bytes in
    copyFew(bytes.baseAddress!.assumingMemoryBound(to: Float.self), p, count)
  }
}

/// Tells which lanes come before `count`.
@inline(__always)
func isBefore(_ count: Int) -> LaneMask {
  LaneBits(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    .< LaneBits(repeating: Int32(truncatingIfNeeded: count))
}

/// Copies through memory: a call with lanes as arguments would pass them in pieces, and make the code before it work
/// on pieces too.
@inline(never)
private func copyFew(_ x: Input, _ y: Output, _ count: Int) {
  var j = 0
  while j < count {
    y[j] = x[j]
    j &+= 1
  }
}

/// Returns `a * b + c`, rounded once where the instruction set can: every build but x86-64 baseline.
@inline(__always)
func multiplyAdd(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> Lanes {
  #if NO_FMA
    a * b + c
  #else
    c.addingProduct(a, b)
  #endif
}

@inline(__always)
func multiplyAdd(_ a: Float, _ b: Float, _ c: Float) -> Float {
  #if NO_FMA
    a * b + c
  #else
    c.addingProduct(a, b)
  #endif
}

/// Returns `yes` where the mask is set and `no` elsewhere.
///
/// `SIMD.replacing(with:where:)` is the same, but generic: where it is not inlined early, masks are taken to pieces.
@inline(__always)
func select(_ mask: LaneMask, _ yes: Lanes, _ no: Lanes) -> Lanes {
  var result = no
  result.replace(with: yes, where: mask)
  return result
}

@inline(__always)
func select(_ mask: LaneMask, _ yes: LaneBits, _ no: LaneBits) -> LaneBits {
  var result = no
  result.replace(with: yes, where: mask)
  return result
}

/// Whether the mask is set in any lane.
@inline(__always)
func isAny(_ mask: LaneMask) -> Bool {
  let words = unsafeBitCast(
    select(mask, LaneBits(repeating: 1), LaneBits(repeating: 0)), to: SIMD8<UInt64>.self)
  return words[0] | words[1] | words[2] | words[3] | words[4] | words[5] | words[6] | words[7] != 0
}

/// Returns the smaller of each pair; where one is NaN, `b`.
@inline(__always)
func lesser(_ a: Lanes, _ b: Lanes) -> Lanes { select(a .< b, a, b) }

/// Returns the larger of each pair; where one is NaN, `b`.
@inline(__always)
func greater(_ a: Lanes, _ b: Lanes) -> Lanes { select(a .> b, a, b) }

/// Returns the larger of each pair; NaN where either is.
@inline(__always)
func maximumOrNaN(_ a: Lanes, _ b: Lanes) -> Lanes {
  select(a .!= a, a, greater(a, b))
}

/// Returns the smaller of each pair; NaN where either is.
@inline(__always)
func minimumOrNaN(_ a: Lanes, _ b: Lanes) -> Lanes {
  select(a .!= a, a, lesser(a, b))
}

@inline(__always)
func bits(_ lanes: Lanes) -> LaneBits { unsafeBitCast(lanes, to: LaneBits.self) }

@inline(__always)
func floats(_ bits: LaneBits) -> Lanes { unsafeBitCast(bits, to: Lanes.self) }

@inline(__always)
func magnitude(_ lanes: Lanes) -> Lanes { floats(bits(lanes) & LaneBits(repeating: 0x7FFF_FFFF)) }

/// Returns `lanes` with the signs of `sign`.
@inline(__always)
func copySign(_ lanes: Lanes, _ sign: Lanes) -> Lanes {
  floats((bits(lanes) & LaneBits(repeating: 0x7FFF_FFFF)) | (bits(sign) & LaneBits(repeating: Int32.min)))
}

/// Returns the square roots. `SIMD.squareRoot()` is a loop of calls; this form becomes one instruction.
@inline(__always)
func squareRoot(_ v: Lanes) -> Lanes {
  Lanes(
    v[0].squareRoot(), v[1].squareRoot(), v[2].squareRoot(), v[3].squareRoot(), v[4].squareRoot(),
    v[5].squareRoot(), v[6].squareRoot(), v[7].squareRoot(), v[8].squareRoot(), v[9].squareRoot(),
    v[10].squareRoot(), v[11].squareRoot(), v[12].squareRoot(), v[13].squareRoot(), v[14].squareRoot(),
    v[15].squareRoot())
}

/// Returns the sum of the lanes, added pairwise.
@inline(__always)
func laneSum(_ v: Lanes) -> Float {
  let eight = v.lowHalf + v.highHalf
  let four = eight.lowHalf + eight.highHalf
  let two = four.lowHalf + four.highHalf
  return two[0] + two[1]
}

/// Returns the largest lane, NaN if there is one.
@inline(__always)
func laneMaximum(_ v: Lanes) -> Float {
  let eight = maximumOrNaN(v, Lanes(lowHalf: v.highHalf, highHalf: v.lowHalf))
  let swapped = SIMD8(lowHalf: eight.lowHalf.highHalf, highHalf: eight.lowHalf.lowHalf)
  let four = maximumOrNaN(eight, Lanes(lowHalf: swapped, highHalf: swapped))
  var result = four[0]
  for j in 1..<4 where four[j] > result || four[j] != four[j] { result = four[j] }
  return result
}

/// Sixteen float64 accumulators. A tuple: a struct would bring symbols that all instruction sets share.
typealias WideLanes = (low: SIMD8<Double>, high: SIMD8<Double>)

@inline(__always) var wideZero: WideLanes { (SIMD8(repeating: 0), SIMD8(repeating: 0)) }

@inline(__always)
func add(_ v: Lanes, to total: inout WideLanes) {
  total.low += processor_widen_low(v)
  total.high += processor_widen_high(v)
}

@inline(__always)
func addProduct(_ a: Lanes, _ b: Lanes, to total: inout WideLanes) {
  total.low += processor_widen_low(a) * processor_widen_low(b)
  total.high += processor_widen_high(a) * processor_widen_high(b)
}

@inline(__always)
func laneSum(_ total: WideLanes) -> Double {
  let eight = total.low + total.high
  let four = eight.lowHalf + eight.highHalf
  let two = four.lowHalf + four.highHalf
  return two[0] + two[1]
}
