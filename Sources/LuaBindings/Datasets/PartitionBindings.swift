public import Datasets
public import LuaRuntime
import Tensors

extension Partition: LuaObject {
  public static let luaClass = LuaClass("Partition", keepsOrigin: true)

  public var luaByteCount: Int { 24 * dataset.count }
}

/// `fed.partition`: who holds which samples.
let partitionBindings = BindingModule(
  "fed.partition", "Ways to deal a data set out to clients.", classes: [partitionClass]
) { module in
  module.addIdenticalPartition()
  module.addLabelPartitions()
  module.addQuantityPartition()
  module.addSitePartition()
}

/// The clients' data as scripts see it. Client ids count from 1.
let partitionClass = ClassBindings(
  Partition.self, "A data set dealt out to clients: every sample has exactly one owner."
) { type in
  type.property("dataset", "What was dealt out.", get: { (partition: Partition) in partition.dataset })
  type.property(
    "rule", "How it was dealt, with the numbers that decided it.", get: { (partition: Partition) in partition.rule })
  type.property(
    "class_counts", "Samples of each client and class.", get: { (partition: Partition) in partition.classCounts })
  type.property(
    "group_counts", "Groups of each client; nil where single samples were dealt.",
    get: { (partition: Partition) in partition.groupCounts })
  type.length("Number of clients.") { (partition: Partition) in partition.clients.count }
  type.index(
    "Returns what a client holds, or nil beyond the last one.", Parameter("client", "Client id, from 1."),
    returns: "A view of the data set.",
    example: Example(example + "for id, set in ipairs(parts) do print(id, #set) end", prints: "1\t15\n2\t15")
  ) { (partition: Partition, client: Int) in
    partition.clients.indices.contains(client &- 1) ? partition.clients[client - 1] : nil
  }
  type.description { (partition: Partition) in partition.description }
}

private let example =
  "local parts = fed.partition.identical(fed.data.blobs { train = 30 }, { clients = 2 })\n"

/// What every way of dealing takes. Swift has no inheritance of option tables, so each rule embeds this.
private protocol PartitionOptions: LuaOptions {
  var clients: Int? { get set }
  var minimumSamples: Int { get set }
  var seed: UInt64 { get set }
  var by: String? { get set }
}

extension Fields where Root: PartitionOptions {
  fileprivate mutating func addShared(
    _ clients: any WritableKeyPath<Root, Int?> & Sendable, _ minimumSamples: any WritableKeyPath<Root, Int> & Sendable,
    _ seed: any WritableKeyPath<Root, UInt64> & Sendable, _ by: any WritableKeyPath<Root, String?> & Sendable
  ) {
    required("clients", clients, "Number of clients.", check: .atLeast(1))
    option("minimum_samples", minimumSamples, "Fewest samples of a client.", check: .atLeast(1))
    option("seed", seed, "The same seed deals the same way.")
    option(
      "by", by, "What no client shares with another: group or sample; without it, groups where the set has some.",
      check: .splitUnit)
  }
}

extension PartitionOptions {
  fileprivate func request(_ dataset: Dataset) -> Partition.Request {
    Partition.Request(
      dataset, clients: clients ?? 1, minimumSamples: minimumSamples, seed: seed,
      by: by.flatMap { SplitUnit(rawValue: $0) })
  }
}

private struct IdenticalOptions: PartitionOptions {
  var clients: Int?
  var minimumSamples = 10
  var seed: UInt64 = 1
  var by: String?

  static let fields = Fields<IdenticalOptions> { field in
    field.addShared(\.clients, \.minimumSamples, \.seed, \.by)
  }
}

private struct DirichletOptions: PartitionOptions {
  var clients: Int?
  var minimumSamples = 10
  var seed: UInt64 = 1
  var by: String?
  var concentration: Double?

  static let fields = Fields<DirichletOptions> { field in
    field.addShared(\.clients, \.minimumSamples, \.seed, \.by)
    field.required("concentration", \.concentration, "Above 0; small numbers give each class to few clients.")
  }
}

private struct LabelSkewOptions: PartitionOptions {
  var clients: Int?
  var minimumSamples = 10
  var seed: UInt64 = 1
  var by: String?
  var share: Double?

  static let fields = Fields<LabelSkewOptions> { field in
    field.addShared(\.clients, \.minimumSamples, \.seed, \.by)
    field.required("share", \.share, "From 0 to 1: how much of a class goes to the clients that prefer it.")
  }
}

private struct ShardOptions: PartitionOptions {
  var clients: Int?
  var minimumSamples = 10
  var seed: UInt64 = 1
  var by: String?
  var shardsPerClient = 2

  static let fields = Fields<ShardOptions> { field in
    field.addShared(\.clients, \.minimumSamples, \.seed, \.by)
    field.option(
      "shards_per_client", \.shardsPerClient, "About the number of classes a client sees.", check: .atLeast(1))
  }
}

private struct QuantitySkewOptions: PartitionOptions {
  var clients: Int?
  var minimumSamples = 10
  var seed: UInt64 = 1
  var by: String?
  var deviation = 1.0

  static let fields = Fields<QuantitySkewOptions> { field in
    field.addShared(\.clients, \.minimumSamples, \.seed, \.by)
    field.option(
      "deviation", \.deviation, "From 0 to 10: standard deviation of the amounts' logarithm.", check: .within(0...10))
  }
}

private struct SiteOptions: LuaOptions {
  var sites: [String]?
  var ids: SampleNames?
  var minimumSamples = 1

  static let fields = Fields<SiteOptions> { field in
    field.option(
      "sites", \.sites,
      "Sites in the order of the clients; without them, all as they first appear. Others are left out.")
    field.option("ids", \.ids, "Site of each sample, as a text or a number; without it, what the samples know.")
    field.option(
      "minimum_samples", \.minimumSamples, "Without sites, those of fewer samples are left out.", check: .atLeast(1))
  }
}

