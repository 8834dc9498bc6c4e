/// Where one sample came from: the audit and group-aware splits need it.
public struct SampleOrigin: Equatable, Hashable, Sendable, Codable {
  /// The file, relative to the folder of the set; slices of a volume add their number.
  public let name: String
  /// SHA-256 of the file's bytes, in hexadecimal; of the pixels for a generated sample.
  public let hash: String
  /// Samples that must stay on one side of a split have the same group, such as a patient or a volume; empty where
  /// nothing is known.
  public let group: String
  /// Where the sample was recorded, such as a scanner or a hospital; empty where nothing is known.
  public let site: String
  /// ``DifferenceHash`` of the picture in the file, in its full size; empty where the sample is no whole picture.
  public let fingerprint: String
  /// Height and width of that picture; empty where the sample is no whole picture.
  public let pictureSize: [Int]

  public init(
    name: String, hash: String, group: String = "", site: String = "", fingerprint: String = "", pictureSize: [Int] = []
  ) {
    self.name = name
    self.hash = hash
    self.group = group
    self.site = site
    self.fingerprint = fingerprint
    self.pictureSize = pictureSize
  }
}

/// A file that was left out of a set, and why.
public struct SkippedFile: Equatable, Sendable, Codable {
  public let path: String
  public let reason: String
}

/// What to do with a file that cannot be read.
public enum BadFilePolicy: String, Sendable, CaseIterable {
  /// The load ends with an error that names the file.
  case stop
  /// The file is left out, counted and named in ``Dataset/skipped``.
  case skip
}
