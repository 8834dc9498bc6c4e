/// Finds functions, classes and tables by words that stand anywhere in what is told of them.
struct HelpSearch {
  private static let mostShown = 20

  /// What may be found: its name, the line that shows it, and texts that count less the later they stand.
  private struct Topic {
    let name: String
    let line: String
    let texts: [String]
  }

  private let topics: [Topic]

  init(_ registry: Registry) {
    let calls = registry.bindings.filter { [.function, .method, .getter].contains($0.kind) }
    topics =
      calls.map { binding in
        let text = binding.documentation, options = text.parameters.flatMap(\.options)
        let parts = text.parameters.map { "\($0.name) \($0.sentence)" } + options.map { "\($0.name) \($0.sentence)" }
        let rest = parts + [text.returns, text.source ?? "", text.deviation ?? ""] + text.errors
        return Topic(
          name: binding.fullName, line: "\(binding.fullName)  \(text.sentence)",
          texts: [binding.fullName, text.sentence, rest.joined(separator: " ")].map { $0.lowercased() })
      }
      + registry.classes.map { type in
        Topic(
          name: type.name, line: "\(type.name)  \(type.sentence)",
          texts: [type.name, type.sentence].map { $0.lowercased() })
      }
      + registry.tables.map { table in
        let fields = table.fields.map { "\($0.name) \($0.sentence)" }.joined(separator: " ")
        return Topic(
          name: table.name, line: "\(table.name)  \(table.sentence)",
          texts: [table.name, table.sentence, fields].map { $0.lowercased() })
      }
  }

  /// What holds every word, the nearest first; nil if nothing does.
  func text(for words: String) -> String? {
    let wanted = words.lowercased().split(separator: " ").map(String.init)
    guard !wanted.isEmpty else { return nil }
    let found = topics.compactMap { topic in distance(topic, wanted).map { (distance: $0, topic: topic) } }
      .sorted { ($0.distance, $0.topic.name) < ($1.distance, $1.topic.name) }
    guard !found.isEmpty else { return nil }
    let shown = found.prefix(Self.mostShown).map { "    " + $0.topic.line }
    let more = found.count > shown.count ? ["    and \(found.count - shown.count) more; another word says it closer"] : []
    return (["what is told of \(wanted.joined(separator: " and "))", ""] + shown + more).joined(separator: "\n")
  }

  /// How far from its name the words stand in what is told of a topic; nil where one is missing.
  private func distance(_ topic: Topic, _ words: [String]) -> Int? {
    var sum = 0
    for word in words {
      guard let place = topic.texts.firstIndex(where: { $0.contains(word) }) else { return nil }
      sum += place
    }
    return sum
  }
}
