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
