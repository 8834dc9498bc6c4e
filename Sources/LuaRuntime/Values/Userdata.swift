import CLua

/// The identity of a type that scripts hold: its address is what a check compares.
///
/// It is separate from the table of methods, which mentions its own type while it is being made.
public final class LuaClass: Sendable {
  /// What scripts and messages call it: `Tensor`.
  public let name: String
  /// Whether a state remembers by which call an object was made, and what that call was told.
  public let keepsOrigin: Bool

  /// Makes the identity of a class.
  public init(_ name: String, keepsOrigin: Bool = false) {
    self.name = name
    self.keepsOrigin = keepsOrigin
  }

  var address: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }
}

/// A Swift class whose instances scripts hold. Lua owns one reference, given up by its collector or by `<close>`.
public protocol LuaObject: AnyObject, LuaReadable, LuaWritable {
  /// `static let luaClass = LuaClass("Tensor")`
  static var luaClass: LuaClass { get }
  /// Bytes of native memory that this reference keeps alive: the collector runs in proportion.
  var luaByteCount: Int { get }
}

extension LuaObject {
  public var luaByteCount: Int { 0 }

  public static var luaType: String { luaClass.name }

  /// As its class says.
  public static var keepsOrigins: Bool { luaClass.keepsOrigin }

  @inlinable public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Self {
    try frame.object(index, as: Self.self)
  }

  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    clua_class_at(frame.pointer, index) == UnsafeRawPointer(luaClass.address)
  }

  @inlinable public func write(_ frame: borrowing LuaFrame) -> Int32 { frame.write(object: self) }
}

/// An object that messages name by its path in Lua, such as `fed.aggregators.krum`, and not by its class.
public protocol LuaNamed: LuaObject {
  /// The path; nil while nobody has named the object.
  var luaName: String? { get }
  /// Called with the path of the documented function that returns the object.
  func wasMade(by path: String)
}

extension LuaNamed {
  public func wasMade(by path: String) {}

  /// The same error with the whole path, where its text begins with the last word of it: `krum: …`.
  public func qualified(_ error: any Error) -> any Error {
    let text = String(describing: error)
    guard let luaName, text.hasPrefix(lastWord(of: luaName) + ": ") else { return error }
    return LuaFailure(luaName + text.dropFirst(lastWord(of: luaName).count))
  }
}

/// `krum` of `fed.aggregators.krum`, `rounds` of `Run:rounds`.
func lastWord(of path: String) -> Substring {
  path.lastIndex { $0 == "." || $0 == ":" }.map { path[path.index(after: $0)...] } ?? path[...]
}

extension LuaFrame {
  /// The object at a stack index, if it is one that messages name by its path.
  func namedObject(_ index: Int32) -> (any LuaNamed)? { anyObject(index) as? any LuaNamed }

  /// The object at a stack index, of whatever class; nil if it is closed or no object of the host.
  func anyObject(_ index: Int32) -> AnyObject? {
    guard let type = clua_class_at(pointer, index), let object = clua_object_at(pointer, index, type) else {
      return nil
    }
    return Unmanaged<AnyObject>.fromOpaque(object).takeUnretainedValue()
  }

  /// Reads an object of exactly this class.
  @inlinable
  public func object<Object: LuaObject>(_ index: Int32, as type: Object.Type) throws(LuaFailure) -> Object {
    try object(index, as: type, Object.luaClass)
  }

  /// Reads an object of a class whose identity the caller has at hand. It is held while the call runs: a function that
  /// the call runs could close it.
  @inlinable
  func object<Object: LuaObject>(
    _ index: Int32, as type: Object.Type, _ identity: LuaClass
  ) throws(LuaFailure) -> Object {
    guard let address = address(index, of: identity) else { throw objectFailure(index, identity) }
    return Unmanaged<Object>.fromOpaque(address).takeUnretainedValue()
  }

  /// Where the object is that the value holds; nil if it is closed or of another class.
  @usableFromInline
  func address(_ index: Int32, of type: LuaClass) -> UnsafeMutableRawPointer? {
    clua_object_at(pointer, index, type.address)
  }

  /// Why a value is no open object of a class.
  @usableFromInline
  func objectFailure(_ index: Int32, _ type: LuaClass) -> LuaFailure {
    let isClosed = clua_class_at(pointer, index) == UnsafeRawPointer(type.address)
    return isClosed ? .argument(index, "\(type.name) is closed") : typeFailure(index, expected: type.name)
  }

  @discardableResult
  public func write<Object: LuaObject>(object: Object) -> Int32 {
    let owned = Unmanaged.passRetained(object).toOpaque(), address = Object.luaClass.address
    if !clua_push_object(pointer, address, owned, object.luaByteCount) {
      // A class that no open module declares still gets a finalizer, so nothing leaks.
      clua_new_class(pointer, address, Object.luaClass.name)
      clua_pop(pointer, 1)
      _ = clua_push_object(pointer, address, owned, object.luaByteCount)
    }
    return 1
  }

  /// Gives up the object's reference now; later use is an error.
  public func closeObject(_ index: Int32) { clua_close_object(pointer, index) }

  func objectClass(_ index: Int32) -> LuaClass? {
    clua_class_at(pointer, index).map { Unmanaged<LuaClass>.fromOpaque($0).takeUnretainedValue() }
  }
}

/// The call itself as a parameter that takes no argument: gives a body access to the state.
public struct LuaCaller: LuaReadable {
  public static var luaType: String { "" }
  @inlinable public static var slots: Int32 { 0 }

  public let state: LuaState

  public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> LuaCaller {
    LuaCaller(state: frame.state)
  }

  /// Refuses a native allocation, sized by a script, that does not fit; call it before making the memory.
  public func willAllocate(_ bytes: Int) throws(LuaFailure) { try state.willAllocate(bytes) }
}
