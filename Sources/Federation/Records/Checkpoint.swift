import Foundation
import Networks
import Tensors

/// Saves and restores a run between two rounds, so that it goes on with the same bits.
///
/// One safetensors file holds the model under its parameters' names, the clients' states, the last update and what
/// policies remember; its metadata holds the history and what the run must agree with. It is written to a temporary
/// file and renamed, so a file under the final name is always whole.
extension Simulation {
  private static let format = "fedlua checkpoint 3"

  /// Writes the run's state after the last finished round.
  public func save(to path: String) throws {
    try expectBetweenRounds("save")
    var tensors: [(name: String, tensor: Tensor)] = []
    for entry in model.layout.entries {
      tensors.append(("model.\(entry.name)", try model.layout.view(entry, of: globalVector).contiguous()))
    }
    if let previous = state.previousUpdate { tensors.append(("previous_update", previous)) }
    let states = state.clients.sorted { $0.key < $1.key }.map { saved($0.value, client: $0.key, &tensors) }
    let server = saved(state.memory, "server.value", &tensors)
    let optimizer = saved(Exchange(tensors: state.optimizer), "server.optimizer", &tensors)
    let policies = try allPolicies.compactMap { role, events in
      try events?.onSave.map { (role, try saved(try $0(), role: role, &tensors)) }
    }
    let json = JSONValue.object([
      ("history", .array(history.map(\.json))), ("clients", .array(states)), ("server", server),
      ("server_optimizer", optimizer), ("policies", .object(policies)), ("events", .array(events.map(\.json))),
    ])
    let metadata = [
      "format": Self.format, "layout": model.layout.digest, "seed": "\(options.seed)",
      "clients": "\(options.participants.count)", "dimension": "\(dimension)", "state": json.text,
      "run": try facts().json.text,
    ]
    try TensorFile.save(tensors, metadata: metadata, to: path)
  }

  /// Brings back what ``save(to:)`` wrote.
  ///
  /// - Parameter changes: In what the run of the file may differ from this one.
  /// - Throws: ``FederationError/checkpoint(path:what:file:run:)`` if the file belongs to another run,
  ///   ``FederationError/unreadable(path:problem:)`` if it is no checkpoint; nothing has changed then.
  public func load(from path: String, allowing changes: AllowedChanges = .nothing) throws {
    try expectBetweenRounds("load")
    let file = try TensorFile.load(path)
    guard file.metadata["format"] == Self.format, let text = file.metadata["state"], let json = JSONValue(text) else {
      throw FederationError.unreadable(path: path, problem: "this is no checkpoint of a run")
    }
    try expectSameRun(file.metadata, file.tensors, path)
    try facts().expectEqual(file.metadata["run"].flatMap { JSONValue($0) }, path, allowing: changes)
    let named = Dictionary(file.tensors.map { ($0.name, $0.tensor) }) { first, _ in first }
    let vector = try restoredVector(named, path)
    let records = (json["history"]?.array ?? []).map(RoundRecord.init)
    guard let history = records as? [RoundRecord] else {
      throw FederationError.unreadable(path: path, problem: "its history is damaged")
    }
    var restored = ServerState(vector: vector)
    restored.history = history
    restored.previousUpdate = named["previous_update"]
    let states = try (json["clients"]?.array ?? []).map { try restoredState($0, named, path) }
    restored.clients = Dictionary(states) { first, _ in first }
    restored.memory = try self.restored(json["server"], "server.value", named, path)
    restored.optimizer = try self.restored(json["server_optimizer"], "server.optimizer", named, path).tensors
    try restorePolicies(json["policies"], named)
    try commit(restored)
    events = (json["events"]?.array ?? []).compactMap(RunEvent.init)
    isStopped = false
  }

  private func expectSameRun(
    _ metadata: [String: String], _ tensors: [(name: String, tensor: Tensor)], _ path: String
  ) throws {
    if metadata["layout"] != model.layout.digest { try expectSameParameters(tensors, path) }
    let expected = [
      ("layout", model.layout.digest), ("seed", "\(options.seed)"), ("clients", "\(options.participants.count)"),
      ("dimension", "\(dimension)"),
    ]
    for (what, run) in expected where metadata[what] != run {
      throw FederationError.checkpoint(path: path, what: what, file: metadata[what] ?? "missing", run: run)
    }
  }

  /// Names the first parameter that the file and the model do not share.
  private func expectSameParameters(_ tensors: [(name: String, tensor: Tensor)], _ path: String) throws {
    let prefix = "model."
    let saved = tensors.filter { $0.name.hasPrefix(prefix) }
      .map { (name: String($0.name.dropFirst(prefix.count)), shape: $0.tensor.shape) }
    let known = Dictionary(saved.map { ($0.name, $0.shape) }) { first, _ in first }
    for entry in model.layout.entries where known[entry.name] != entry.shape {
      throw FederationError.checkpoint(
        path: path, what: "the parameter '\(entry.name)' of the model", file: known[entry.name].map { "\($0)" } ?? "missing",
        run: "\(entry.shape)")
    }
    for parameter in saved where !model.layout.entries.contains(where: { $0.name == parameter.name }) {
      throw FederationError.checkpoint(
        path: path, what: "the parameter '\(parameter.name)' of the model", file: "\(parameter.shape)", run: "missing")
    }
  }

