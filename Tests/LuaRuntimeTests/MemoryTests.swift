import LuaRuntime
import Testing

@Suite struct MemoryTests {
  private func limited(_ bytes: Int) throws -> LuaState {
    var settings = LuaSettings()
    settings.heapLimit = bytes
    return try makeState(settings)
  }

  @Test("A script that fills its memory gets an error, and the state goes on")
  func luaMemory() throws {
    let state = try limited(4 << 20)
    let error = #expect(throws: LuaError.self) { try state.run("local t = {}\nfor i = 1, 1e9 do\n  t[i] = {i}\nend", name: "=s") }
    #expect(error?.kind == .memory)
    #expect(error?.message == "s:3: not enough memory")
    #expect(try state.evaluate("return 6 * 7", as: Int.self) == 42)
  }

  @Test("Memory that runs out under a Swift frame is an error after the frame has returned")
  func swiftMemory() throws {
    let state = try limited(1 << 20)
    let error = #expect(throws: LuaError.self) { try state.run("local s = count.text(8 << 20)") }
    #expect(error?.message.contains("not enough memory") == true)
    #expect(try state.evaluate("return 6 * 7", as: Int.self) == 42)
  }

  @Test("Memory that the program watches itself is an error once garbage did not help, and the state goes on")
  func watchedMemory() throws {
    let flag = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
    flag.initialize(to: 0)
    defer { flag.deallocate() }
    nonisolated(unsafe) let overrun = flag
    var settings = LuaSettings()
    settings.nativeMemory = NativeMemory(overrun: flag) {
      overrun.pointee == 2 ? nil : "objects take 5 bytes; 4 bytes are allowed"
    }
    let state = try makeState(settings)
    try state.run("count.new(3)")
    overrun.pointee = 1
    let error = #expect(throws: LuaError.self) { try state.run("\ncount.new(3)", name: "=s") }
    #expect(error?.message == "s:2: fed.count.new: objects take 5 bytes; 4 bytes are allowed")
    overrun.pointee = 2
    #expect(throws: Never.self) { try state.run("count.new(3)") }
    overrun.pointee = 0
    #expect(try state.evaluate("return 6 * 7", as: Int.self) == 42)
  }

  @Test("A native allocation beyond the limit is refused with both sizes")
  func nativeMemory() throws {
    var settings = LuaSettings()
    settings.nativeLimit = 64 << 20
    let state = try makeState(settings)
    let error = #expect(throws: LuaError.self) { try state.run("count.big(65 << 20)", name: "=s") }
    #expect(error?.message == "s:1: fed.count.big: 65 MiB do not fit into memory; the limit is 64 MiB")
    #expect(throws: Never.self) { try state.run("for i = 1, 10 do count.big(60 << 20) end") }
  }
}
