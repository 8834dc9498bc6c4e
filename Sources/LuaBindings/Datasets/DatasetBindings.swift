import Datasets
import LuaRuntime
import Tensors

/// `fed.data`: where samples come from.
let datasetBindings = BindingModule(
  "fed.data", "Data sets: labelled samples, read from files or made up.", classes: [datasetClass, auditClass]
) { module in
  module.addAudit()
  module.addImageSets()
  module.addFileSets()
  module.addMadeUpSets()
  module.addSyntheticMRI()
  module.function(
    "folders", "Returns the folders that data sets are looked for in, best first.", returns: "The folders.",
    example: Example("local folders = fed.data.folders()\nprint(folders[#folders])", prints: "/usr/share/datasets")
  ) { DataFolders.standard.bases }
}

/// Where a data set lies, and how much of it to take.
private struct FolderOptions: LuaOptions {
  var dir: String?
  var limit: Int?
  var testLimit: Int?

  static let fields = Fields<FolderOptions> { field in
    field.option("dir", \.dir, "Folder of the files; without it, the usual places are searched.")
    field.option(
      "limit", \.limit, "Take only the first training samples, and decode no more; 600 in a smoke run.",
      check: .atLeastIfGiven(1))
    field.option(
      "test_limit", \.testLimit, "Take only the first test samples; 300 in a smoke run.", check: .atLeastIfGiven(1))
  }

  /// Where the files lie, and how many samples to take of both sets; nil takes all.
  typealias Request = (dir: String?, train: Int?, test: Int?)

  /// Reads a pair of sets.
  func load(
    _ caller: LuaCaller, _ read: (Request) throws -> (train: Dataset, test: Dataset)
  ) throws -> Results<Dataset, Dataset> {
    let isSmokeRun = caller.state.hostSettings.isSmokeRun
    let (train, test) = try read((dir, limit ?? (isSmokeRun ? 600 : nil), testLimit ?? (isSmokeRun ? 300 : nil)))
    return Results(train, test)
  }
}

extension Check where Value == Int? {
  /// A lower bound for an option that may be missing.
  fileprivate static func atLeastIfGiven(_ bound: Int) -> Check {
    Check("at least \(bound)") { $0.map { $0 >= bound } ?? true }
  }
}

extension ModuleBuilder {
  fileprivate mutating func addImageSets() {
    let options = Parameter<FolderOptions>("options", "Where the files lie and how much to take.")
    let returns = "The training set and the test set."
    let missing = ["The files are missing or broken; pcall or fed.try catches it."]
    let example = { (name: String) in
      Example(
        "local train, message = fed.try(fed.data.\(name), { dir = 'nowhere' })\nprint(train, message:match('not found, looked in nowhere'))",
        prints: "nil\tnot found, looked in nowhere")
    }
    function(
      "mnist", "Reads MNIST: 70,000 handwritten digits, grey, 28 by 28.", .caller, options, returns: returns,
      errors: missing,
      source: "http://yann.lecun.com/exdb/mnist/", example: example("mnist")
    ) { (caller: LuaCaller, options: FolderOptions) in
      try options.load(caller) {
        try MNISTFamily.mnist.load(folder: $0.dir, trainLimit: $0.train, testLimit: $0.test)
      }
    }
    function(
      "fashion_mnist", "Reads Fashion-MNIST: 70,000 pictures of clothes, grey, 28 by 28.", .caller, options,
      returns: returns, errors: missing, source: "Xiao et al., 2017, https://arxiv.org/abs/1708.07747",
      example: example("fashion_mnist")
    ) { (caller: LuaCaller, options: FolderOptions) in
      try options.load(caller) {
        try MNISTFamily.fashionMNIST.load(folder: $0.dir, trainLimit: $0.train, testLimit: $0.test)
      }
    }
    function(
      "cifar10", "Reads CIFAR-10 in its binary version: 60,000 color pictures, 32 by 32, in ten classes.", .caller,
      options, returns: returns, errors: missing,
      source: "Krizhevsky, 2009, https://www.cs.toronto.edu/~kriz/cifar.html",
      example: example("cifar10")
    ) { (caller: LuaCaller, options: FolderOptions) in
      try options.load(caller) {
        try CIFAR10.load(folder: $0.dir, trainLimit: $0.train, testLimit: $0.test)
      }
    }
  }