private struct GroupOptions: LuaOptions {
  var ids: SampleNames?
  var minimumSamples = 1

  static let fields = Fields<GroupOptions> { field in
    field.option(
      "ids", \.ids, "Group of each sample, as a text or a number; without it, the groups that the set has.")
    field.option(
      "minimum_samples", \.minimumSamples, "Groups of fewer samples are left out.", check: .atLeast(1))
  }
}

private let dataset = Parameter<Dataset>("dataset", "What to deal out.")
private let returns = "The partition: #parts clients, parts[i] the set of client i."

/// Two classes of 20 samples each.
private let balanced = "local set = fed.data.blobs { train = 40, classes = 2 }\n"

extension ModuleBuilder {
  fileprivate mutating func addIdenticalPartition() {
    function(
      "identical", "Deals samples at random, equally many to each client.", dataset,
      Parameter("options", "Number of clients and seed."), returns: returns,
      example: Example(
        balanced + "print(#fed.partition.identical(set, { clients = 4 })[4])", prints: "10")
    ) { (dataset: Dataset, options: IdenticalOptions) in try Partition.identical(options.request(dataset)) }
  }

  fileprivate mutating func addLabelPartitions() {
    function(
      "dirichlet", "Deals each class in shares drawn from a Dirichlet distribution over the clients.", dataset,
      Parameter("options", "Number of clients, concentration and seed."), returns: returns,
      source: "Yurochkin et al., ICML 2019, https://arxiv.org/abs/1905.12022, section 4",
      example: Example(
        balanced
          + "print(fed.partition.dirichlet(set, { clients = 4, concentration = 0.5, minimum_samples = 2 }).rule)",
        prints: "dirichlet (concentration 0.5)")
    ) { (dataset: Dataset, options: DirichletOptions) in
      try Partition.dirichlet(options.request(dataset), concentration: options.concentration ?? 0)
    }
    function(
      "label_skew", "Gives each class mostly to the clients that prefer it.", dataset,
      Parameter("options", "Number of clients, share and seed."), returns: returns,
      source: "Fang et al., USENIX Security 2020, https://arxiv.org/abs/1911.11815, section 4.1",
      example: Example(
        balanced + "print(fed.partition.label_skew(set, { clients = 2, share = 1 }))",
        prints: """
          label_skew (share 1.0): 40 samples, 2 clients, 20 to 20 samples each
          client  samples                        classes 0 to 1
               1       20  ████████████████████  █·
               2       20  ████████████████████  ·█
          """)
    ) { (dataset: Dataset, options: LabelSkewOptions) in
      try Partition.labelSkew(options.request(dataset), share: options.share ?? 0)
    }
    function(
      "shards", "Sorts samples by class, cuts them into equal shards and deals each client some.", dataset,
      Parameter("options", "Number of clients, shards and seed."), returns: returns,
      source: "McMahan et al., AISTATS 2017, https://arxiv.org/abs/1602.05629, section 3",
      example: Example(
        balanced + "print(#fed.partition.shards(set, { clients = 2, shards_per_client = 1 })[1])", prints: "20")
    ) { (dataset: Dataset, options: ShardOptions) in
      try Partition.shards(options.request(dataset), shardsPerClient: options.shardsPerClient)
    }
  }

  fileprivate mutating func addQuantityPartition() {
    function(
      "quantity_skew", "Deals at random, in amounts that are log-normally distributed.", dataset,
      Parameter("options", "Number of clients, deviation and seed."), returns: returns,
      example: Example(
        balanced
          + "local parts = fed.partition.quantity_skew(set, { clients = 2, deviation = 0 })\nprint(#parts[1], #parts[2])",
        prints: "20\t20")
    ) { (dataset: Dataset, options: QuantitySkewOptions) in
      try Partition.quantitySkew(options.request(dataset), deviation: options.deviation)
    }
  }
  fileprivate mutating func addSitePartition() {
    function(
      "by_site", "Gives each client the samples of one site, such as a scanner or a hospital.", dataset,
      Parameter("options", "Which sites, in which order."), returns: returns,
      example: Example(
        "local set = fed.data.synthetic_mri { count = 9, size = 16, scanners = { 't1_sharp', 't2_sharp', 'flair_sharp' } }\n"
          + "local parts = fed.partition.by_site(set, { sites = { 'flair_sharp', 't1_sharp' } })\n"
          + "print(parts.rule, #parts[1], select(4, parts[1]:origin(1)))",
        prints: "by_site (flair_sharp, t1_sharp)\t3\tflair_sharp")
    ) { (dataset: Dataset, options: SiteOptions) in
      try Partition.bySite(
        dataset, sites: options.sites, ids: options.ids?.values, minimumSamples: options.minimumSamples)
    }
    function(
      "by_group", "Gives each client the samples of one group, such as a patient, a writer or a user.", dataset,
      Parameter("options", "The groups, where the set has none."), returns: returns,
      errors: ["The set has no groups, and no ids are given.", "No group has as many samples as asked for."],
      example: Example(
        balanced
          + "local writers = {}\nfor i = 1, #set do writers[i] = 'writer ' .. i % 3 end\n"
          + "local parts = fed.partition.by_group(set, { ids = writers })\n"
          + "print(parts.rule, #parts[1], #parts[3])",
        prints: "by_group (writer 1, writer 2, writer 0)\t14\t13")
    ) { (dataset: Dataset, options: GroupOptions) in
      try Partition.byGroup(dataset, ids: options.ids?.values, minimumSamples: options.minimumSamples)
    }
  }
}
