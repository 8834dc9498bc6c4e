import LuaBindings
import LuaRuntime
import TestSupport
import Testing

@Suite struct ImageSetBindingTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (number, name) in ["no/a1.png", "no/a2.jpg", "yes/b1.png", "yes/b2.png", "yes/b10.png"].enumerated() {
      let shades = [UInt8](repeating: UInt8(50 * number), count: 4)
      try folder.write("set/" + name, PictureFiles.png(width: 2, height: 2, shades))
    }
    try folder.write("set/yes/broken.png", [1, 2, 3])
    try folder.write(
      "table.csv", Array("file;label;patient;part\nset/no/a1.png;x;P1;train\nset/yes/b1.png;y;P2;test\n".utf8))
  }

  /// Runs a script that finds the folder in `dir`, and returns what it returns, as text.
  private func result(_ code: String) throws -> String {
    let script = "local dir = '\(folder.path)'\nlocal function run() \(code) end\nreturn tostring(run())"
    return try HostModules.open().evaluate(script, as: String.self)
  }

  @Test func badFileRaisesOrIsSkipped() throws {
    #expect(
      try result("return select(2, fed.try(fed.data.images, { dir = dir .. '/set', cache = false }))")
        .hasSuffix("/set/yes/broken.png: it is neither JPEG nor PNG"))
    let code = """
      local set = fed.data.images { dir = dir .. '/set', bad_files = 'skip', channels = 1, size = { 3, 2 } }
      return table.concat({ tostring(set), #set.skipped, set.skipped[1].path, set:origin(5) }, ' | ')
      """
    #expect(
      try result(code).hasPrefix(
        "images: 5 samples of shape [1, 3, 2], 2 classes | 1 | yes/broken.png | yes/b10.png | "))
  }

  @Test func aliasesAndClassesGiveTheLabels() throws {
    let code = """
      local set = fed.data.images { dir = dir .. '/set', bad_files = 'skip', classes = { 'tumor', 'no' },
        aliases = { yes = 'tumor' } }
      return table.concat(set.class_counts, ' ') .. ' ' .. table.concat(set.class_names, ' ')
      """
    #expect(try result(code) == "3 2 tumor no")
  }

  @Test func limitsTakeSamplesOfEveryClass() throws {
    let code = """
      local set = fed.data.br35h { dir = dir .. '/set', bad_files = 'skip', limit = 2, size = 2 }
      return table.concat(set.class_counts, ' ')
      """
    #expect(try result(code) == "1 1")
  }

  @Test func tablesGiveClassesAndGroups() throws {
    let code = """
      local options = { path = dir .. '/table.csv', group = 'patient', channels = 1 }
      local all = fed.data.csv(options)
      options.column, options.only = 'part', 'test'
      local test = fed.data.csv(options)
      return table.concat({ #all, select(3, all:origin(2)), #test, test.class_names[1] }, ' ')
      """
    #expect(try result(code) == "2 P2 1 y")
  }

  @Test func picturesBecomeTensors() throws {
    let code = """
      local x = fed.images.decode(dir .. '/set/yes/b1.png')
      local small = fed.images.resize(x, 1)
      return table.concat(x.shape, ' ') .. ' ' .. math.floor(small:item() * 255 + 0.5)
      """
    #expect(try result(code) == "1 2 2 100")
  }

  @Test func augmentationFollowsItsSeed() throws {
    let code = """
      local change = fed.images.augment { noise = 0.1, rotation = 20, flip = 0.5 }
      local x, stream = fed.zeros(4, 1, 5, 5), fed.stream { seed = 3 }
      local function same(a, b) return a:sub(b):abs():max():item() == 0 end
      return tostring(same(change(x, 1), change(x, 1))) .. tostring(same(change(x, 1), change(x, 2)))
        .. tostring(same(change(x, stream), change(x, stream)))
      """
    #expect(try result(code) == "truefalsefalse")
  }

  @Test func clientsTrainOnChangedPictures() throws {
    let code = """
      local function digest(augment)
        local train, test = fed.data.blobs { train = 60, test = 30, shape = { 1, 4, 4 } }
        local run = fed.simulation {
          clients = fed.partition.identical(train, { clients = 2 }), test = test, rounds = 1, seed = 1,
          model = fed.models.mlp { input = { 1, 4, 4 }, hidden = { 8 }, classes = 3 },
          local_training = { epochs = 1, augment = augment },
        }
        local losses = {}
        for round in run:rounds() do losses[#losses + 1] = round.loss end
        return losses[1]
      end
      local noise = fed.images.augment { noise = 0.5 }
      return tostring(digest(noise) == digest(noise)) .. tostring(digest(noise) == digest(nil))
      """
    #expect(try result(code) == "truefalse")
  }
}
