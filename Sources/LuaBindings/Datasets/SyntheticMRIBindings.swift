import Datasets
import LuaRuntime
import Tensors

/// A scanner by its name, or a table that changes some of a named one's settings.
private struct ScannerOptions: LuaOptions {
  var base = "t1_sharp"
  var name: String?
  var weighting: String?
  var noise: Double?
  var blur: Double?
  var ringing: Double?
  var bias: Double?
  var ghosting: Double?
  var gamma: Double?
  var scale: Double?

  static let fields = Fields<ScannerOptions> { field in
    field.option("base", \.base, "The scanner whose settings are taken where none is given.")
    field.option("name", \.name, "What to call it; without it, the base's name.")
    field.option(
      "weighting", \.weighting, "What is bright: t1, t1_contrast, t2 or flair.",
      check: Check("one of " + MRIWeighting.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")) {
        $0.map { MRIWeighting(rawValue: $0) != nil } ?? true
      })
    field.option("noise", \.noise, "Deviation of the Rician noise, 0 to 0.5.")
    field.option("blur", \.blur, "Deviation of the point spread in 64ths of the side, 0 to 4.")
    field.option("ringing", \.ringing, "Share of wavy lines along edges, 0 to 1.")
    field.option("bias", \.bias, "Difference in brightness between two sides, 0 to 1.")
    field.option("ghosting", \.ghosting, "Strength of the copies that motion leaves, 0 to 0.5.")
    field.option("gamma", \.gamma, "Exponent of the contrast curve, 0.25 to 4.")
    field.option("scale", \.scale, "Factor of the brightness, 0.1 to 2.")
  }

  func scanner() throws -> MRIScanner {
    var scanner = try MRIScanner.expected(base)
    if let name { scanner.name = name }
    if let weighting { scanner.weighting = MRIWeighting(rawValue: weighting) ?? scanner.weighting }
    if let noise { scanner.noise = noise }
    if let blur { scanner.blur = blur }
    if let ringing { scanner.ringing = ringing }
    if let bias { scanner.bias = bias }
    if let ghosting { scanner.ghosting = ghosting }
    if let gamma { scanner.gamma = gamma }
    if let scale { scanner.scale = scale }
    return scanner
  }
}

extension MRIScanner {
  /// The scanner of a name, or an error that gives the known ones and the nearest.
  fileprivate static func expected(_ name: String) throws -> MRIScanner {
    if let scanner = named(name) { return scanner }
    let known = profiles.map(\.name)
    throw LuaFailure(
      "there is no scanner '\(name)'" + suggestion(for: name, among: known) + "; the scanners are "
        + known.joined(separator: ", "))
  }
}

private typealias ScannerArgument = Either<String, ScannerOptions>

extension Either where First == String, Second == ScannerOptions {
  fileprivate func scanner() throws -> MRIScanner {
    switch self {
    case .first(let name): try MRIScanner.expected(name)
    case .second(let options): try options.scanner()
    }
  }
}

/// Sizes, scanners and lesions of generated slices.
private struct SyntheticMRIOptions: LuaOptions {
  var mri = SyntheticMRI()
  var count: Int?
  var scanner: ScannerArgument?
  var scanners: [ScannerArgument] = []
  var kinds: [String] = LesionKind.allCases.map(\.rawValue)
  var classes = SyntheticMRI.Classes.lesion.rawValue

  static let fields = Fields<SyntheticMRIOptions> { field in
    field.option(
      "count", \.count, "Number of images; without it 1000, or 200 in a smoke run.",
      check: .ifGiven(.atLeast(1)))
    field.option("size", \.mri.size, "Height and width in pixels.", check: .within(SyntheticMRI.sizes))
    field.option(
      "scanner", \.scanner, "One scanner: a name from fed.data.mri_scanners, or a table { base = …, noise = … }.")
    field.option("scanners", \.scanners, "Several scanners, which the patients are dealt to in turn.")
    field.declareLesions()
    field.option(
      "slices_per_patient", \.mri.slicesPerPatient, "Neighbouring slices of each patient, which are one group.",
      check: .within(1...64))
    field.option("seed", \.mri.seed, "The same seed gives the same heads, at any size and under any scanner.")
  }

