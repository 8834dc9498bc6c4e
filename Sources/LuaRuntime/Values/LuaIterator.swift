import CLua

/// A Swift iterator for Lua's generic `for`: `for x, y in data:batches(32) do`.
///
/// Returned by a binding, it fills all four values of the loop; leaving the loop, also by `break` or an error, gives
/// the iterator up at once. Kept in a variable, it is called for the next value: `it()`.
public final class LuaIterator: LuaNamed {
  public static let luaClass = LuaClass("iterator")
  public static var luaType: String { "iterator" }

  /// The method that made it: `Run:rounds`.
  public private(set) var luaName: String?
  private let next: () throws -> (any LuaWritable)?

  /// `next` returns the values of one step (``Results`` for several), or nil at the end.
  public init(_ next: @escaping () throws -> (any LuaWritable)?) { self.next = next }

  /// Walks a Swift sequence.
  public convenience init<Elements: Sequence>(_ elements: Elements) where Elements.Element: LuaWritable {
    var iterator = elements.makeIterator()
    self.init { iterator.next() }
  }

  public func wasMade(by path: String) { luaName = luaName ?? path }

  public func write(_ frame: borrowing LuaFrame) -> Int32 {
    frame.write(object: self)
    frame.writeNil()
    frame.writeNil()
    lua_pushvalue(frame.pointer, -3)
    return 4
  }

  /// Its own class, which every state opens.
  static let bindings = ClassBindings(LuaIterator.self, "Steps of a native loop.") { type in
    type.explicitMetamethod(
      .call,
      Documentation(
        "Returns the values of the next step, or nil at the end.",
        parameters: [ParameterDocument("state", "any...", "What a loop passes, which is not read.")],
        returnType: "any...")
    ) { (frame: borrowing LuaFrame) throws(LuaFailure) -> Int32 in
      let iterator = try frame.object(1, as: LuaIterator.self)
      do {
        guard let values = try iterator.next() else { return frame.writeNil() }
        return values.write(frame)
      } catch { throw LuaFailure(wrapping: error) }
    }
  }
}

/// An iterator whose steps documentation tells: `fun(): RoundRecord?`.
public struct LuaSteps<Step: LuaWritable>: LuaWritable, LuaNaming {
  /// A function that gives a step, in the notation of LuaCATS.
  public static var luaType: String { "fun(): \(Step.luaType.hasSuffix("?") ? Step.luaType : Step.luaType + "?")" }

  let iterator: LuaIterator

  /// `next` returns the values of one step (``Results`` for several), or nil at the end.
  public init(_ next: @escaping () throws -> Step?) { iterator = LuaIterator { try next() } }

  /// Pushes the iterator as the four values of a loop.
  public func write(_ frame: borrowing LuaFrame) -> Int32 { iterator.write(frame) }
}

/// A result that pushes an object which messages name by its path.
protocol LuaNaming {}