  private func restoredVector(_ named: [String: Tensor], _ path: String) throws -> Tensor {
    let vector = try Tensor.uninitialized([model.layout.count], .float32)
    for entry in model.layout.entries {
      guard let tensor = named["model.\(entry.name)"], tensor.shape == entry.shape else {
        throw FederationError.unreadable(path: path, problem: "it lacks the parameter \(entry.name)")
      }
      try model.layout.view(entry, of: vector).copy_(tensor)
    }
    return vector
  }

  // MARK: What clients and server keep

  private func saved(
    _ state: ClientState, client: Int, _ tensors: inout [(name: String, tensor: Tensor)]
  ) -> JSONValue {
    for (index, vector) in (state.optimizer?.vectors ?? []).enumerated() {
      tensors.append(("client.\(client).optimizer.\(index)", vector))
    }
    return .object([
      ("id", .int(client)), ("steps", state.optimizer.map { .int($0.stepCount) } ?? .null),
      ("vectors", .int(state.optimizer?.vectors.count ?? 0)),
      ("values", saved(state.values, "client.\(client).value", &tensors)),
    ])
  }

  private func restoredState(
    _ json: JSONValue, _ named: [String: Tensor], _ path: String
  ) throws -> (Int, ClientState) {
    guard let id = json["id"]?.int, let count = json["vectors"]?.int, count >= 0 else {
      throw FederationError.unreadable(path: path, problem: "a client's state is damaged")
    }
    let vectors = (0..<count).prefix(named.count).compactMap { named["client.\(id).optimizer.\($0)"] }
    guard vectors.count == count else {
      throw FederationError.unreadable(path: path, problem: "it lacks the optimizer's memory of client \(id)")
    }
    let optimizer = json["steps"]?.int.map { OptimizerState(vectors: vectors, stepCount: $0) }
    return (
      id, ClientState(values: try restored(json["values"], "client.\(id).value", named, path), optimizer: optimizer)
    )
  }

  /// Writes named tensors under a common prefix; the numbers and the names stand in the result.
  private func saved(
    _ values: Exchange, _ prefix: String, _ tensors: inout [(name: String, tensor: Tensor)]
  ) -> JSONValue {
    let names = values.tensors.keys.sorted()
    for name in names { if let tensor = values.tensors[name] { tensors.append(("\(prefix).\(name)", tensor)) } }
    let numbers = values.numbers.sorted { $0.key < $1.key }
    return .object([
      ("tensors", .array(names.map { .string($0.name) })),
      ("numbers", .object(numbers.map { ($0.key.name, .double($0.value)) })),
    ])
  }

  private func restored(
    _ json: JSONValue?, _ prefix: String, _ named: [String: Tensor], _ path: String
  ) throws -> Exchange {
    guard let names = json?["tensors"]?.array?.compactMap(\.string), case .object(let numbers)? = json?["numbers"]
    else {
      throw FederationError.unreadable(path: path, problem: "what clients and server keep is damaged")
    }
    var values = Exchange()
    for name in names {
      guard let tensor = named["\(prefix).\(name)"] else {
        throw FederationError.unreadable(path: path, problem: "it lacks \(prefix).\(name)")
      }
      values.tensors[ExchangeKey(name)] = tensor
    }
    for pair in numbers.pairs { values.numbers[ExchangeKey(pair.name)] = pair.value.double }
    return values
  }

  // MARK: Policies

  private var allPolicies: [(role: String, events: PolicyEvents?)] {
    [("defense", defense?.events), ("attack", attack?.events), ("server", hooks.events)]
  }

  private func saved(
    _ state: PolicyState, role: String, _ tensors: inout [(name: String, tensor: Tensor)]
  ) throws -> JSONValue {
    for (index, tensor) in state.tensors.enumerated() {
      tensors.append(("policy.\(role).\(index)", tensor.contiguous()))
    }
    return .object([("tensors", .int(state.tensors.count)), ("state", state.json)])
  }

  private func restorePolicies(_ json: JSONValue?, _ named: [String: Tensor]) throws {
    for (role, events) in allPolicies {
      guard let saved = json?[role], let state = saved["state"], let onLoad = events?.onLoad else { continue }
      let own = (0..<(saved["tensors"]?.int ?? 0)).compactMap { named["policy.\(role).\($0)"] }
      try onLoad(PolicyState(json: state, tensors: own))
    }
  }
}
