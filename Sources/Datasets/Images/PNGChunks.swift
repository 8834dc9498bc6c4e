import Tensors

/// The chunks of a PNG file, checked before the library sees them.
///
/// Only those that decide the pixels are passed on. So no profile, text or gamma is unpacked or applied: values come
/// as they were saved, which is what measurements want and what Python's readers give.
struct PNGChunks {
  static let signature = FileSignature.pngStart
  private static let needed = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]

  let width: Int
  let height: Int
  /// 1 for grey, 3 for color; transparency is not counted.
  let channels: Int
  /// Whether each number has 16 bits.
  let isDeep: Bool
  /// A PNG file of nothing but the needed chunks.
  let bytes: [UInt8]

  /// Walks through a file.
  ///
  /// - Throws: ``DatasetError`` for lengths that lead out of the file, a missing start or end, an unknown chunk that
  ///   is needed, and sizes beyond the limits or beyond what the packed data can hold.
  init(_ file: FileContent, limits: ReaderLimits) throws {
    var walk = Walk(file: file)
    let header = try walk.header()
    (width, height) = (header.width, header.height)
    (channels, isDeep) = (header.isColor ? 3 : 1, header.depth == 16)
    try ImageDecoder.check(width: width, height: height, file, limits)
    while try walk.next() {}
    // Deflate packs at most 1,032 to 1.
    let rowBytes = (width * header.bitsPerPixel + 7) / 8
    guard rowBytes * height <= 1032 * walk.packedBytes else {
      throw DatasetError.malformed(
        path: file.path,
        problem: "it is a damaged PNG: \(walk.packedBytes) packed bytes cannot hold \(width) x \(height) pixels")
    }
    bytes = walk.kept
  }

  private struct Header {
    let width: Int
    let height: Int
    let depth: Int
    let bitsPerPixel: Int
    let isColor: Bool
  }

  private struct Walk {
    let file: FileContent
    var position = PNGChunks.signature.count
    var kept = PNGChunks.signature
    var packedBytes = 0

    init(file: FileContent) {
      self.file = file
      kept.reserveCapacity(file.bytes.count)
    }

    mutating func header() throws -> Header {
      let start = position + 8
      guard file.bytes.count >= start + 17, name(at: position) == "IHDR", number(at: position) == 13 else {
        throw damaged("it has no header")
      }
      let kind = file.bytes[start + 9]
      let samples = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][kind]
      let depth = Int(file.bytes[start + 8])
      let (width, height) = (number(at: start), number(at: start + 4))
      guard let samples, [1, 2, 4, 8, 16].contains(depth), width > 0, height > 0 else {
        throw damaged("its header is wrong")
      }
      // Bit 2 of the kind means color, palettes included.
      return Header(
        width: width, height: height, depth: depth, bitsPerPixel: samples * depth, isColor: kind & 2 != 0)
    }

    /// Takes one chunk and returns whether another follows.
    mutating func next() throws -> Bool {
      guard position + 12 <= file.bytes.count else { throw damaged("it ends early") }
      let length = number(at: position)
      let name = name(at: position)
      guard length <= file.bytes.count - position - 12 else { throw damaged("it ends early, inside \(name)") }
      let end = position + 12 + length
      if PNGChunks.needed.contains(name) {
        kept += file.bytes[position..<end]
        if name == "IDAT" { packedBytes += length }
      } else if file.bytes[position + 4] & 0x20 == 0 {
        throw damaged("its chunk \(name) is unknown, and needed to read it")
      }
      position = end
      return name != "IEND"
    }

    private func number(at offset: Int) -> Int { (0..<4).reduce(0) { $0 << 8 | Int(file.bytes[offset + $1]) } }

    private func name(at offset: Int) -> String {
      let letters = file.bytes[offset + 4..<offset + 8]
      let isName = letters.allSatisfy { (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) }
      return isName ? String(letters.map { Character(Unicode.Scalar($0)) }) : "without a name"
    }

    private func damaged(_ problem: String) -> DatasetError {
      .malformed(path: file.path, problem: "it is a damaged PNG: \(problem)")
    }
  }
}
