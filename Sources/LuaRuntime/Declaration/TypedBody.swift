/// Turns a typed closure into the body of a binding.
@inlinable
func typedBody<each Argument: LuaReadable, Result: LuaWritable>(
  _ readers: (repeat ParameterReader<each Argument>),
  _ body: @escaping @Sendable (repeat each Argument) throws -> Result
) -> Binding.Body {
  { (frame: borrowing LuaFrame) throws(LuaFailure) -> Int32 in
    var position: Int32 = 1
    do {
      return try body(repeat try (each readers).read(frame, &position)).write(frame)
    } catch let failure as LuaFailure {
      throw failure
    } catch {
      throw LuaFailure(wrapping: error)
    }
  }
}

/// Turns a typed closure whose first argument is the object itself into the body of a binding.
@inlinable
func typedBody<Object: LuaObject, each Argument: LuaReadable, Result: LuaWritable>(
  on type: Object.Type, _ readers: (repeat ParameterReader<each Argument>),
  _ body: @escaping @Sendable (Object, repeat each Argument) throws -> Result
) -> Binding.Body {
  { (frame: borrowing LuaFrame) throws(LuaFailure) -> Int32 in
    var position: Int32 = 2
    do {
      return try body(try frame.object(1, as: Object.self), repeat try (each readers).read(frame, &position)).write(
        frame)
    } catch let failure as LuaFailure {
      throw failure
    } catch {
      throw LuaFailure(wrapping: error)
    }
  }
}

/// Tells the object that a function returns by which path it was made, if messages name such objects by their path.
@usableFromInline
func naming(_ result: Any.Type, _ path: String, _ body: @escaping Binding.Body) -> Binding.Body {
  guard result is any LuaNamed.Type else { return body }
  return { (frame: borrowing LuaFrame) throws(LuaFailure) -> Int32 in
    let count = try body(frame)
    if count > 0 { frame.namedObject(-count)?.wasMade(by: path) }
    return count
  }
}

/// The documents of a list of parameters, without those that take no argument.
@usableFromInline
func documents<each Argument: LuaReadable>(_ parameters: repeat Parameter<each Argument>) -> [ParameterDocument] {
  var documents: [ParameterDocument] = []
  repeat documents.append((each parameters).document)
  return documents.filter { !$0.name.isEmpty }
}
