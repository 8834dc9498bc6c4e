/// What can be wrong with an attack. Each case names the call as scripts know it.
public enum AttackError: Error, Equatable, CustomStringConvertible {
  case option(attack: String, name: String, got: Double, allowed: String)
  /// A schedule gave something that is not finite.
  case schedule(round: Int, got: Double)
  /// The attack needs more honest updates than there are.
  case tooFewHonest(attack: String, got: Int, needed: Int)
  /// A saved state that other attacks made.
  case state(parts: Int, expected: Int)

  public var description: String {
    switch self {
    case .option(let attack, let name, let got, let allowed): "\(attack): \(name) = \(got) is not allowed; \(allowed)"
    case .schedule(let round, let got): "schedule: the value of round \(round) is \(got); a finite number is needed"
    case .tooFewHonest(let attack, let got, let needed):
      "\(attack): there are \(got) honest updates; \(needed) or more are needed"
    case .state(let parts, let expected):
      "fed.attacks.all: the saved state is of \(parts) attacks with a memory, not of \(expected); the same attacks are needed"
    }
  }
}
