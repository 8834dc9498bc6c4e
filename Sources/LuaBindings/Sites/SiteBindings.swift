import Datasets
import Federation
import LuaRuntime

/// `fed.sites { names = { "north", "south" }, load = function(name, data) … end }`.
private struct SiteOptions: LuaOptions {
  var names: [String]?
  var load: LuaFunction?

  static let fields = Fields<SiteOptions> { field in
    field.required("names", \.names, "What the sites are called: client 1 is the first of them.")
    field.required(
      "load", \.load,
      "Called with a name, and with what the site's own file says of its data; nil where one machine plays all sites. "
        + "Returns the set.")
  }
}

extension ModuleBuilder {
  mutating func addSites() {
    function(
      "sites",
      "Lists the data sets of sites for the clients of a run: on Flower each site loads its own, and no sample leaves it.",
      .caller, Parameter<SiteOptions>("options", "Who they are, and what loads their data."),
      returns: "Data sets in the order of the names. At the server they have the right sizes and no samples.",
      errors: ["A site is not connected.", "A set is not like the others."],
      example: Example(
        """
        local function load(name)
          return (fed.data.blobs { train = 40, classes = 2, seed = #name })
        end
        local clients = fed.sites { names = { "north", "southwest" }, load = load }
        print(#clients, #clients[1])
        """, prints: "2\t40")
    ) { (caller: LuaCaller, options: SiteOptions) in
      let settings = caller.state.hostSettings, names = options.names ?? []
      guard let load = options.load else { throw LuaFailure("load is needed") }
      guard !names.isEmpty, Set(names).count == names.count else {
        throw LuaFailure("names = \(names) is not allowed; one or more different names are needed")
      }
      func call(_ name: String, _ data: String?) throws -> Dataset { try load(name, data, returning: Dataset.self) }
      if let worker = settings.worker { return try worker.sets(names, load: call) }
      guard let server = settings.server else { return try names.map { try call($0, nil) } }
      return try server.facts(of: names).map { site in
        try Dataset.absent(named: site.name, shape: site.shape, classes: site.classes, samples: site.samples)
      }
    }
    function(
      "at_server", "Calls a function that reads what only the server has, such as test and root data; not at a site.",
      .caller, Parameter("body", "The function."),
      returns: "What the function returns; nothing at a site of Flower, where its part of the run needs none.",
      example: Example("print(fed.at_server(function() return 'test' end))", prints: "test")
    ) { (caller: LuaCaller, body: LuaFunction) in
      VariadicResults(caller.state.hostSettings.worker == nil ? try body.results() : [])
    }
  }
}
