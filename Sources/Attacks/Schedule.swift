/// How strong an attack is in each round: a number, or nothing in rounds of rest.
public struct Schedule: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  private let strength: (Int) throws -> Double?

  /// The same strength in every round.
  public init(_ value: Double) { strength = { _ in value } }

  /// Calls a function with the round's number, from 1; nil means that the attacker is honest in the round.
  public init(_ strength: @escaping (_ round: Int) throws -> Double?) { self.strength = strength }

  public init(floatLiteral value: Double) { self.init(value) }
  public init(integerLiteral value: Int) { self.init(Double(value)) }

  /// Strength in a round, or nil at rest.
  ///
  /// - Throws: ``AttackError/schedule(round:got:)`` for NaN and infinities, or what the function throws.
  public func value(in round: Int) throws -> Double? {
    guard let value = try strength(round) else { return nil }
    guard value.isFinite else { throw AttackError.schedule(round: round, got: value) }
    return value
  }
}
