import Federation
import LuaRuntime
import Tensors

/// A policy named by its file and options, for work that runs at once for many clients: each opens it for itself.
final class PolicyFile: LuaObject, @unchecked Sendable {  // the options are plain data that nobody changes
  static let luaClass = LuaClass("PolicyFile")

  /// The file, as messages name it.
  let name: String
  private let source: String
  private let limits: SandboxLimits
  private let options: CrossingValue?

  init(_ name: String, _ source: String, _ limits: SandboxLimits, _ options: CrossingValue?) {
    (self.name, self.source, self.limits, self.options) = (name, source, limits, options)
  }

  /// What a checkpoint compares.
  var summary: String { "\(name), \(source.utf8.count) bytes" }

  /// Opens the policy in a state of its own, on this thread.
  func open(seed: UInt64) throws -> OpenPolicy {
    var settings = HostSettings()
    (settings.threads, settings.seed) = (1, seed)
    let sandbox = try PolicySandbox(name, limits, settings: settings)
    guard case .table(let hooks) = try sandbox.load(source, options: options) else {
      throw LuaFailure("\(name): the file returns no table of hooks")
    }
    return OpenPolicy(sandbox, hooks)
  }
}

/// An opened policy and its hooks.
final class OpenPolicy {
  private let sandbox: PolicySandbox
  private let hooks: CrossingTable

  init(_ sandbox: PolicySandbox, _ hooks: CrossingTable) { (self.sandbox, self.hooks) = (sandbox, hooks) }

  /// Calls a hook; nil where the policy has none of that name.
  func call(_ hook: String, _ arguments: [CrossingValue]) throws -> CrossingValue? {
    guard case .other(let function as PolicyFunction)? = hooks[hook] else { return nil }
    return try function.call(arguments).first ?? .nil
  }
}

let policyFileClass = ClassBindings(
  PolicyFile.self,
  "A policy named by its file, which each client opens for itself: see policy of fed.local_training.define."
) { type in
  type.property("name", "The file.", get: { (file: PolicyFile) in file.name })
  type.description { (file: PolicyFile) in "Policy \(file.name)" }
}
