import Testing

/// A line that crosses a wall between two parts, or that may.
struct ImportCase: Sendable, CustomTestStringConvertible {
  let path: String
  let line: String
  /// What the complaint says, or nil where the line is right.
  let complaint: String?

  var testDescription: String { "\(line) in \(path)" }
}

@Suite("The walls between the parts")
struct ImportTests {
  static let imports = Tool(name: "imports")

  static let cases = [
    ImportCase(
      path: "Sources/Tensors/Tensor.swift", line: "public import Foundation",
      complaint: "Tensors must not import Foundation; it may import Kernels"),
    ImportCase(path: "Sources/Tensors/TensorFile.swift", line: "import Foundation", complaint: nil),
    ImportCase(path: "Sources/Networks/Model.swift", line: "public import Tensors", complaint: nil),
    ImportCase(path: "Sources/Networks/Model.swift", line: "import Glibc", complaint: nil),
    ImportCase(
      path: "Sources/KernelsBase/Softmax.swift", line: "import Glibc", complaint: "KernelsBase must not import Glibc"),
    ImportCase(
      path: "Sources/Networks/Model.swift", line: "@_exported import Datasets",
      complaint: "Networks must not import Datasets"),
    ImportCase(
      path: "Sources/Defenses/Trust/Scorer.swift", line: "import Attacks", complaint: "Defenses must not import Attacks"
    ),
    ImportCase(
      path: "Sources/Attacks/Updates/Scale.swift", line: "import struct Defenses.Scorer",
      complaint: "Attacks must not import Defenses"),
    ImportCase(
      path: "Sources/LuaBindings/TensorBindings.swift", line: "internal import CLua",
      complaint: "LuaBindings must not import CLua"),
    ImportCase(path: "Sources/fedlua/Run.swift", line: "import Tensors", complaint: "fedlua must not import Tensors"),
    ImportCase(path: "Sources/Extra/New.swift", line: "import Tensors", complaint: "target Extra is not in the table"),
    ImportCase(path: "Tests/AttacksTests/ScaleTests.swift", line: "@testable import Attacks", complaint: nil),
    ImportCase(
      path: "Tests/AttacksTests/ScaleTests.swift", line: "@testable import Defenses",
      complaint: "AttacksTests must not import Defenses"),
    ImportCase(path: "Sources/CLua/clua.c", line: "#include <lua.h>", complaint: nil),
    ImportCase(
      path: "Sources/CLineEdit/edit.c", line: "#include <lua.h>", complaint: "CLineEdit must not include <lua.h>"),
    ImportCase(
      path: "Sources/LuaLibrary/lua/fed/trust/mean.lua", line: "local a = require 'fed.attacks'",
      complaint: "a script of fed.trust must not know fed.attacks"),
    ImportCase(
      path: "Sources/LuaLibrary/lua/fed/aggregators/own.lua", line: "return fed.schedules.constant(1)",
      complaint: "a script of fed.aggregators must not know fed.schedules"),
    ImportCase(path: "Sources/LuaLibrary/lua/fed/recipes/own.lua", line: "return fed.attacks.updates", complaint: nil),
    ImportCase(path: "Sources/LuaLibrary/lua/fed/trust/mean.lua", line: "-- unlike fed.attacks", complaint: nil),
  ]

  @Test("No part of the tree imports across a wall")
  func treeKeepsWalls() throws {
    let outcome = try Self.imports.run([])
    #expect(outcome.status == 0, "\n\(outcome.output)")
  }

  @Test("The check knows what each part may import", arguments: cases)
  func checkKnows(_ example: ImportCase) throws {
    let outcome = try Self.imports.run([], on: [example.path: example.line + "\n"])
    if let complaint = example.complaint {
      #expect(outcome.output.contains("\(example.path):1: imports: \(complaint)"), "\(outcome.output)")
      #expect(outcome.status == 1)
    } else {
      #expect(outcome.status == 0, "\(outcome.output)")
    }
  }
}
