public import Datasets
import Tensors

/// How records tell what a run was made of: by value, in JSON.
///
/// An object that a function made is `{"name": "fed.aggregators.krum", "options": {"f": 3}}`, a function of a script
/// `{"function": "script.lua", "line": 12, "sha256": …, "captured": {…}}`, everything else itself.
public enum RunAccount {
  /// Names of the members of such objects.
  public static let name = "name", options = "options", function = "function", line = "line"
  /// The array part of a table of options.
  static let items = "items"

  /// One thing in which two runs differ.
  public struct Difference: Sendable, Equatable {
    /// Where it stands, such as `defense.f` or `clients.concentration`.
    public let path: String
    /// What it was, and what it is; nil where there is none.
    public let old, new: JSONValue?

    /// The option of `fed.simulation` that it belongs to.
    public var option: String { String(path.prefix { $0 != "." && $0 != "[" }) }

    /// `defense.f: 2 -> 3`
    public var text: String {
      "\(path): \(old.map(RunAccount.text) ?? "none") -> \(new.map(RunAccount.text) ?? "none")"
    }
  }

  /// In what two accounts differ, as near to the leaves as can be told. Where a function stands is no difference, only
  /// what it says.
  public static func differences(_ old: JSONValue?, _ new: JSONValue?, at path: String = "") -> [Difference] {
    guard !isSame(old, new) else { return [] }
    if case .object(let a)? = old, case .object(let b)? = new, isComparable(old!, new!) {
      return differences(a, b, at: path)
    }
    if let a = old?.array, let b = new?.array, a.count == b.count, a.contains(where: isObject) {
      return zip(a, b).enumerated().flatMap { index, pair in
        differences(pair.0, pair.1, at: "\(path)[\(index + 1)]")
      }
    }
    return [Difference(path: path, old: old, new: new)]
  }

  private static func differences(
    _ a: JSONValue.Members, _ b: JSONValue.Members, at path: String
  ) -> [Difference] {
    let isMade = isAccount(.object(a)) && isAccount(.object(b))
    let left = Dictionary(a.pairs.map { ($0.name, $0.value) }) { first, _ in first }
    let right = Dictionary(b.pairs.map { ($0.name, $0.value) }) { first, _ in first }
    return Set(left.keys).union(right.keys).sorted().flatMap { name -> [Difference] in
      // Options are named as a script writes them, without the word between.
      let isBetween = isMade && name == options || name == items && !path.isEmpty
      let inner = isBetween ? path : path.isEmpty ? name : "\(path).\(name)"
      return differences(left[name], right[name], at: inner)
    }
  }

  /// Whether parts of two objects stand for the same: both made by one function, or both made by none.
  private static func isComparable(_ a: JSONValue, _ b: JSONValue) -> Bool {
    if isAccount(a) || isAccount(b) { return isAccount(a) && isAccount(b) && a[name] == b[name] }
    return (a[function] == nil) == (b[function] == nil)
  }

  private static func isAccount(_ value: JSONValue) -> Bool { value[name]?.string != nil && value[options] != nil }

  private static func isObject(_ value: JSONValue) -> Bool { if case .object = value { true } else { false } }

  /// Whether two values say the same; 1 and 1.0 do, and so does a function wherever it stands.
  private static func isSame(_ old: JSONValue?, _ new: JSONValue?) -> Bool {
    guard let old, let new else { return old == nil && new == nil || (old ?? .null) == (new ?? .null) }
    if let a = old.double, let b = new.double { return a == b || a.isNaN && b.isNaN }
    if old[function] != nil, new[function] != nil, old["sha256"] != .null {
      return old["sha256"] == new["sha256"] && isSame(old["captured"], new["captured"])
    }
    switch (old, new) {
    case (.array(let a), .array(let b)): return a.count == b.count && zip(a, b).allSatisfy { isSame($0, $1) }
    case (.object(let a), .object(let b)):
      return a.pairs.count == b.pairs.count
        && a.pairs.allSatisfy { pair in new[pair.name].map { isSame(pair.value, $0) } ?? false }
    default: return old == new
    }
  }

  /// A value as a script would write it: `fed.aggregators.krum { f = 3 }`.
  public static func text(_ value: JSONValue) -> String {
    if let name = value[name]?.string, let options = value[options] {
      guard case .object(let members) = options, !members.pairs.isEmpty else { return name }
      return name + " " + text(options)
    }
    if let function = value[function]?.string {
      return "function of \(function)" + (value[line]?.int.map { ":\($0)" } ?? "")
    }
    switch value {
    case .null: return "none"
    case .string(let text): return text
    case .array(let values) where values.isEmpty: return "{}"
    case .array(let values): return "{ " + values.map(text).joined(separator: ", ") + " }"
    case .object(let members):
      return "{ " + members.pairs.map { "\($0.name) = \(text($0.value))" }.joined(separator: ", ") + " }"
    default: return value.text
    }
  }
}

extension Dataset {
  /// SHA-256 of labels and values: all labels, and every sample of a small set; of a large one some hundred samples
  /// evenly over it, so that it costs nothing beside a round.
  public func contentHash() throws -> String {
    let step = max(1, count / 256)
    let batch = try batch(Array(stride(from: 0, to: count, by: step))).inputs.contiguous()
    let values = batch.withFloats { SHA256.hex(UnsafeRawBufferPointer(start: $0, count: batch.byteCount)) }
    return SHA256.hex(values + labels.map(String.init).joined(separator: " "))
  }

  /// What records say of a set of a run.
  func account() throws -> JSONValue {
    .object([
      ("samples", .int(count)), ("classes", .ints(classCounts)),
      ("sha256", .string(String(try contentHash().prefix(16)))),
    ])
  }
}
