/// Formats told by a file's first bytes: one table for all readers, so that each says of a wrong file what it is.
public struct FileSignature: Sendable {
  /// Formats that something here reads.
  public enum Known: Sendable {
    case jpeg, png, npy, npz, nifti, idx, gzip, safetensors
  }

  /// How many bytes at the start of a file say what it is.
  public static let looksAt = 512

  let name: String
  let advice: String
  /// Which of our own formats it is; nil for one that nothing here reads.
  let known: Known?
  let matches: @Sendable (ArraySlice<UInt8>) -> Bool

  private init(
    _ name: String, _ advice: String, _ known: Known? = nil, _ matches: @escaping @Sendable (ArraySlice<UInt8>) -> Bool
  ) {
    (self.name, self.advice, self.known, self.matches) = (name, advice, known, matches)
  }

  private init(_ name: String, _ advice: String, _ known: Known? = nil, start: [UInt8]) {
    self.init(name, advice, known) { $0.starts(with: start) }
  }

  private init(_ name: String, _ advice: String, _ known: Known? = nil, start: String) {
    self.init(name, advice, known, start: Array(start.utf8))
  }

  public static func isJPEG(_ bytes: [UInt8]) -> Bool { bytes.starts(with: jpegStart) }
  public static func isPNG(_ bytes: [UInt8]) -> Bool { bytes.starts(with: pngStart) }
  public static func isPacked(_ bytes: [UInt8]) -> Bool { bytes.starts(with: gzipStart) }

  /// First bytes of every PNG file.
  public static let pngStart: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
  private static let jpegStart: [UInt8] = [0xff, 0xd8, 0xff]
  private static let gzipStart: [UInt8] = [0x1f, 0x8b]

  /// Says what a file is that a reader does not take, and what to do instead.
  ///
  /// - Parameters:
  ///   - bytes: The start of the file, or all of it.
  ///   - path: Its name; endings tell what a few formats without a mark of their own are.
  ///   - own: Formats that the reader takes.
  ///   - guesses: Whether formats count that have no sure mark: DICOM without a preamble, pickles by their names.
  /// - Returns: nil for the reader's own formats, and for bytes that nobody knows.
  public static func refusal(_ bytes: [UInt8], path: String, except own: Set<Known>, guesses: Bool = false) -> String? {
    let start = bytes.prefix(looksAt)
    if let found = table.first(where: { $0.matches(start) }) {
      if let known = found.known, own.contains(known) { return nil }
      return "it is \(found.name); \(found.advice)"
    }
    guard guesses else { return nil }
    let name = path.lowercased()
    if isOldDICOM(start) || [".dcm", ".dicom", ".ima"].contains(where: { name.hasSuffix($0) }) { return dicom }
    if [".pkl", ".pickle", ".pt", ".pth", ".joblib"].contains(where: { name.hasSuffix($0) }) { return pickle }
    return nil
  }

  private static let dicom = "it is \(dicomName); \(dicomAdvice)"
  private static let dicomName = "DICOM, which is not read"
  private static let dicomAdvice = "convert the series to NIfTI with dcm2niix, and read that"
  private static let pickle = "it is \(pickleName); \(pickleAdvice)"
  private static let pickleName = "a Python pickle, which is never read, since it can run code"
  private static let pickleAdvice = "save the arrays with numpy.savez"
  private static let asNumPy = "save its arrays with numpy.savez"
  private static let asPNG = "save it as PNG"

  private static let table = ownFormats + documents + pictures + archives

  private static let ownFormats = [
    FileSignature("a safetensors file", "fed.load reads it", .safetensors, isSafetensors),
    FileSignature("a JPEG picture", "fed.images.decode reads it", .jpeg, start: jpegStart),
    FileSignature("a PNG picture", "fed.images.decode reads it", .png, start: pngStart),
    FileSignature("a NumPy array", "fed.data.npy reads it", .npy, start: [0x93] + Array("NUMPY".utf8)),
    FileSignature("a volume in NIfTI", "fed.images.volume reads it", .nifti) { start in
      [[0x6e, 0x2b, 0x31, 0], [0x6e, 0x69, 0x31, 0]].contains { holds($0, start, at: 344) }
        || [[0x6e, 0x2b, 0x32, 0], [0x6e, 0x69, 0x32, 0]].contains { holds($0, start, at: 4) }
    },
    FileSignature("a file in MNIST's format IDX", "fed.data.mnist reads it", .idx) { start in
      start.count > 8 && start.starts(with: [0, 0]) && [8, 9, 11, 12, 13, 14].contains(start[2])
        && (1...8).contains(start[3])
    },
  ]

