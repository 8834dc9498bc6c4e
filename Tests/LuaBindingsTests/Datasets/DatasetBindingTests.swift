import LuaBindings
import LuaRuntime
import TestSupport
import Testing

@Suite struct DatasetBindingTests {
  /// Runs a script and returns what it returns, as text.
  private func result(_ code: String, _ settings: HostSettings = HostSettings()) throws -> String {
    try HostModules.open(settings).evaluate("local function run() \(code) end return tostring(run())", as: String.self)
  }

  @Test func batchesOfTheWholeSetMeetEverySampleOnce() throws {
    let code = """
      local set = fed.data.blobs { train = 50, classes = 5 }
      local total, sizes = 0, {}
      for x, y in set:batches { size = 16, seed = 3 } do
        total = total + y:to('float32'):sum():item()
        sizes[#sizes + 1] = x.shape[1]
      end
      return table.concat(sizes, ' ') .. ' ' .. total
      """
    #expect(try result(code) == "16 16 16 2 100.0")
  }

  @Test func aSeedGivesAnOrderAndNoSeedKeepsTheSets() throws {
    let code = """
      local set = fed.data.blobs { train = 40, classes = 40 }
      local function first(options) for _, y in set:batches(options) do return tostring(y) end end
      return first { size = 4 } == 'Tensor [4] int64\\n  0  1  2  3'
        and first { size = 4, seed = 1 } == first { size = 4, seed = 1 }
        and first { size = 4, seed = 1 } ~= first { size = 4, seed = 2 }
      """
    #expect(try result(code) == "true")
  }

  @Test func aStreamGivesAnotherOrderInEveryPass() throws {
    let code = """
      local set = fed.data.blobs { train = 40, classes = 40 }
      local function passes()
        local stream, seen = fed.stream { seed = 5 }, {}
        for pass = 1, 2 do
          for _, y in set:batches { size = 40, stream = stream } do seen[pass] = tostring(y) end
        end
        return seen
      end
      local first, second = passes(), passes()
      return first[1] ~= first[2] and first[1] == second[1] and first[2] == second[2]
      """
    #expect(try result(code) == "true")
  }

  @Test func everyPartitionGivesViewsThatCoverTheSet() throws {
    let code = """
      local set = fed.data.blobs { train = 300, classes = 4 }
      local total = 0
      for _, parts in ipairs {
        fed.partition.identical(set, { clients = 5 }), fed.partition.dirichlet(set, { clients = 5, concentration = 0.1 }),
        fed.partition.label_skew(set, { clients = 5, share = 0.8 }), fed.partition.shards(set, { clients = 5 }),
        fed.partition.quantity_skew(set, { clients = 5, deviation = 2 }),
      } do
        for _, client in ipairs(parts) do total = total + #client end
        assert(#parts == 5 and parts[6] == nil and parts[0] == nil and parts.dataset == set)
      end
      return total
      """
    #expect(try result(code) == "1500")
  }

  @Test func aPartitionPrintsItsHistogram() throws {
    let code = """
      local set = fed.data.blobs { train = 300, classes = 3 }
      return fed.partition.dirichlet(set, { clients = 3, concentration = 0.5, seed = 2 })
      """
    let text = try result(code)
    #expect(text.hasPrefix("dirichlet (concentration 0.5): 300 samples, 3 clients, "))
    #expect(text.split(separator: "\n").count == 5)
  }

  @Test("Files that are missing raise, and fed.try gives nil and a message")
  func missingFiles() throws {
    let message = try result("return select(2, fed.try(fed.data.cifar10, { dir = 'nowhere' }))")
    #expect(message.hasPrefix("fed.data.cifar10: not found, looked in nowhere; unpack the binary version"))
    let error = #expect(throws: LuaError.self) { try result("local t = fed.data.mnist { dir = 'nowhere' }") }
    #expect(error?.message.contains(":1: fed.data.mnist: not found, looked in nowhere") == true)
  }

