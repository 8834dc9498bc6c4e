import Foundation
import Testing

/// Weak symbols are shared by the whole program: were one compiled with AVX-512, the linker could give it to code
/// that runs on older processors. So the kernel targets may hold none but those of their own module.
@Suite("Symbols of the kernel targets")
struct ObjectSymbolTests {
  @Test("no weak code or data is shared with other targets", arguments: ["KernelsV3", "KernelsV4"])
  func weakSymbols(module: String) throws {
    let objects = Self.objects(of: module)
    let hasNM = FileManager.default.isExecutableFile(atPath: "/usr/bin/nm")
    try #require(hasNM, "nm is part of binutils")
    #if arch(x86_64)
      #expect(!objects.isEmpty, "no objects of \(module) beside the test binary")
    #endif
    for object in objects {
      let shared = try Self.weakSymbols(in: object).filter { !Self.isHarmless($0, module) }
      #expect(shared.isEmpty, "\(object.lastPathComponent)")
    }
  }

  /// Own symbols cannot meet another module's; pointers for the linker and descriptions hold no instructions.
  private static func isHarmless(_ name: String, _ module: String) -> Bool {
    name.contains(module) || name.hasPrefix("got.") || name.hasPrefix("symbolic ")
      || name == "__swift_reflection_version"
  }

  /// Returns the object files of a target in the build folder that this test runs from.
  private static func objects(of module: String) -> [URL] {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let manager = FileManager.default
    while folder.path != "/" {
      let candidate = folder.appendingPathComponent("\(module).build")
      if let files = try? manager.contentsOfDirectory(at: candidate, includingPropertiesForKeys: nil) {
        return files.filter { $0.pathExtension == "o" }
      }
      folder.deleteLastPathComponent()
    }
    return []
  }

  private static func weakSymbols(in object: URL) throws -> [String] {
    let nm = Process()
    nm.executableURL = URL(fileURLWithPath: "/usr/bin/nm")
    nm.arguments = ["--defined-only", "--format=posix", object.path]
    let output = Pipe()
    nm.standardOutput = output
    nm.standardError = FileHandle.nullDevice
    try nm.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    nm.waitUntilExit()
    #expect(nm.terminationStatus == 0)
    return text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ")
      return fields.count > 1 && ["W", "V"].contains(fields[1]) ? String(fields[0]) : nil
    }
  }
}
