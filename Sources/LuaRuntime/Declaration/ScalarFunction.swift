import CLua

/// The form in which C hands over a number or a boolean; the memory of each is that of the Swift type.
public enum ScalarKind: Sendable {
  case nothing, integer, double, float, boolean

  fileprivate var inC: clua_kind {
    switch self {
    case .nothing: CLUA_NOTHING
    case .integer: CLUA_INTEGER
    case .double: CLUA_DOUBLE
    case .float: CLUA_FLOAT
    case .boolean: CLUA_BOOLEAN
    }
  }
}

/// A second, faster way into a binding whose arguments and result are scalars.
///
/// C checks the object and the types and reads the values, so that Swift touches neither Lua's stack nor the object's
/// count of references: C pins the object instead. A call that does not fit, such as one with a missing argument or with
/// 2.0 for an integer, takes the way through the binding's body, which also words every error of that kind.
@usableFromInline
final class ScalarFunction: @unchecked Sendable {  // the description is written once, before anybody reads it
  /// Gets the object, or nil for a function without one, and the values; writes the result over the first of them.
  @usableFromInline
  typealias Body = @Sendable (UnsafeMutableRawPointer?, UnsafeMutableRawPointer) throws(LuaFailure) -> Void

  let body: Body
  let description: UnsafeMutablePointer<clua_scalar_function>

  /// Makes the function, unless something that takes part in it is no scalar.
  @usableFromInline
  init?(_ type: LuaClass?, _ arguments: [ScalarKind?], _ result: ScalarKind?, body: @escaping Body) {
    let kinds = arguments.compactMap { $0?.inC }
    guard let result, kinds.count == arguments.count, kinds.count <= Int(CLUA_SCALARS) else { return nil }
    self.body = body
    description = .allocate(capacity: 1)
    var function = clua_scalar_function()
    function.class_id = type.map { UnsafeRawPointer($0.address) }
    function.body = { runScalars($0!, $1!, $2, $3!) }
    function.count = Int32(kinds.count)
    if kinds.count > 0 { function.arguments.0 = kinds[0] }
    if kinds.count > 1 { function.arguments.1 = kinds[1] }
    function.result = result.inC
    description.initialize(to: function)
  }

  deinit { description.deallocate() }
}

/// Reads the value that C has put at a position.
@inlinable @inline(__always)
func scalar<Value>(_ type: Value.Type, _ position: Int, of values: UnsafeMutableRawPointer) -> Value {
  values.load(fromByteOffset: 8 * position, as: type)
}

// MARK: Making

@inlinable
func scalarFunction<A: LuaReadable, Result: LuaWritable>(
  one readers: ParameterReaders?, _ body: @escaping @Sendable (A) throws -> Result
) -> ScalarFunction? {
  guard readers == nil else { return nil }
  return ScalarFunction(nil, [A.scalarKind], Result.scalarKind) { (_, values) throws(LuaFailure) in
    do {
      values.initializeMemory(as: Result.self, to: try body(scalar(A.self, 0, of: values)))
    } catch { throw LuaFailure(wrapping: error) }
  }
}

@inlinable
func scalarFunction<A: LuaReadable, B: LuaReadable, Result: LuaWritable>(
  two readers: ParameterReaders?, _ body: @escaping @Sendable (A, B) throws -> Result
) -> ScalarFunction? {
  guard readers == nil else { return nil }
  return ScalarFunction(nil, [A.scalarKind, B.scalarKind], Result.scalarKind) { (_, values) throws(LuaFailure) in
    do {
      let result = try body(scalar(A.self, 0, of: values), scalar(B.self, 1, of: values))
      values.initializeMemory(as: Result.self, to: result)
    } catch { throw LuaFailure(wrapping: error) }
  }
}

@inlinable
func scalarFunction<Object: LuaObject, Result: LuaWritable>(
  on type: Object.Type, _ body: @escaping @Sendable (Object) throws -> Result
) -> ScalarFunction? {
  ScalarFunction(Object.luaClass, [], Result.scalarKind) { (object, values) throws(LuaFailure) in
    do {
      let result = try Unmanaged<Object>.fromOpaque(object!)._withUnsafeGuaranteedRef { try body($0) }
      values.initializeMemory(as: Result.self, to: result)
    } catch { throw LuaFailure(wrapping: error) }
  }
}

@inlinable
func scalarFunction<Object: LuaObject, A: LuaReadable, Result: LuaWritable>(
  on type: Object.Type, one readers: ParameterReaders?, _ body: @escaping @Sendable (Object, A) throws -> Result
) -> ScalarFunction? {
  guard readers == nil else { return nil }
  return ScalarFunction(Object.luaClass, [A.scalarKind], Result.scalarKind) { (object, values) throws(LuaFailure) in
    do {
      let result = try Unmanaged<Object>.fromOpaque(object!)._withUnsafeGuaranteedRef {
        try body($0, scalar(A.self, 0, of: values))
      }
      values.initializeMemory(as: Result.self, to: result)
    } catch { throw LuaFailure(wrapping: error) }
  }
}

@inlinable
func scalarFunction<Object: LuaObject, A: LuaReadable, B: LuaReadable, Result: LuaWritable>(
  on type: Object.Type, two readers: ParameterReaders?, _ body: @escaping @Sendable (Object, A, B) throws -> Result
) -> ScalarFunction? {
  guard readers == nil else { return nil }
  let kinds = [A.scalarKind, B.scalarKind]
  return ScalarFunction(Object.luaClass, kinds, Result.scalarKind) { (object, values) throws(LuaFailure) in
    do {
      let result = try Unmanaged<Object>.fromOpaque(object!)._withUnsafeGuaranteedRef {
        try body($0, scalar(A.self, 0, of: values), scalar(B.self, 1, of: values))
      }
      values.initializeMemory(as: Result.self, to: result)
    } catch { throw LuaFailure(wrapping: error) }
  }
}
