/// Turns a typed closure into the body of a binding.
@inlinable
func typedBody<each Argument: LuaReadable, Result: LuaWritable>(
  _ readers: ParameterReaders?, _ body: @escaping @Sendable (repeat each Argument) throws -> Result
) -> Binding.Body {
  { (frame: borrowing LuaFrame) throws(LuaFailure) -> Int32 in
    var arguments = ArgumentCursor(startingAt: 1)
    do {
      return try body(repeat try arguments.next((each Argument).self, readers, frame)).write(frame)
    } catch { throw LuaFailure(wrapping: error) }
  }
}

/// Turns a typed closure whose first argument is the object itself into the body of a binding.
@inlinable
func typedBody<Object: LuaObject, each Argument: LuaReadable, Result: LuaWritable>(
  on type: Object.Type, _ readers: ParameterReaders?,
  _ body: @escaping @Sendable (Object, repeat each Argument) throws -> Result
) -> Binding.Body {
  let identity = Object.luaClass
  return { (frame: borrowing LuaFrame) throws(LuaFailure) -> Int32 in
    var arguments = ArgumentCursor(startingAt: 2)
    do {
      let object = try frame.object(1, as: type, identity)
      return try body(object, repeat try arguments.next((each Argument).self, readers, frame)).write(frame)
    } catch { throw LuaFailure(wrapping: error) }
  }
}

// MARK: Few parameters

// A pack of arguments is walked at run time in each call, by the metadata of its types. Most bindings have one parameter
// or two: spelled out, they are compiled for their types.

@inlinable
func typedBody<A: LuaReadable, Result: LuaWritable>(
  one readers: ParameterReaders?, _ body: @escaping @Sendable (A) throws -> Result
) -> Binding.Body {
  { (frame: borrowing LuaFrame) throws(LuaFailure) -> Int32 in
    var arguments = ArgumentCursor(startingAt: 1)
    do {
      return try body(arguments.next(A.self, readers, frame)).write(frame)
    } catch { throw LuaFailure(wrapping: error) }
  }
}

@inlinable
func typedBody<A: LuaReadable, B: LuaReadable, Result: LuaWritable>(
  two readers: ParameterReaders?, _ body: @escaping @Sendable (A, B) throws -> Result
) -> Binding.Body {
  { (frame: borrowing LuaFrame) throws(LuaFailure) -> Int32 in
    var arguments = ArgumentCursor(startingAt: 1)
    do {
      let a = try arguments.next(A.self, readers, frame), b = try arguments.next(B.self, readers, frame)
      return try body(a, b).write(frame)
    } catch { throw LuaFailure(wrapping: error) }
  }
}

@inlinable
func typedBody<Object: LuaObject, A: LuaReadable, Result: LuaWritable>(
  on type: Object.Type, one readers: ParameterReaders?, _ body: @escaping @Sendable (Object, A) throws -> Result
) -> Binding.Body {
  let identity = Object.luaClass
  return { (frame: borrowing LuaFrame) throws(LuaFailure) -> Int32 in
    var arguments = ArgumentCursor(startingAt: 2)
    do {
      let object = try frame.object(1, as: type, identity)
      return try body(object, arguments.next(A.self, readers, frame)).write(frame)
    } catch { throw LuaFailure(wrapping: error) }
  }
}

@inlinable
func typedBody<Object: LuaObject, A: LuaReadable, B: LuaReadable, Result: LuaWritable>(
  on type: Object.Type, two readers: ParameterReaders?, _ body: @escaping @Sendable (Object, A, B) throws -> Result
) -> Binding.Body {
  let identity = Object.luaClass
  return { (frame: borrowing LuaFrame) throws(LuaFailure) -> Int32 in
    var arguments = ArgumentCursor(startingAt: 2)
    do {
      let object = try frame.object(1, as: type, identity)
      let a = try arguments.next(A.self, readers, frame), b = try arguments.next(B.self, readers, frame)
      return try body(object, a, b).write(frame)
    } catch { throw LuaFailure(wrapping: error) }
  }
}

// MARK: Around bodies

/// Remembers by which call the objects were made that a function returns, and tells them the path of it, if messages
/// name such objects by their path.
@usableFromInline
func keepingOrigin(
  _ result: Any.Type, _ path: String, _ parameters: [ParameterDocument], _ body: @escaping Binding.Body
) -> Binding.Body {
  let isNamed = result is any LuaNamed.Type || result is any LuaNaming.Type
  guard isNamed || (result as? any LuaWritable.Type)?.keepsOrigins == true else { return body }
  let note = OriginNote(path, parameters)
  return { (frame: borrowing LuaFrame) throws(LuaFailure) -> Int32 in
    let arguments = frame.count, serial = frame.state.originCount
    let count = try body(frame)
    for position in 0..<max(0, count) {
      note.write(frame, position - count, arguments: arguments, since: serial)
    }
    if isNamed, count > 0 { frame.namedObject(-count)?.wasMade(by: path) }
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
