import LuaBindings
import LuaRuntime
import Testing

@Suite("The registry of bindings")
struct RegistryTests {
  /// Native functions, and those that the library defines in Lua.
  static let registry = (try? HostModules.wholeRegistry()) ?? Registry([])
  static let exampled = registry.bindings.filter { $0.documentation.example != nil }.map(\.fullName)

  @Test("Every binding is documented as the reference needs it")
  func documented() {
    #expect(Self.registry.complaints() == [])
    #expect(Self.registry.defined.map(\.fullName).contains("fed.aggregators.krum"))
  }

  @Test("Every default is told as a script would write it")
  func defaults() throws {
    let state = try HostModules.open()
    let parameters = Self.registry.bindings.flatMap { binding in binding.parameters.map { (binding.fullName, $0) } }
    let texts = parameters.flatMap { name, parameter in
      ([parameter.fallback] + parameter.options.map(\.fallback)).compactMap { $0 }.map { (name, $0) }
    }
    #expect(texts.count > 100)
    for (name, text) in texts {
      #expect(throws: Never.self, "\(name): \(text)") { try state.compile("return " + text, name: "=default") }
      #expect(!text.contains("("), "\(name): \(text)")
    }
  }

  @Test("Every example prints what it says", arguments: exampled)
  func examples(name: String) throws {
    let runner = ExampleRunner { () throws(LuaError) in try HostModules.open() }
    for binding in Self.registry.bindings where binding.fullName == name {
      let mismatch = runner.mismatch(binding)
      #expect(mismatch == nil, "\(mismatch.map(\.description) ?? "")")
    }
  }
}
