import Foundation

/// A folder that a run left, read back.
public final class RecordedRun: Sendable {
  /// The folder.
  public let path: String
  /// Everything that `manifest.json` says.
  public let manifest: JSONValue

  /// - Throws: ``FederationError/setup(what:problem:allowed:)`` for a folder without a manifest that can be read.
  public init(_ path: String) throws {
    let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard let text = try? String(contentsOfFile: trimmed + "/manifest.json", encoding: .utf8),
      let json = JSONValue(text.trimmingCharacters(in: .newlines)),
      json["format"]?.string?.hasPrefix("fedlua run ") == true
    else {
      throw FederationError.setup(
        what: path, problem: "there is no manifest.json of a run",
        allowed: "the folder of a run, its run_dir, is needed")
    }
    self.path = trimmed
    manifest = json
  }

  /// All runs in a folder and in those below it, by their paths.
  public static func all(in folder: String) -> [RecordedRun] {
    let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return files.filter { $0 == "manifest.json" || $0.hasSuffix("/manifest.json") }
      .map { file in file == "manifest.json" ? folder : folder + "/" + file.dropLast("/manifest.json".count) }
      .sorted().compactMap { try? RecordedRun($0) }
  }

  // MARK: What it was made of

  /// The options of the run, by value.
  public var options: JSONValue { manifest["options"] ?? .object([]) }

  /// The value of an option by its path, such as `defense`, `defense.f` or `local_training.optimizer.lr`.
  public func option(_ path: String) -> JSONValue? {
    var value: JSONValue? = options
    for part in path.split(separator: ".") {
      let names = part.split { $0 == "[" || $0 == "]" }.map(String.init)
      if let name = names.first { value = value?[RunAccount.options]?[name] ?? value?[name] }
      for number in names.dropFirst().compactMap({ Int($0) }) { value = Self.element(number, of: value) }
    }
    return value
  }

  /// An element of a list, or of the array part of a table of options, from 1.
  private static func element(_ number: Int, of value: JSONValue?) -> JSONValue? {
    let list = (value?[RunAccount.options]?[RunAccount.items] ?? value?[RunAccount.items] ?? value)?.array ?? []
    return list.indices.contains(number - 1) ? list[number - 1] : nil
  }

  /// Seed of all randomness.
  public var seed: UInt64 { manifest["seed"]?.string.flatMap(UInt64.init) ?? 0 }
  /// Rounds in all.
  public var total: Int { manifest["rounds"]?.int ?? 0 }
  /// What the run ended with; nil while it goes on, or where it was killed.
  public var hash: String? { manifest["result"]?["hash"]?.string }
  /// SHA-256 of the last model's values; nil as for ``hash``.
  public var digest: String? { manifest["result"]?["digest"]?.string }
  /// When it began.
  public var started: String? { manifest["host"]?["started"]?.string }

  /// Whether the option is as a text says: `krum` is enough for `fed.aggregators.krum { f = 3 }`.
  public func matches(_ path: String, _ text: String) -> Bool {
    guard let value = option(path) else { return ["none", "nil"].contains(text) }
    let name = value[RunAccount.name]?.string
    let shown = RunAccount.text(value)
    return shown == text || name == text || name?.split(separator: ".").last.map(String.init) == text
      || value.double != nil && value.double == Double(text)
  }

  // MARK: How it went

  /// Records of the finished rounds, with the times that they took.
  public func history() -> [RoundRecord] {
    var times: [Int: Double] = [:]
    for line in LineFile(path: path + "/timing.jsonl").text.split(separator: "\n").compactMap({ JSONValue(String($0)) })
    {
      times[line["round"]?.int ?? 0] = line["seconds"]?.double
    }
    return LineFile(path: path + "/metrics.jsonl").text.split(separator: "\n")
      .compactMap { JSONValue(String($0)).flatMap(RoundRecord.init) }
      .map { record in
        var record = record
        record.seconds = times[record.number] ?? 0
        return record
      }
  }

  /// In what two runs differ: the options, and where these are the same, everything else that decides results.
  ///
  /// - Parameter all: Tells of data, script, arguments and program also where options differ.
  public static func differences(
    _ old: RecordedRun, _ new: RecordedRun, all: Bool = false
  ) -> [RunAccount.Difference] {
    let options = RunAccount.differences(old.options, new.options)
    if !options.isEmpty, !all { return options }
    let known = Set(options.map(\.option))
    let data = RunAccount.differences(old.manifest["sets"], new.manifest["sets"]).filter { !known.contains($0.option) }
    let rest = ["events", "version", "instruction_set", "arguments"].flatMap { name in
      RunAccount.differences(old.manifest[name], new.manifest[name], at: name)
    }
    let script = RunAccount.differences(
      old.manifest["script"]?["sha256"], new.manifest["script"]?["sha256"], at: "script")
    let hash =
      old.hash == nil || new.hash == nil
      ? []
      : RunAccount.differences(
        old.manifest["result"]?["hash"], new.manifest["result"]?["hash"], at: "hash")
    return options + data + rest + script + hash
  }
}

extension RecordedRun {
  /// An option at the end of its path, as text.
  public struct Leaf: Sendable, Equatable {
    /// Its path, such as `defense` or `defense.f`.
    public let name: String
    /// As a script would write it, and in one word: `fed.aggregators.krum { f = 3 }` and `krum`.
    public let text, short: String
  }

  /// All options and the options of what they hold, each by its path.
  public var leaves: [Leaf] {
    guard case .object(let members) = options else { return [] }
    return members.pairs.flatMap { Self.leaves($0.value, at: $0.name) }
  }

  private static func inner(_ name: String, _ path: String) -> String {
    name == RunAccount.items ? path : "\(path).\(name)"
  }

  private static func leaves(_ value: JSONValue, at path: String) -> [Leaf] {
    let text = RunAccount.text(value)
    if let name = value[RunAccount.name]?.string, case .object(let inner)? = value[RunAccount.options] {
      let own = Leaf(name: path, text: text, short: String(name.split(separator: ".").last ?? ""))
      return [own] + inner.pairs.flatMap { leaves($0.value, at: Self.inner($0.name, path)) }
    }
    if value[RunAccount.function] != nil {
      let short = text + (value["sha256"]?.string.map { " #" + $0.prefix(6) } ?? "")
      let captured = value["captured"].map { leaves($0, at: path) } ?? []
      return [Leaf(name: path, text: text, short: short)] + captured.filter { $0.name != path }
    }
    if case .object(let inner) = value {
      return inner.pairs.flatMap { leaves($0.value, at: Self.inner($0.name, path)) }
    }
    if let parts = value.array, parts.contains(where: { if case .object = $0 { true } else { false } }) {
      return parts.enumerated().flatMap { leaves($0.element, at: "\(path)[\($0.offset + 1)]") }
    }
    return [Leaf(name: path, text: text, short: text)]
  }
}
