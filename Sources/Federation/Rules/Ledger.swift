/// Why a rule decided as it did: named numbers for each client, and a word where there is something to say.
public struct Ledger: Sendable, Equatable {
  /// A measure of the clients, in the order of the rows. NaN where a client has none.
  public struct Column: Sendable, Equatable {
    public let name: String
    public let values: [Double]

    public init(name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// Names ascend.
  public var columns: [Column]
  /// In words, by client.
  public var reasons: [Int: String]

  public init(columns: [Column] = [], reasons: [Int: String] = [:]) {
    self.columns = columns.sorted { $0.name < $1.name }
    self.reasons = reasons
  }

  public var isEmpty: Bool { columns.isEmpty && reasons.isEmpty }

  /// The numbers of one row, names ascending.
  func entries(ofRow row: Int) -> [LedgerEntry] {
    columns.map { LedgerEntry(name: $0.name, value: $0.values[row]) }
  }
}

/// One named number of one client.
public struct LedgerEntry: Sendable, Equatable {
  public let name: String
  public let value: Double

  public init(name: String, value: Double) {
    self.name = name
    self.value = value
  }

  /// Equal NaNs are equal entries: a client without the measure is one in a copy, too.
  public static func == (a: LedgerEntry, b: LedgerEntry) -> Bool {
    a.name == b.name && (a.value == b.value || a.value.isNaN && b.value.isNaN)
  }
}

/// How well a round's flags tell who attacks: filled by the run, which alone knows.
public struct Detection: Sendable, Equatable {
  /// Byzantine clients among those that were flagged or sent NaN or infinity; nil where nobody was.
  public let precision: Double?
  /// Flagged clients among the Byzantine ones of the cohort; nil where there is none.
  public let recall: Double?
  /// Flagged clients among the honest ones of the cohort; nil where there is none.
  public let falsePositiveRate: Double?
  /// Harmonic mean of precision and recall; nil where nobody is flagged and nobody attacks.
  public let f1: Double?
  /// Share of the aggregate that Byzantine clients have; nil where the rule gives no weights.
  public let byzantineWeight: Double?

  /// - Parameters:
  ///   - cohort: Ids of the clients whose update arrived, whole or not.
  ///   - flagged: Ids of those held to be Byzantine.
  ///   - weights: Share of each client by id; nil if the rule gives none.
  init(cohort: [Int], byzantine: Set<Int>, flagged: Set<Int>, weights: [Int: Double]?) {
    let attackers = cohort.count { byzantine.contains($0) }, honest = cohort.count - attackers
    let caught = cohort.count { byzantine.contains($0) && flagged.contains($0) }
    let accused = cohort.count { !byzantine.contains($0) && flagged.contains($0) }
    func share(_ part: Int, _ whole: Int) -> Double? { whole > 0 ? Double(part) / Double(whole) : nil }
    precision = share(caught, caught + accused)
    recall = share(caught, attackers)
    falsePositiveRate = share(accused, honest)
    f1 = share(2 * caught, attackers + caught + accused)
    func sum(_ clients: [Int]) -> Double { clients.reduce(0.0) { $0 + (weights?[$1] ?? 0) } }
    let total = sum(cohort)
    byzantineWeight = total > 0 ? sum(cohort.filter { byzantine.contains($0) }) / total : nil
  }

  init(precision: Double?, recall: Double?, falsePositiveRate: Double?, f1: Double?, byzantineWeight: Double?) {
    self.precision = precision
    self.recall = recall
    self.falsePositiveRate = falsePositiveRate
    self.f1 = f1
    self.byzantineWeight = byzantineWeight
  }
}