  @Test("fed.try gives all results of a call that succeeds, and the message of one that does not")
  func tries() throws {
    #expect(try result("return table.concat({ fed.try(string.byte, 'ab', 1, 2) }, ' ')") == "97 98")
    #expect(try result("return select('#', fed.try(function() end))") == "0")
    #expect(try result("return select(2, fed.try(error, 'full', 0))") == "full")
    #expect(try result("return select(2, fed.try(fed.zeros, -1))").hasPrefix("fed.zeros: "))
  }

  @Test func filesAreReadWithTheirOriginAndCutByLimits() throws {
    let folder = try TemporaryFolder()
    try folder.write("data_batch_1.bin", [UInt8](repeating: 3, count: 3073 * 4))
    try folder.write("test_batch.bin", [UInt8](repeating: 5, count: 3073 * 2))
    let code = """
      local train, test = fed.data.cifar10 { dir = '\(folder.path)', limit = 3 }
      return #train .. ' ' .. #test .. ' ' .. test.class_names[6] .. ' ' .. #train.sources[1].hash
        .. ' ' .. train.sources[1].bytes .. ' ' .. table.concat(train.shape, 'x')
      """
    #expect(try result(code) == "3 2 dog 64 12292 3x32x32")
  }

  @Test func aSmokeRunTakesFewSamplesUnlessTold() throws {
    let folder = try TemporaryFolder()
    try folder.write("data_batch_1.bin", [UInt8](repeating: 3, count: 3073 * 700))
    try folder.write("test_batch.bin", [UInt8](repeating: 5, count: 3073 * 400))
    var settings = HostSettings()
    settings.isSmokeRun = true
    let load = "local a, b = fed.data.cifar10 { dir = '\(folder.path)'"
    #expect(try result("\(load) } return #a .. ' ' .. #b", settings) == "600 300")
    #expect(try result("\(load), limit = 650, test_limit = 7 } return #a .. ' ' .. #b", settings) == "650 7")
    #expect(try result("\(load) } return #a .. ' ' .. #b") == "700 400")
  }
}

/// What scripts are told of their mistakes with data.
@Suite struct DatasetMistakeTests {
  private static let set = "local set = fed.data.blobs { train = 20 } "

