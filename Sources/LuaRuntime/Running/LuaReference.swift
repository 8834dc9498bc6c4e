import CLua
import Synchronization

/// Whether a state is open, and the references that were dropped and wait to be freed on its thread.
final class LuaLifetime: Sendable {
  private let open = Atomic<Bool>(true)
  private let hasDropped = Atomic<Bool>(false)
  private let dropped = Mutex<[Int32]>([])

  var isOpen: Bool { open.load(ordering: .relaxed) }

  func end() { open.store(false, ordering: .relaxed) }

  func drop(_ slot: Int32) {
    guard isOpen else { return }
    dropped.withLock { $0.append(slot) }
    hasDropped.store(true, ordering: .releasing)
  }

  /// Frees what was dropped since the last call; only on the thread of the state.
  func sweep(_ pointer: OpaquePointer) {
    guard hasDropped.load(ordering: .acquiring) else { return }
    let slots = dropped.withLock { slots in
      hasDropped.store(false, ordering: .relaxed)
      defer { slots.removeAll(keepingCapacity: true) }
      return slots
    }
    for slot in slots { luaL_unref(pointer, clua_registry(), slot) }
  }
}

/// Keeps a Lua value alive while Swift holds it.
///
/// It may be dropped on any thread; it may be used on the thread of its state alone, which every use checks.
final class LuaReference: @unchecked Sendable {
  let slot: Int32
  let lifetime: LuaLifetime
  /// Valid while `lifetime.isOpen`.
  unowned(unsafe) let owner: LuaState

  /// Takes the value on top of the stack.
  init(popping pointer: OpaquePointer) {
    owner = LuaState.of(pointer)
    lifetime = owner.lifetime
    lifetime.sweep(pointer)
    slot = luaL_ref(pointer, clua_registry())
  }

  deinit { lifetime.drop(slot) }

  /// The state, or an error if it is closed or belongs to another thread.
  func state() throws(LuaError) -> LuaState {
    guard lifetime.isOpen else { throw LuaError(.runtime, "the Lua state is closed") }
    guard owner.isOnThread else { throw LuaError(.runtime, "a Lua value was used on another thread than its state's") }
    return owner
  }

  func push(_ pointer: OpaquePointer) { lua_rawgeti(pointer, clua_registry(), lua_Integer(slot)) }
}
