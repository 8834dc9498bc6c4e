/// Sums of bytes that tell damaged or different content apart at the speed of memory. No guard against forgers.
public enum Checksum {
  private static let first: UInt64 = 0x9e37_79b1_85eb_ca87, second: UInt64 = 0xc2b2_ae3d_27d4_eb4f

  /// The sum of some bytes, which depends on all that was summed before.
  public static func of(_ bytes: UnsafeRawBufferPointer, after seed: UInt64 = 0) -> UInt64 {
    var lanes = SIMD4<UInt64>(seed &+ first, seed ^ second, seed &- first, ~seed)
    var position = 0
    while position + 32 <= bytes.count {
      let words = bytes.loadUnaligned(fromByteOffset: position, as: SIMD4<UInt64>.self)
      let sums = lanes &+ words &* second
      lanes = (sums &<< 31 | sums &>> 33) &* first
      position += 32
    }
    var sum = mixed(lanes[0]) &+ mixed(lanes[1] &+ first) &+ mixed(lanes[2] &+ second) &+ mixed(~lanes[3])
    sum ^= UInt64(bytes.count) &* second
    while position < bytes.count {
      sum = mixed(sum ^ UInt64(bytes[position]))
      position += 1
    }
    return mixed(sum)
  }

  /// The sum of a list of bytes.
  public static func of(_ bytes: [UInt8], after seed: UInt64 = 0) -> UInt64 {
    bytes.withUnsafeBytes { of($0, after: seed) }
  }

  /// The sum of a tensor's values, row by row.
  public static func of(_ tensor: Tensor, after seed: UInt64 = 0) -> UInt64 {
    let dense = tensor.contiguous()
    return withExtendedLifetime(dense) {
      let start = dense.storage.base + dense.offset * dense.elementType.byteCount
      return of(UnsafeRawBufferPointer(start: start, count: dense.byteCount), after: seed)
    }
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    let folded = (value ^ value &>> 29) &* second
    return (folded ^ folded &>> 32) &* first
  }
}
