import Foundation
import LuaBindings
import LuaRuntime
import TestSupport
import Testing

/// What a script sees of files that cannot be read or written: an error, which `fed.try` makes nil and a message.
@Suite struct FileMistakeTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func result(_ code: String) throws -> String {
    let script = "local dir = '\(folder.path)'\nlocal function run() \(code) end\nreturn tostring(run())"
    return try HostModules.open().evaluate(script, as: String.self)
  }

  private func tensorFile(_ header: String) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) } + Array(header.utf8)
  }

  @Test(
    "broken tensor files are messages, whatever their header claims",
    arguments: [
      "\"shape\":[0,4611686018427387904,4]", "\"shape\":[4611686018427387904,0]",
      "\"shape\":[0,9223372036854775807,9223372036854775807]", "\"shape\":[1152921504606846976,0]",
    ])
  func shapes(_ shape: String) throws {
    try folder.write("x.bin", tensorFile("{\"a\":{\"dtype\":\"F32\",\(shape),\"data_offsets\":[0,0]}}"))
    for call in ["fed.load(dir .. '/x.bin')", "fed.from_file(dir .. '/x.bin')"] {
      let message = try result(
        "local none, message = fed.try(function() return \(call) end)\nreturn none == nil and message")
      #expect(message.contains("/x.bin: "), "\(message)")
    }
  }

  @Test("models say what a foreign file is")
  func models() throws {
    try folder.write("page", Array("<html><body>404</body></html>".utf8))
    let code = """
      local model = fed.models.mlp { inputs = 2, hidden = {}, classes = 2 }
      local none, message = fed.try(model.load, model, dir .. '/page')
      return none == nil and message
      """
    #expect(try result(code).contains("/page: it is a text of markup, perhaps an error page of a download"))
  }

  @Test(
    "whatever saves raises where it cannot",
    arguments: [
      "fed.save(path, fed.ones(1))", "fed.images.save(fed.zeros(1, 2, 2), path)",
      "fed.models.mlp({ inputs = 2, hidden = {}, classes = 2 }):save(path)",
      """
      fed.simulation({ clients = { (fed.data.blobs { train = 20 }) }, rounds = 1, seed = 1,
        model = fed.models.mlp { inputs = 2, classes = 3 } }):save(path)
      """,
    ])
  func saving(_ call: String) throws {
    let pipe = folder.path + "/pipe"
    mkfifo(pipe, 0o644)
    try folder.write("full", [1])
    for (path, reason) in [
      ("no/such/folder/x", "cannot be written, No such file or directory"),
      ("pipe", "it is a pipe; only a regular file is replaced"), ("full/x", "cannot be written, Not a directory"),
    ] {
      let message = try result("local path = dir .. '/\(path)'\nreturn select(2, pcall(function() return \(call) end))")
      #expect(message.contains(reason), "\(message)")
    }
    #expect(try FileManager.default.attributesOfItem(atPath: pipe)[.type] as? FileAttributeType != .typeRegular)
  }

  @Test("scores of a curve take 0 and 1, and say what else they got")
  func flags() throws {
    #expect(try result("return fed.metrics.auroc({ 1, 2 }, { 0, 1 })") == "1.0")
    #expect(
      try result("return select(2, pcall(fed.metrics.auroc, { 1, 2 }, { -1, 1 }))").contains(
        "element 1 is -1; 0 for no and 1 for yes, or booleans, are needed"))
    #expect(
      try result("return select(2, pcall(fed.metrics.auroc, { 1, 2 }, fed.tensor { 1, 2 }))").contains(
        "element 2 is 2;"))
  }

  @Test("pictures of 16 bits keep their levels in tensors and sets")
  func deepPictures() throws {
    let kind = PictureFiles.Kind(depth: 16, color: 0, isInterlaced: true)
    let picture = PictureFiles.png(width: 64, height: 64, kind, Array(0..<4096))
    for name in ["set/a/1.png", "set/b/2.png"] { try folder.write(name, picture) }
    let code = """
      local function levels(x)
        local seen, count = {}, 0
        for _, v in ipairs(x:flatten():to_table()) do
          if not seen[v] then seen[v], count = true, count + 1 end
        end
        return count
      end
      local window = { 0, 4095 / 65535 }
      local set = fed.data.images { dir = dir .. '/set', channels = 1, cache = false, window = window }
      local x = set:batch { 2 }
      return levels(fed.images.decode(dir .. '/set/a/1.png')) .. ' ' .. levels(x) .. ' ' .. x:max():item()
      """
    #expect(try result(code) == "4096 4096 1.0")
  }
}
