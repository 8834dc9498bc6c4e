import Networks

/// Which parameters never leave a client: a choice over the model's layout.
public struct LocalParameters: Sendable {
  /// As messages and descriptions call it: `none`, `batch_norm`, `head`.
  public let name: String
  private let choose: @Sendable (ParameterLayout) throws -> Set<String>

  private init(_ name: String, _ choose: @escaping @Sendable (ParameterLayout) throws -> Set<String>) {
    self.name = name
    self.choose = choose
  }

  /// All parameters travel.
  public static let none = LocalParameters("none") { _ in [] }

  /// Batch normalization, weights and statistics alike.
  public static let batchNormalization = LocalParameters("batch_norm") { layout in
    let found = layout.entries.filter(\.isBatchNormalization).map(\.name)
    guard !found.isEmpty else {
      throw FederationError.setup(
        what: "local_batch_norm", problem: "the model has no batch normalization",
        allowed: "without it this is plain local training: use fedavg or fedprox")
    }
    return Set(found)
  }

  /// The last layer that has trainable parameters.
  public static let head = LocalParameters("head") { layout in
    guard let last = layout.entries.last(where: { $0.kind == .trainable && $0.count > 0 }) else { return [] }
    return Set(layout.entries(ofLayer: last.layer).map(\.name))
  }

  /// The parameters of these names, or of the layers of these names.
  public static func named(_ names: [String]) -> LocalParameters {
    LocalParameters(names.joined(separator: ", ")) { layout in
      var chosen: Set<String> = []
      for name in names {
        let found =
          layout[name].map { [$0] }
          ?? (layout.layers.contains { $0 == name || $0.hasPrefix(name + ".") } && !name.isEmpty
            ? layout.entries(ofLayer: name) : [])
        guard !found.isEmpty else {
          throw FederationError.setup(
            what: "local_parameters", problem: "the model has no parameter or layer '\(name)'",
            allowed: "it has \(layout.entries.map(\.name).joined(separator: ", "))")
        }
        chosen.formUnion(found.map(\.name))
      }
      return chosen
    }
  }

  /// The parameters for whose name `isLocal` is true.
  public static func chosen(by isLocal: @escaping @Sendable (_ name: String) throws -> Bool) -> LocalParameters {
    LocalParameters("function") { layout in Set(try layout.entries.map(\.name).filter { try isLocal($0) }) }
  }

  /// Names of the parameters that stay.
  ///
  /// - Throws: ``FederationError/setup(what:problem:allowed:)`` where the model has not what the choice names.
  func names(in layout: ParameterLayout) throws -> Set<String> { try choose(layout) }
}
