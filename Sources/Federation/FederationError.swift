/// What can be wrong with a round, a rule or a run. Each case names the call as scripts know it.
public enum FederationError: Error, Equatable, CustomStringConvertible {
  /// A rule was asked to tolerate more clients than it can among `n`.
  case tooManyByzantine(rule: String, f: Int, n: Int, allowed: String)
  /// An update holds NaN or an infinity.
  case notFinite(rule: String, client: Int, value: Float, coordinate: Int)
  /// A rule got no row to work on.
  case noUpdates(rule: String)
  case tooFewUpdates(rule: String, n: Int, needed: Int)
  case rowCount(what: String, got: Int, n: Int)
  /// A weight is negative or not finite.
  case weight(rule: String, client: Int, got: Double)
  case weightsVanish(rule: String)
  /// A vector is not as long as an update.
  case vectorShape(rule: String, got: [Int], d: Int)
  case option(name: String, got: String, allowed: String)
  case unknownSection(name: String, known: [String])
  /// A rule of the script returned an update that cannot be added to the model.
  case aggregateNotFinite(rule: String, round: Int, value: Float, coordinate: Int)
  /// Client ids that do not exist, repeat, or an empty cohort.
  case cohort(round: Int, problem: String)
  case client(ClientFailure, round: Int)
  /// Every client failed or sent NaN or an infinity; the model is that of the round before.
  case nobodyLeft(round: Int, failures: [ClientFailure], quarantined: [Int])
  case noRootData
  case noValidationData
  /// A name that a message or state must hold and does not.
  case missing(what: String, known: [String])
  /// Measuring on data failed.
  case evaluation(data: String, round: Int, problem: String)
  /// Training for a rule failed.
  case training(data: String, round: Int, problem: String)
  /// A rule asked a round that belongs to no run.
  case noTools(call: String)
  /// A rule asked a round that was recorded, where there are no clients and no data.
  case recorded(call: String, round: Int)
  /// What a hook on inputs returned cannot be used.
  case inputHook(String, round: Int, problem: String, allowed: String)
  /// A hook on inputs asked the run that called it.
  case answering(call: String)
  /// A policy called the run it belongs to.
  case roundInProgress(call: String)
  case setup(what: String, problem: String, allowed: String)
  /// A checkpoint that does not belong to this run.
  case checkpoint(path: String, what: String, file: String, run: String)
  case unreadable(path: String, problem: String)
  /// A checkpoint of a run that was made of other things.
  case otherRun(path: String, differences: [String], options: [String])

  public var description: String {
    switch self {
    case .tooManyByzantine(let rule, let f, let n, let allowed):
      "\(rule): f = \(f) is too large for n = \(n) updates; \(allowed)"
    case .notFinite(let rule, let client, let value, let coordinate):
      "\(rule): the update of client \(client) is not finite, \(value) at coordinate \(coordinate + 1); drop the client first"
    case .noUpdates(let rule): "\(rule): there are no updates; at least one is needed"
    case .tooFewUpdates(let rule, let n, let needed):
      "\(rule): n = \(n) updates are too few; \(needed) or more are needed"
    case .rowCount(let what, let got, let n):
      "\(what): \(got) values for n = \(n) updates; one for each update is needed"
    case .weight(let rule, let client, let got):
      "\(rule): the weight \(got) of client \(client) is not allowed; weights are finite and 0 or more"
    case .weightsVanish(let rule): "\(rule): all weights are 0; at least one update needs a weight above 0"
    case .vectorShape(let rule, let got, let d): "\(rule): shape \(got) is not an update; [\(d)] is needed"
    case .option(let name, let got, let allowed): "\(name) = \(got) is not allowed; \(allowed)"
    case .unknownSection(let name, let known):
      known.isEmpty
        ? "layer: these updates have no named layers, so there is no '\(name)'; those of a simulation have them"
        : "layer: there is no '\(name)' in the model; it has \(known.joined(separator: ", "))"
    case .aggregateNotFinite(let rule, let round, let value, let coordinate):
      "\(rule): the update of round \(round) is not finite, \(value) at coordinate \(coordinate + 1); the model is unchanged"
    case .cohort(let round, let problem): "select_clients: in round \(round), \(problem)"
    case .client(let failure, let round): "round \(round): client \(failure.client) failed: \(failure.message)"
    case .nobodyLeft(let round, let failures, let quarantined):
      "round \(round): " + Self.nobodyLeft(failures, quarantined)
    case .noRootData: "root_update: the simulation has no root data; pass root = DATASET to fed.simulation"
    case .noValidationData:
      "validation: the simulation has no validation data; pass validation = DATASET to fed.simulation"
    case .missing(let what, let known):
      "\(what) is missing; there are " + (known.isEmpty ? "none" : known.joined(separator: ", "))
    case .evaluation(let data, let round, let problem):
      (round > 0 ? "round \(round): " : "") + "evaluation on \(data): \(problem)"
    case .training(let data, let round, let problem): "round \(round): training on \(data): \(problem)"
    case .noTools(let call):
      "\(call): this round is over or belongs to no run; call it in a hook that the run calls in its round"
    case .recorded(let call, let round):
      "\(call): round \(round) is a recorded one; nothing can be trained, measured or asked in it"
    case .inputHook(let hook, let round, let problem, let allowed):
      "\(hook): in round \(round), \(problem); \(allowed)"
    case .answering(let call):
      "\(call): inspect or purify of this run is at work; neither can ask the run itself"
    case .roundInProgress(let call):
      "\(call): a round of this run is in progress; call it between two rounds"
    case .setup(let what, let problem, let allowed): "\(what): \(problem); \(allowed)"
    case .checkpoint(let path, let what, let file, let run):
      "\(path): \(what) is \(file) in the checkpoint and \(run) in this run; both must be the same"
    case .otherRun(let path, let differences, let options):
      "\(path) is of another run: \(differences.joined(separator: "; ")); go on all the same by allow = { "
        + options.map { "\"\($0)\"" }.joined(separator: ", ") + " }"
    case .unreadable(let path, let problem): "\(path): \(problem); a checkpoint written by save is needed"
    }
  }

  private static func nobodyLeft(_ failures: [ClientFailure], _ quarantined: [Int]) -> String {
    let diverged =
      "hold NaN or infinity; the model is that of the round before, and smaller steps or a defense may keep it finite"
    guard let first = failures.first else {
      if quarantined.isEmpty { return "no update is left: only fake clients were asked, and the attack rests" }
      return "the run has diverged: the updates of all its clients, \(quarantined), \(diverged)"
    }
    let failed = "no update is left; clients \(failures.map(\.client)) failed, the first with: \(first.message)"
    return quarantined.isEmpty ? failed : "\(failed); the updates of clients \(quarantined) \(diverged)"
  }
}