  static let mistakes: [(code: String, message: String)] = [
    (
      "fed.data.blobs { classes = 0 }", "fed.data.blobs: option 'classes' = 0 is not allowed; it must be from 1 to 1000"
    ),
    (
      "fed.data.blobs { shape = { 2, 3 } }",
      "fed.data.blobs: shape = [2, 3] is not allowed; [d] or [c, h, w] of at most 2^20 numbers"
    ),
    (
      "fed.data.blobs { sepration = 3 }",
      "fed.data.blobs: unknown option 'sepration'; did you mean 'separation'?; "
        + "the options are classes, seed, separation, shape, test, train"
    ),
    ("fed.data.mnist { limit = 0 }", "fed.data.mnist: option 'limit' = 0 is not allowed; it must be at least 1"),
    ("fed.data.mnsit()", "fed.data has no member 'mnsit'; did you mean 'mnist'?"),
    (
      "fed.data.from_tensors(fed.zeros(2, 3), { 0, 1, 1 })",
      "fed.data.from_tensors: number of labels = 3 is not allowed; one for each of the 2 samples is needed"
    ),
    (
      "fed.data.from_tensors(fed.zeros(2, 3), { 0, 5 }, { classes = 3 })",
      "fed.data.from_tensors: label 5 of sample 2 is outside the classes; 0 to 2 is allowed"
    ),
    (
      "fed.data.from_tensors(fed.zeros(2, 3, 4), { 0, 1 })",
      "fed.data.from_tensors: shape of the inputs = [2, 3, 4] is not allowed; [n, c, h, w] or [n, d] is allowed"
    ),
    (
      "fed.data.from_tensors(fed.zeros(1, 3), { 0 }, { classes = 2, class_names = { 'a' } })",
      "fed.data.from_tensors: classes = 2 and 1 class_names do not fit; leave one of them out"
    ),
    (set + "set:batch { 21 }", "Dataset:batch: position = 21 is not allowed; 1 to 20 is allowed"),
    (set + "set:batch { 0 }", "Dataset:batch: position = 0 is not allowed; 1 to 20 is allowed"),
    (
      set + "set:subset { math.mininteger }",
      "Dataset:subset: position = -9223372036854775808 is not allowed; 1 to 20 is allowed"
    ),
    (set + "set:take(0)", "Dataset:take: count = 0 is not allowed; it must be at least 1"),
    (
      set + "set:split { 15, 6 }",
      "Dataset:split: sizes = [15, 6] is not allowed; parts of 0 or more, together at most 20"
    ),
    (set + "set:relabel { 1 }", "Dataset:relabel: number of labels = 1 is not allowed; 20 are needed"),
    (
      set + "set:relabel(fed.full({ 20 }, 3))",
      "Dataset:relabel: label 3 of sample 1 is outside the classes; 0 to 2 is allowed"
    ),
    (set + "set:relabel(fed.full({ 20 }, 0.5))", "Dataset:relabel: element 1 is 0.5; whole numbers are needed"),
    (
      set + "set:normalize { deviation = { 0 } }",
      "Dataset:normalize: deviation = [0.0] is not allowed; one number above 0 for each of 1 channels"
    ),
    (
      set + "for x in set:batches { size = 0 } do end",
      "Dataset:batches: option 'size' = 0 is not allowed; it must be at least 1"
    ),
    (set + "return set.lables", "Dataset has no field 'lables'; did you mean 'labels'?"),
    (
      "fed.partition.identical(nil, { clients = 2 })",
      "bad argument #1 'dataset' to 'fed.partition.identical' (Dataset expected, got nil)"
    ),
    (
      set + "fed.partition.identical(set)", "fed.partition.identical: option 'clients' is missing, integer expected"
    ),
    (
      set + "fed.partition.identical(set, { clients = 0 })",
      "fed.partition.identical: option 'clients' = 0 is not allowed; it must be at least 1"
    ),
    (
      set + "fed.partition.identical(set, { clients = 3 })",
      "fed.partition.identical: 20 samples are too few for 3 clients with at least 10 each; "
        + "use fewer clients or a smaller minimum_samples"
    ),
    (
      set + "fed.partition.dirichlet(set, { clients = 2, concentration = 0 })",
      "fed.partition.dirichlet: concentration = 0.0 is not allowed; a number above 0 is allowed"
    ),
    (
      set + "fed.partition.dirichlet(set, { clients = 2, alpha = 0.5 })",
      "fed.partition.dirichlet: unknown option 'alpha'; the options are by, clients, concentration, minimum_samples, seed"
    ),
    (
      set + "fed.partition.label_skew(set, { clients = 2, share = 70 })",
      "fed.partition.label_skew: share = 70.0 is not allowed; 0 to 1 is allowed"
    ),
    (
      set + "fed.partition.shards(set, { clients = 2, shards_per_client = 11 })",
      "fed.partition.shards: shards_per_client = 11 is not allowed; 1 to 10 is allowed"
    ),
    (
      set + "fed.partition.quantity_skew(set, { clients = 2, deviation = -1 })",
      "fed.partition.quantity_skew: option 'deviation' = -1 is not allowed; it must be from 0 to 10"
    ),
  ]

  @Test(arguments: mistakes)
  func theScriptIsToldWhereAndWhat(code: String, message: String) throws {
    let state = try HostModules.open()
    let error = #expect(throws: LuaError.self) { try state.run("\n" + code, name: "=script.lua") }
    #expect(error?.message == "script.lua:2: " + message)
  }
}
