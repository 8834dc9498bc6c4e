/// A name for what random numbers are drawn for.
///
/// Two streams of the same seed with different purposes are independent, so adding a draw to one part of a program
/// never shifts the numbers that another part sees.
public struct RandomPurpose: Hashable, Sendable, ExpressibleByStringLiteral {
  public let name: String

  public init(_ name: String) { self.name = name }
  public init(stringLiteral name: String) { self.name = name }

  public static let initialization: RandomPurpose = "initialization"
  public static let partition: RandomPurpose = "partition"
  public static let batches: RandomPurpose = "batches"
  public static let cohort: RandomPurpose = "cohort"
  public static let dropout: RandomPurpose = "dropout"
  public static let attack: RandomPurpose = "attack"
  public static let defense: RandomPurpose = "defense"
  public static let synthetic: RandomPurpose = "synthetic"
  public static let script: RandomPurpose = "script"

  /// 64-bit FNV-1a of the name: stable over releases and machines, unlike `hashValue`.
  var code: UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
    return hash
  }
}
