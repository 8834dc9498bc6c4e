/// Order of names as people count: `No2` before `No11`, `a` before `B`.
enum NaturalOrder {
  /// Whether one name comes before another. Numbers are compared as numbers, of any length, and letters without case;
  /// names that are equal so far are ordered by their bytes, so no two different names are equal.
  static func precedes(_ left: String, _ right: String) -> Bool {
    let (a, b) = (Array(left.utf8), Array(right.utf8))
    var (i, j) = (0, 0)
    while i < a.count && j < b.count {
      if isDigit(a[i]) && isDigit(b[j]) {
        let (first, second) = (digits(a, &i), digits(b, &j))
        if first.count != second.count { return first.count < second.count }
        if first != second { return first.lexicographicallyPrecedes(second) }
      } else {
        let (first, second) = (folded(a[i]), folded(b[j]))
        if first != second { return first < second }
        (i, j) = (i + 1, j + 1)
      }
    }
    if a.count - i != b.count - j { return a.count - i < b.count - j }
    return a.lexicographicallyPrecedes(b)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func folded(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte + 32 : byte }

  /// Takes a number, without the zeros in front of it.
  private static func digits(_ bytes: [UInt8], _ position: inout Int) -> ArraySlice<UInt8> {
    let start = position
    while position < bytes.count && isDigit(bytes[position]) { position += 1 }
    let number = bytes[start..<position].drop { $0 == 0x30 }
    return number
  }
}