  private static let documents = [
    FileSignature(
      "a pointer of Git LFS", "run `git lfs pull` to get the file itself", start: "version https://git-lfs"),
    FileSignature("a text of markup, perhaps an error page of a download", "fetch the file again") { start in
      let mark = start.starts(with: [0xef, 0xbb, 0xbf]) ? start.dropFirst(3) : start
      let text = mark.drop { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
      return text.first == UInt8(ascii: "<") && text.dropFirst().first.map(isMarkup) ?? false
    },
    FileSignature("a PDF document", "save its pictures as PNG", start: "%PDF"),
    FileSignature("text in UTF-16", "save it in UTF-8") { start in
      start.count > 3 && (start.starts(with: [0xff, 0xfe]) || start.starts(with: [0xfe, 0xff]))
    },
  ]

  private static let pictures = [
    // First: the 128 bytes before its mark may make it another picture as well.
    FileSignature(dicomName, dicomAdvice) { holds(Array("DICM".utf8), $0, at: 128) },
    FileSignature("a GIF picture", asPNG, start: "GIF8"),
    FileSignature("a BMP picture", asPNG, start: "BM"),
    FileSignature("a TIFF picture", "save it as PNG, or a stack of slices as NIfTI", start: [0x49, 0x49, 0x2a, 0]),
    FileSignature("a TIFF picture", "save it as PNG, or a stack of slices as NIfTI", start: [0x4d, 0x4d, 0, 0x2a]),
    FileSignature("a JPEG 2000 picture", asPNG, start: [0, 0, 0, 12, 0x6a, 0x50]),
    FileSignature("a JPEG 2000 picture", asPNG, start: [0xff, 0x4f, 0xff, 0x51]),
    FileSignature("a WebP picture", asPNG) { holds(Array("WEBP".utf8), $0, at: 8) },
    FileSignature("a HEIF, AVIF or video file", "save its pictures as PNG") { holds(Array("ftyp".utf8), $0, at: 4) },
  ]

  private static let archives = [
    FileSignature("an HDF5 file", asNumPy, start: [0x89, 0x48, 0x44, 0x46]),
    FileSignature("a MATLAB file", asNumPy, start: "MATLAB"),
    FileSignature("a model in GGUF", "models are read from safetensors files", start: "GGUF"),
    FileSignature(
      "a file of PyTorch, a pickle, which is never read, since it can run code",
      "save the tensors with safetensors.torch.save_file"
    ) { start in
      let parts = ["data.pkl", "/version", "/byteorder", ".format_version"]
      return isZIP(start) && parts.contains { firstEntry(start).hasSuffix($0) }
        || start.starts(with: [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46])
    },
    FileSignature(pickleName, pickleAdvice) { start in
      start.count > 1 && start.first == 0x80 && (2...5).contains(start[1])
    },
    FileSignature("an archive of NumPy arrays", "fed.data.npz reads it", .npz) { start in
      isZIP(start) && firstEntry(start).hasSuffix(".npy")
    },
    FileSignature("a ZIP archive", "unpack it", .npz, isZIP),
    FileSignature("packed with gzip", "unpack it", .gzip, start: gzipStart),
  ]

  /// A length that can be, then an object.
  private static func isSafetensors(_ start: ArraySlice<UInt8>) -> Bool {
    guard start.count > 8, start[8] == UInt8(ascii: "{") else { return false }
    return start[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) } <= UInt64(TensorFileHeader.mostBytes)
  }

  private static func isMarkup(_ byte: UInt8) -> Bool {
    (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || [0x21, 0x3f, 0x2f].contains(byte)
  }

  private static func isZIP(_ start: ArraySlice<UInt8>) -> Bool { start.starts(with: Array("PK".utf8)) }

  /// Name of the first file of a ZIP archive.
  private static func firstEntry(_ start: ArraySlice<UInt8>) -> String {
    guard start.count > 30 else { return "" }
    return String(validating: start[30...].prefix(Int(start[26]) | Int(start[27]) << 8), as: UTF8.self) ?? ""
  }

  private static func holds(_ text: [UInt8], _ start: ArraySlice<UInt8>, at offset: Int) -> Bool {
    start.count >= offset + text.count && start[offset...].starts(with: text)
  }

  /// Old DICOM files have no preamble: an element of group 8 or 2, little endian, with an even number below 256, and a
  /// length after it, explicit or implicit.
  private static func isOldDICOM(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.count > 8, bytes[0] == 8 || bytes[0] == 2, bytes[1] == 0, bytes[3] == 0, bytes[2] & 1 == 0 else {
      return false
    }
    let isExplicit = (0x41...0x5a).contains(bytes[4]) && (0x41...0x5a).contains(bytes[5])
    return isExplicit || (bytes[5] == 0 && bytes[6] == 0 && bytes[7] == 0 && bytes[4] > 0)
  }
}
