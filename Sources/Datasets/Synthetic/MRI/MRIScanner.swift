/// How a scanner turns tissue into pixels: its weighting, and what it adds of its own.
///
/// The profiles are made up: none stands for a product.
public struct MRIScanner: Sendable, Equatable {
  public var name: String
  public var weighting: MRIWeighting
  /// Deviation of the noise in each of the two channels whose magnitude is the pixel: Rician noise. 0 to 0.5. Below
  /// 64 pixels a side it falls with the size, as the noise of a shrunken picture does.
  public var noise = 0.03
  /// Deviation of the point spread in 64ths of the picture's side: heads are equally blurred at any size. 0 to 4.
  public var blur = 0.5
  /// Share of the point spread that has the side lobes of a cut-off spectrum: wavy lines along edges. 0 to 1.
  public var ringing = 0.0
  /// How far the brightness differs between two sides of the picture, as a share. 0 to 1.
  public var bias = 0.15
  /// Strength of the shifted copies that motion leaves, on average over patients. 0 to 0.5.
  public var ghosting = 0.0
  /// Exponent of the contrast curve: above 1 dark tissues come out darker. 0.25 to 4.
  public var gamma = 1.0
  /// Factor of the whole picture. 0.1 to 2.
  public var scale = 1.0

  public init(name: String, weighting: MRIWeighting) {
    self.name = name
    self.weighting = weighting
  }

  private init(
    _ name: String, _ weighting: MRIWeighting, noise: Double, blur: Double, ringing: Double = 0, bias: Double,
    ghosting: Double = 0, gamma: Double = 1, scale: Double = 1
  ) {
    (self.name, self.weighting) = (name, weighting)
    (self.noise, self.blur, self.ringing, self.bias) = (noise, blur, ringing, bias)
    (self.ghosting, self.gamma, self.scale) = (ghosting, gamma, scale)
  }

  /// The scanners that have a name.
  public static let profiles: [MRIScanner] = [
    MRIScanner("t1_sharp", .t1, noise: 0.025, blur: 0.35, ringing: 0.2, bias: 0.30),
    MRIScanner("t1_noisy", .t1, noise: 0.055, blur: 0.60, bias: 0.12, gamma: 1.25, scale: 0.9),
    MRIScanner("t1_lowfield", .t1, noise: 0.055, blur: 1.05, bias: 0.08, ghosting: 0.04, gamma: 0.8, scale: 0.75),
    MRIScanner("t1_contrast", .t1Contrast, noise: 0.035, blur: 0.45, bias: 0.22, scale: 0.95),
    MRIScanner("t2_sharp", .t2, noise: 0.030, blur: 0.40, ringing: 0.3, bias: 0.25),
    MRIScanner("t2_blurred", .t2, noise: 0.040, blur: 1.10, bias: 0.10, gamma: 1.2, scale: 0.85),
    MRIScanner("flair_sharp", .flair, noise: 0.035, blur: 0.50, bias: 0.20),
    MRIScanner("flair_motion", .flair, noise: 0.050, blur: 0.75, ringing: 0.3, bias: 0.15, ghosting: 0.10, scale: 0.9),
  ]

  /// Returns the scanner of a name; nil if none has it.
  public static func named(_ name: String) -> MRIScanner? { profiles.first { $0.name == name } }

  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for a setting out of range.
  public func check(op: String) throws {
    let ranges: [(String, Double, ClosedRange<Double>)] = [
      ("noise", noise, 0...0.5), ("blur", blur, 0...4), ("ringing", ringing, 0...1), ("bias", bias, 0...1),
      ("ghosting", ghosting, 0...0.5), ("gamma", gamma, 0.25...4), ("scale", scale, 0.1...2),
    ]
    for (what, value, range) in ranges where !range.contains(value) {
      throw DatasetError.value(
        op: op, what: "\(what) of scanner '\(name)'", got: "\(value)",
        allowed: "\(range.lowerBound) to \(range.upperBound) is allowed")
    }
    guard !name.isEmpty, name.utf8.count <= 64 else {
      throw DatasetError.value(
        op: op, what: "name of a scanner", got: "'\(name)'", allowed: "1 to 64 bytes are allowed")
    }
  }
}
