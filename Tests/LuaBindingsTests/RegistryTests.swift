import LuaBindings
import LuaRuntime
import Testing

@Suite("The registry of bindings")
struct RegistryTests {
  static let exampled = HostModules.registry.bindings.filter { $0.documentation.example != nil }.map(\.fullName)

  @Test("Every binding is documented as the reference needs it")
  func documented() { #expect(HostModules.registry.complaints() == []) }

  @Test("Every example prints what it says", arguments: exampled)
  func examples(name: String) throws {
    let runner = ExampleRunner { () throws(LuaError) in try HostModules.open() }
    for binding in HostModules.registry.bindings where binding.fullName == name {
      let mismatch = runner.mismatch(binding)
      #expect(mismatch == nil, "\(mismatch.map(\.description) ?? "")")
    }
  }
}
