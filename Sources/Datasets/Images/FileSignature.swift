/// Formats told by a file's first bytes, never by the ending of its name.
enum FileSignature {
  static func isJPEG(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0xff, 0xd8, 0xff]) }

  static func isPNG(_ bytes: [UInt8]) -> Bool { bytes.starts(with: PNGChunks.signature) }

  /// Says what a file is that nothing here reads, and what to do instead; nil for bytes that nobody knows.
  static func refusal(of file: FileContent) -> String? {
    let bytes = file.bytes
    if isDICOM(file) {
      return "it is DICOM, which is not read; convert the series to NIfTI with dcm2niix, and read that"
    }
    if isPickle(file) {
      return "it is a Python pickle, which is never read, since it can run code; save the arrays with numpy.savez"
    }
    for (start, name, advice) in foreign where bytes.starts(with: start) { return "it is \(name); \(advice)" }
    if hasText("WEBP", bytes, at: 8) { return "it is a WebP picture; save it as PNG" }
    if hasText("ftyp", bytes, at: 4) { return "it is a HEIF, AVIF or video file; save its pictures as PNG" }
    return nil
  }

  /// Whether the marker of DICOM stands after the preamble, or the name or the first element says so: old files
  /// have no preamble.
  static func isDICOM(_ file: FileContent) -> Bool {
    if hasText("DICM", file.bytes, at: 128) { return true }
    let name = file.path.lowercased()
    if name.hasSuffix(".dcm") || name.hasSuffix(".dicom") || name.hasSuffix(".ima") { return true }
    // An element of group 8 or 2, little endian, with an even number below 256.
    let bytes = file.bytes
    return bytes.count > 8 && (bytes[0] == 8 || bytes[0] == 2) && bytes[1] == 0 && bytes[3] == 0
      && bytes[2] & 1 == 0 && hasLength(bytes)
  }

  /// A length that follows the first element of a DICOM file without preamble: explicit or implicit.
  private static func hasLength(_ bytes: [UInt8]) -> Bool {
    let isExplicit = (0x41...0x5a).contains(bytes[4]) && (0x41...0x5a).contains(bytes[5])
    return isExplicit || (bytes[5] == 0 && bytes[6] == 0 && bytes[7] == 0 && bytes[4] > 0)
  }

  /// Pickles of protocol 2 and up start with 0x80 and their number; the endings cover older ones and PyTorch's.
  static func isPickle(_ file: FileContent) -> Bool {
    if file.bytes.count > 1, file.bytes[0] == 0x80, (2...5).contains(file.bytes[1]) { return true }
    let name = file.path.lowercased()
    return [".pkl", ".pickle", ".pt", ".pth", ".joblib"].contains { name.hasSuffix($0) }
  }

  private static func hasText(_ text: String, _ bytes: [UInt8], at offset: Int) -> Bool {
    bytes.count >= offset + text.utf8.count && bytes[offset...].starts(with: text.utf8)
  }

  private static let foreign: [(start: [UInt8], name: String, advice: String)] = [
    (Array("GIF8".utf8), "a GIF picture", "save it as PNG"),
    (Array("BM".utf8), "a BMP picture", "save it as PNG"),
    ([0x49, 0x49, 0x2a, 0], "a TIFF picture", "save it as PNG, or a stack of slices as NIfTI"),
    ([0x4d, 0x4d, 0, 0x2a], "a TIFF picture", "save it as PNG, or a stack of slices as NIfTI"),
    ([0, 0, 0, 12, 0x6a, 0x50], "a JPEG 2000 picture", "save it as PNG"),
    ([0xff, 0x4f, 0xff, 0x51], "a JPEG 2000 picture", "save it as PNG"),
    ([0x89, 0x48, 0x44, 0x46], "an HDF5 file", "save its arrays with numpy.savez"),
    (Array("MATLAB".utf8), "a MATLAB file", "save its arrays with numpy.savez"),
    (Array("PK".utf8), "a ZIP archive", "unpack it"),
    ([0x1f, 0x8b], "packed with gzip", "unpack it"),
    (Array("%PDF".utf8), "a PDF document", "save its pictures as PNG"),
    (Array("<".utf8), "a text of markup, perhaps an error page of a download", "fetch the file again"),
    (Array("version https://git-lfs".utf8), "a pointer of Git LFS", "run `git lfs pull` to get the file itself"),
  ]
}
