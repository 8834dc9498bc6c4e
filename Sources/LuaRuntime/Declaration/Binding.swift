/// A documented native function: the single declaration.
///
/// Argument checks, `help`, completion, examples and the reference page all come from it.
///
/// # How to write bindings
///
/// A file exports one ``BindingModule``, listed in `HostModules.swift`. Names, sentences, defaults and checks are
/// values; the Lua types come from the closure's Swift types. An example is Lua code with what it prints, and the
/// tests run it.
///
/// ```swift
/// public let scheduleBindings = BindingModule(
///   "fed.schedules", "Values that change with the round.", classes: [scheduleClass]
/// ) { module in
///   module.function(
///     "ramp", "Returns a value that grows with the round.",
///     Parameter("start", "Value at round 1."),
///     Parameter("stop", "Value at the last round.", default: 1.0, check: .atLeast(0)),
///     returns: "The schedule.",
///     example: Example("print(fed.schedules.ramp(0, 2).stop)", prints: "2.0")
///   ) { (start: Double, stop: Double) in Schedule(start, stop) }          // any `throws` becomes a Lua error
/// }
/// ```
///
/// A Swift class that scripts hold (for a protocol or a struct, hold it in a small final class):
///
/// ```swift
/// extension Schedule: LuaObject {
///   public static let luaClass = LuaClass("Schedule")        // identity; `luaByteCount` if native memory hangs on it
/// }
///
/// let scheduleClass = ClassBindings(Schedule.self, "A value for every round.") { type in
///   type.method(
///     "at", "Returns the value at a round.", Parameter("round", "From 1."), returns: "The value.",
///     example: Example("print(fed.schedules.ramp(0, 2):at(1))", prints: "0.0")
///   ) { (schedule: Schedule, round: Int) in try schedule.value(round) }
///   type.property("start", "Value at round 1.", get: { (s: Schedule) in s.start })                  // read-only
///   type.property("stop", "Last value.", get: { (s: Schedule) in s.stop },
///                 set: { (s: Schedule, value: Double) in s.stop = value })                         // s.stop = 3
///   type.metamethod(.mul, "Scales the values.", Parameter("a", ""), Parameter("b", ""), returns: "The schedule.") {
///     (a: Either<Schedule, Double>, b: Either<Schedule, Double>) in try scaled(a, b) }
///   type.call("Returns the value.", Parameter("round", "From 1.")) { (s: Schedule, round: Int) in … }  // s(3)
///   type.length("The number of rounds.") { (s: Schedule) in s.count }                                 // #s
///   type.index("Returns the value at a round.", Parameter("round", "From 1.")) { (s: Schedule, round: Int) in … } // s[3]
///   type.setIndex("Overrides a round.", …) { (s: Schedule, round: Int, value: Double) in … }        // s[3] = 0.1
///   type.fields("Named parts.") { (s: Schedule, name: String) -> Double? in … }        // s.warmup; nil: no such field
///   type.description { (s: Schedule) in "Schedule(\(s.start) .. \(s.stop))" }                       // tostring, print
///   type.method("steps", …) { (s: Schedule) in LuaIterator(s.values) }                // for v in s:steps() do
///   type.closable { (s: Schedule) in s.release() }                                    // s:close(), local s <close>
/// }
/// ```
///
/// Options tables, `fed.simulation { rounds = 3, clients = … }`:
///
/// ```swift
/// struct SimulationOptions: LuaOptions {
///   var rounds = 10
///   @Required var clients: Clients                              // without a default: reading fails if it is missing
///   var factor: Either<Double, LuaFunction> = .first(1)
///   var sizes: [Int] = []
///   static let fields = Fields<SimulationOptions> { field in
///     field.option("rounds", \.rounds, "Rounds to run.", check: .atLeast(1))
///     field.required("clients", \.$clients, "Who takes part.")
///     field.option("factor", \.factor, "A number, or a function of the round.")
///     field.items("sizes", \.sizes, "Sizes of the axes.")       // the table's array part: randn { 2, 3, seed = 1 }
///   }
/// }
/// module.function("simulation", "…", Parameter("options", "See below."), …) { (options: SimulationOptions) in … }
/// ```
///
/// Types: `Double Float Int UInt64 Bool String`, any ``LuaObject``, `Optional`, `Array`, ``Either``, any ``LuaEnumeration``,
/// ``LuaFunction`` (call it: `try rule(round, updates, returning: Update.self)`), ``LuaTable``, ``LuaValue`` (any value),
/// ``Varargs`` as the last parameter, `Parameter.caller` with ``LuaCaller`` for `willAllocate`. Results: the same, and
/// ``Nothing``, ``Results``, ``LuaRecord``, ``Fallible`` (`nil, message`), ``LuaIterator``.
///
/// `Tests/LuaRuntimeTests/Counter.swift` uses every form. For a signature that no types express,
/// `explicitMethod` and `explicitMetamethod` read the ``LuaFrame`` themselves.
///
/// Errors: whatever compute code throws reaches the script as `script.lua:12: fed.schedules.ramp: …` (see
/// `errorText`); a `LuaError` of a callback passes through with its own line and traceback.
public final class Binding: Sendable {
  /// How Lua reaches it.
  public enum Kind: Sendable, Equatable {
    case function, method, getter, setter
    case metamethod(Metamethod)
  }