  func problem(_ caller: LuaCaller) throws -> SyntheticMRI {
    var mri = mri
    mri.count = count ?? (caller.state.hostSettings.isSmokeRun ? 200 : 1000)
    guard scanner == nil || scanners.isEmpty else {
      throw LuaFailure("options 'scanner' and 'scanners' exclude each other; leave one of them out")
    }
    let chosen = try scanner.map { [try $0.scanner()] } ?? scanners.map { try $0.scanner() }
    if !chosen.isEmpty { mri.scanners = chosen }
    mri.classes = SyntheticMRI.Classes(rawValue: classes) ?? .lesion
    mri.lesionKinds = try kinds.map { name in
      if let kind = LesionKind(rawValue: name) { return kind }
      let known = LesionKind.allCases.map(\.rawValue)
      throw LuaFailure(
        "there is no kind of lesion '\(name)'" + suggestion(for: name, among: known) + "; the kinds are "
          + known.joined(separator: ", "))
    }
    return mri
  }
}

extension Fields where Root == SyntheticMRIOptions {
  fileprivate mutating func declareLesions() {
    option("lesion_share", \.mri.lesionShare, "Probability of a lesion.", check: .within(0...1))
    option(
      "lesion_contrast", \.mri.lesionContrast, "How clearly lesions differ from tissue; 0 leaves nothing to see.",
      check: .within(0...1.5))
    option("lesion_size", \.mri.lesionSize, "Factor of the lesions' radii.", check: .within(0.25...1.5))
    option("lesion_kinds", \.kinds, "Kinds of lesions, equally likely.")
    option(
      "classes", \.classes, "\"lesion\": without and with one; \"kind\": without one, then a class for each kind.",
      check: .oneOf(SyntheticMRI.Classes.allCases.map(\.rawValue)))
  }
}

extension ModuleBuilder {
  /// Generated slices of heads.
  mutating func addSyntheticMRI() {
    function(
      "synthetic_mri", "Makes MRI slices of heads without (class 0) and with a lesion, as some scanners show them.",
      .caller, Parameter("options", "Sizes, scanners and lesions."),
      returns: "The data set: grey images [1, size, size] whose masks and sites are known.",
      errors: ["An unknown scanner or kind of lesion, a setting out of range, more than 2 GB."],
      example: Example(
        "local set = fed.data.synthetic_mri { count = 6, size = 32, scanners = { 't1_sharp', 'flair_sharp' } }\n"
          + "print(set)\nprint(select(4, set:origin(2)))",
        prints: "synthetic_mri: 6 samples of shape [1, 32, 32], 2 classes\nflair_sharp")
    ) { (caller: LuaCaller, options: SyntheticMRIOptions) in
      let mri = try options.problem(caller)
      try caller.willAllocate(mri.byteCount)
      return try HostModules.withThreads(caller.state.hostSettings) { try mri.make() }
    }
    function(
      "mri_scanners", "Lists the scanners of synthetic_mri; they are made up, and none stands for a product.",
      returns: "A record for each: name, weighting, noise, blur, ringing, bias, ghosting, gamma, scale.",
      example: Example(
        "for _, scanner in ipairs(fed.data.mri_scanners()) do\n"
          + "  if scanner.weighting == 't2' then print(scanner.name, scanner.noise, scanner.blur) end\nend",
        prints: "t2_sharp\t0.03\t0.4\nt2_blurred\t0.04\t1.1")
    ) {
      MRIScanner.profiles.map { scanner in
        LuaRecord([
          ("name", scanner.name), ("weighting", scanner.weighting.rawValue), ("noise", scanner.noise),
          ("blur", scanner.blur), ("ringing", scanner.ringing), ("bias", scanner.bias),
          ("ghosting", scanner.ghosting), ("gamma", scanner.gamma), ("scale", scanner.scale),
        ])
      }
    }
  }
}
