// swift-tools-version: 6.2
import PackageDescription

/// The C API of Lua and of the kernels stays inside the targets that wrap it.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("ExistentialAny"),
]

/// Optimizes a target in debug builds too: unoptimized, its loops would make every test wait for minutes.
let optimized: [SwiftSetting] = [
  .unsafeFlags(
    ["-O", "-disable-batch-mode", "-whole-module-optimization", "-num-threads", "1"], .when(configuration: .debug))
]

/// Square roots without errno, so that they become vector instructions; and closures inlined at any cost: a call would
/// pass each vector in pieces.
let vectorized: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-fno-math-errno", "-Xllvm", "-inline-threshold=5000"])]

/// One instruction set of the kernels: `KernelsV3` and `KernelsV4` are links to the sources of `KernelsBase`.
func kernels(_ name: String, march: String = "x86-64", _ conditions: String...) -> Target {
  let instructions = [SwiftSetting.unsafeFlags(["-Xcc", "-march=\(march)"])] + conditions.map { .define($0) }
  return .target(
    name: name, dependencies: ["KernelTypes", "CProcessor"], swiftSettings: optimized + vectorized + instructions)
}

#if arch(x86_64)
  let kernelTargets = [
    kernels("KernelsBase", "NO_FMA"),
    kernels("KernelsV3", march: "x86-64-v3"),
    kernels("KernelsV4", march: "x86-64-v4", "WIDE_REGISTERS"),
  ]
#else
  let kernelTargets = [
    Target.target(
      name: "KernelsBase", dependencies: ["KernelTypes", "CProcessor"], swiftSettings: optimized + vectorized)
  ]
#endif

let package = Package(
  name: "fedlua",
  products: [.executable(name: "fedlua", targets: ["fedlua"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // An index of runs for the command alone; no library of ours knows of it.
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: kernelTargets + [
    // The Lua host. No target here knows of tensors.
    .systemLibrary(name: "CLuaSystem", providers: [.apt(["liblua5.4-dev"])]),
    .systemLibrary(name: "CEditSystem", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
    // Lua's archive, not its shared library: an entry of its API costs half as much there. So no pkgConfig above, which
    // would put the shared library first.
    .target(
      name: "CLua", dependencies: ["CLuaSystem"], cSettings: [.unsafeFlags(["-O2"])],
      linkerSettings: [.linkedLibrary(":liblua5.4.a"), .linkedLibrary("m")]),
    .target(name: "CLineEdit", dependencies: ["CEditSystem"]),
    .target(name: "LuaRuntime", dependencies: ["CLua", "CLineEdit"], swiftSettings: strict),

    // The compute core. No target here knows of Lua.
    .systemLibrary(name: "CZlibSystem", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CTurboJPEGSystem", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CPNGSystem", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CZipSystem", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .target(name: "CPNGReader", dependencies: ["CPNGSystem"], cSettings: [.unsafeFlags(["-O2"])]),
    .target(name: "CProcessor", cSettings: [.unsafeFlags(["-O2"])]),
    .target(name: "KernelTypes", swiftSettings: optimized),
    .target(
      name: "Kernels",
      dependencies: ["KernelTypes", "CProcessor"] + kernelTargets.map { .init(stringLiteral: $0.name) },
      swiftSettings: optimized),
    .target(name: "Tensors", dependencies: ["Kernels", "CProcessor"], swiftSettings: strict + optimized),
    .target(name: "Networks", dependencies: ["Tensors", "Kernels"], swiftSettings: strict),
    .target(
      name: "Datasets",
      dependencies: [
        "Tensors", "Kernels", "Metrics", "CZlibSystem", "CTurboJPEGSystem", "CPNGSystem", "CPNGReader", "CZipSystem",
      ],
      swiftSettings: strict + optimized),
    .target(name: "Metrics", dependencies: ["Tensors"], swiftSettings: strict),
    .target(name: "Federation", dependencies: ["Networks", "Datasets", "Metrics"], swiftSettings: strict),
    .target(name: "Attacks", dependencies: ["Federation"], swiftSettings: strict),

    // Where the two sides meet.
    .target(
      name: "LuaBindings", dependencies: ["LuaRuntime", "Federation", "Attacks", "LuaLibrary"], swiftSettings: strict),
    .target(name: "LuaLibrary", exclude: ["shipped"], plugins: ["EmbedLuaPlugin"]),
    .executableTarget(name: "EmbedLua"),
    .plugin(
      name: "EmbedLuaPlugin", capability: .buildTool(), dependencies: ["EmbedLua"], path: "Sources/EmbedLuaPlugin"),
    .target(
      name: "RunIndex", dependencies: ["Federation", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: strict),
    .executableTarget(
      name: "fedlua",
      dependencies: [
        "LuaBindings", "Federation", "RunIndex", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    .target(name: "TestSupport", dependencies: ["Tensors"], path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(name: "LuaRuntimeTests", dependencies: ["LuaRuntime"]),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels"], swiftSettings: optimized),
    .testTarget(name: "TensorsTests", dependencies: ["TestSupport"], exclude: ["Fixtures"]),
    .testTarget(name: "NetworksTests", dependencies: ["Networks", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(name: "DatasetsTests", dependencies: ["Datasets", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(name: "MetricsTests", dependencies: ["Metrics", "TestSupport"]),
    .testTarget(name: "FederationTests", dependencies: ["Federation", "TestSupport"]),
    .testTarget(name: "AttacksTests", dependencies: ["Attacks", "TestSupport"]),
    .testTarget(
      name: "LuaBindingsTests", dependencies: ["LuaBindings", "TestSupport"],
      exclude: ["mistakes", "hostile", "fuzz", "extreme_calls.lua"]),
    .testTarget(name: "LuaLibraryTests", dependencies: ["LuaBindings"], exclude: ["specs", "Fixtures"]),
    .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"]),
    .testTarget(
      name: "ExampleTests", dependencies: ["fedlua", "TestSupport"], exclude: ["screens", "notebook.py"]),
  ],
  swiftLanguageModes: [.v6]
)

// The configuration of the tests takes no warning. A release build goes on, so that a newer compiler stops no user.
for target in package.targets where [.regular, .executable, .test].contains(target.type) {
  target.swiftSettings =
    (target.swiftSettings ?? []) + [
      .treatAllWarnings(as: .error, .when(configuration: .debug)),
      .treatWarning("DeprecatedDeclaration", as: .warning, .when(configuration: .debug)),
    ]
  target.cSettings = (target.cSettings ?? []) + [.treatAllWarnings(as: .error, .when(configuration: .debug))]
}