  /// The body of every binding: reads its arguments from the frame and returns the number of results it has pushed.
  public typealias Body = @Sendable (borrowing LuaFrame) throws(LuaFailure) -> Int32

  /// The module or class it belongs to; empty for a global function.
  public let owner: String
  public let name: String
  public let kind: Kind
  public let documentation: Documentation
  /// `fed.schedules.ramp`, `Tensor:matmul`, `Run.defense`, `#Tensor`.
  public let fullName: String
  let body: Body
  /// The most values that a call may pass, the object before a colon included.
  let mostArguments: Int32
  /// The faster way in, if there is one; its body again, so that a call finds it in one step.
  let scalars: ScalarFunction?
  let scalarBody: ScalarFunction.Body?

  public convenience init(
    owner: String, _ name: String, _ kind: Kind, _ documentation: Documentation, body: @escaping Body
  ) {
    self.init(owner: owner, name, kind, documentation, scalars: nil, body: body)
  }

  init(
    owner: String, _ name: String, _ kind: Kind, _ documentation: Documentation, scalars: ScalarFunction?,
    body: @escaping Body
  ) {
    self.owner = owner
    self.name = name
    self.kind = kind
    self.documentation = documentation
    self.body = body
    self.scalars = scalars
    scalarBody = scalars?.body
    mostArguments = Self.mostArguments(kind, documentation.parameters)
    switch kind {
    case .function: fullName = owner.isEmpty ? name : "\(owner).\(name)"
    case .method: fullName = "\(owner):\(name)"
    case .getter, .setter: fullName = "\(owner).\(name)"
    case .metamethod(let event): fullName = event.displayName(owner)
    }
    scalars?.description.pointee.binding = Unmanaged.passUnretained(self).toOpaque()
  }

  public var parameters: [ParameterDocument] { documentation.parameters }

  /// Lua itself calls what is no function, method or call, and passes what it likes.
  private static func mostArguments(_ kind: Kind, _ parameters: [ParameterDocument]) -> Int32 {
    let isCalled = [.function, .method, .metamethod(.call)].contains(kind)
    return isCalled && parameters.last?.type.hasSuffix("...") != true ? Int32(parameters.count) : .max
  }

  /// Whether the first argument is the object before the colon.
  var takesSelf: Bool {
    switch kind {
    case .function: false
    case .method, .getter, .setter: true
    case .metamethod(let event): event.takesSelf
    }
  }

  /// The name that compute code gives its operation.
  var shortName: String {
    if case .metamethod(let event) = kind { return event.operation }
    return name
  }
}