  fileprivate mutating func addMadeUpSets() {
    function(
      "blobs", "Makes a problem of normal clouds, one a class, around centers of a given distance.", .caller,
      Parameter("options", "Sizes and difficulty."), returns: "The training set and the test set.",
      example: Example(
        "local train, test = fed.data.blobs { train = 90, test = 30, classes = 3, shape = { 5 } }\nprint(train)",
        prints: "blobs: 90 samples of shape [5], 3 classes")
    ) { (caller: LuaCaller, options: BlobOptions) in
      let blobs = options.blobs
      try caller.willAllocate(blobs.byteCount)
      let (train, test) = try blobs.make()
      return Results(train, test)
    }
    function(
      "from_tensors", "Makes a data set of tensors.",
      Parameter("inputs", "Samples, [n, c, h, w] or [n, d]; uint8 stands for pixels of 0 to 255."),
      Parameter("labels", "Classes from 0, [n]."), Parameter("options", "Names, groups and sites."),
      returns: "The data set.",
      errors: ["A number of the inputs is not finite.", "A label is outside the classes."],
      example: Example(
        "print(fed.data.from_tensors(fed.zeros(3, 1, 8, 8), fed.labels { 0, 1, 1 }, { name = 'zeros' }))\n"
          + "local set = fed.data.from_tensors(fed.zeros(3, 2), { 0, 1, 1 }, { groups = { 'ann', 'bob', 'ann' } })\n"
          + "print(table.concat(set.groups, ' '))",
        prints: "zeros: 3 samples of shape [1, 8, 8], 2 classes\n0 1 0")
    ) { (inputs: Tensor, labels: TensorArgument, options: NameOptions) in
      let labels = try labels.tensor(.int64)
      return try Dataset(
        name: options.name, inputs: inputs, labels: labels, classNames: options.classNames(labels),
        groups: options.groups?.values, sites: options.sites?.values)
    }
  }
}

/// Sizes and difficulty of made-up clouds.
private struct BlobOptions: LuaOptions {
  var train = 1000
  var test = 200
  var classes = 3
  var shape = [2]
  var separation = 4.0
  var seed: UInt64 = 1

  static let fields = Fields<BlobOptions> { field in
    field.option("train", \.train, "Samples to train on.", check: .atLeast(1))
    field.option("test", \.test, "Samples to test on.", check: .atLeast(1))
    field.option("classes", \.classes, "Number of clouds.", check: .within(1...1000))
    field.option("shape", \.shape, "Shape of a sample: { d }, or { c, h, w } for models that take images.")
    field.option(
      "separation", \.separation, "Distance of the centers from the origin, in deviations.", check: .atLeast(0))
    field.option("seed", \.seed, "The same seed gives the same samples.")
  }

  var blobs: GaussianBlobs {
    var blobs = GaussianBlobs()
    (blobs.trainCount, blobs.testCount, blobs.classes) = (train, test, classes)
    (blobs.sampleShape, blobs.separation, blobs.seed) = (shape, separation, seed)
    return blobs
  }
}

/// Names of a data set made of tensors.
private struct NameOptions: LuaOptions {
  var name = "tensors"
  var classes: Int?
  var classNames: [String] = []
  var groups: SampleNames?
  var sites: SampleNames?

  static let fields = Fields<NameOptions> { field in
    field.option("name", \.name, "What to call it.")
    field.option("classes", \.classes, "Number of classes; without it, as many as the labels show.")
    field.option("class_names", \.classNames, "Names of the classes, from class 0 on.")
    field.option(
      "groups", \.groups, "What splits and partitions keep together, one for each sample, such as its patient.")
    field.option(
      "sites", \.sites, "Where each sample was recorded, such as a hospital; fed.partition.by_site deals by it.")
  }

  func classNames(_ labels: Tensor) throws -> [String] {
    if !classNames.isEmpty {
      guard classes == nil || classes == classNames.count else {
        throw LuaFailure(
          "classes = \(classes ?? 0) and \(classNames.count) class_names do not fit; leave one of them out")
      }
      return classNames
    }
    let seen = labels.values.max() ?? 0
    // One label of each from 1 on, and none 0: a set whose class 0 has no sample by chance rarely looks so.
    if classes == nil, seen > 1, seen < 1e4, Set(labels.values) == Set((1...Int(seen)).map(Double.init)) {
      throw LuaFailure(
        "labels go from 1 to \(Int(seen)); they count from 0, so subtract 1, or say classes = \(Int(seen) + 1) if class 0 "
          + "has no sample here")
    }
    let count = classes ?? (seen >= 0 && seen < 1e6 ? Int(seen) + 1 : 1)
    guard (1...1_000_000).contains(count) else {
      throw LuaFailure("classes = \(count) is not allowed; it must be from 1 to 1000000")
    }
    return (0..<count).map(String.init)
  }
}
