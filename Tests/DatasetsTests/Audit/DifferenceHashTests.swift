import Tensors
import Testing

@testable import Datasets

@Suite struct DifferenceHashTests {
  /// Where each bit lies, by pictures of 17 x 16 that need no resizing.
  @Test func aBitSaysThatAPixelIsBrighterThanTheOneLeftOfIt() {
    for (row, column) in [(0, 1), (0, 16), (3, 5), (15, 16)] {
      var bytes = [UInt8](repeating: 0, count: 16 * 17)
      for right in column..<17 { bytes[row * 17 + right] = 9 }
      let hash = DifferenceHash(PixelImage(width: 17, height: 16, channels: 1, bytes: bytes))
      let bit = row * 16 + column - 1
      var words = SIMD4<UInt64>(repeating: 0)
      words[bit / 64] = 1 << UInt64(bit % 64)
      #expect(hash == DifferenceHash(words: words))
    }
  }

  @Test func hexadecimalReadsBack() {
    for seed in 1...20 {
      let hash = DifferenceHash(MadeUpScans.picture(seed))
      #expect(hash.hex.count == 64 && DifferenceHash(hex: hash.hex) == hash)
    }
    for wrong in ["", "0", String(repeating: "g", count: 64), String(repeating: "0", count: 63)] {
      #expect(DifferenceHash(hex: wrong) == nil)
    }
  }

  @Test(arguments: 1...12)
  func whatPeopleDoToPicturesKeepsThemNear(seed: Int) throws {
    let picture = MadeUpScans.picture(seed)
    let hash = DifferenceHash(picture)
    let changed = [
      MadeUpScans.brighter(picture, factor: 0.8, summand: 0), MadeUpScans.brighter(picture, factor: 1.1, summand: 0),
      try MadeUpScans.reencoded(picture, quality: 85), try picture.resized(width: 200, height: 200),
      try picture.resized(width: 90, height: 90), MadeUpScans.shifted(MadeUpScans.picture(seed, size: 512), by: 1),
      PixelImage(width: 128, height: 128, channels: 3, bytes: picture.bytes.flatMap { [$0, $0, $0] }),
    ]
    for (index, image) in changed.enumerated() {
      #expect(DifferenceHash(image).isNear(hash, within: 6), "change \(index + 1)")
    }
  }

  @Test func otherPicturesAreFar() {
    let hashes = (1...60).map { DifferenceHash(MadeUpScans.picture($0)) }
    for first in hashes.indices {
      for second in hashes.indices where second != first {
        #expect(!hashes[first].isNear(hashes[second], within: 6))
        #expect(hashes[first].distance(to: hashes[second]) == hashes[second].distance(to: hashes[first]))
      }
    }
  }

  @Test func blankPicturesAreNearToNone() {
    let blank = DifferenceHash(
      PixelImage(width: 40, height: 30, channels: 1, bytes: [UInt8](repeating: 77, count: 1200)))
    #expect(blank.isBlank && !blank.isNear(blank, within: 32))
    var words = SIMD4<UInt64>(repeating: 0)
    words[1] = 7
    let faint = DifferenceHash(words: words)
    #expect(!faint.isNear(blank, within: 6) && faint.isNear(faint, within: 6))
  }

  /// Two lines on an empty ground differ in 6 bits and share 6: too little to call them the same.
  @Test func picturesWithFewStepsMustAgreeBetter() {
    func hash(_ bits: Range<Int>) -> DifferenceHash {
      var words = SIMD4<UInt64>(repeating: 0)
      for bit in bits { words[bit / 64] |= 1 << UInt64(bit % 64) }
      return DifferenceHash(words: words)
    }
    #expect(!hash(0..<9).isNear(hash(3..<12), within: 6))
    #expect(hash(0..<100).isNear(hash(3..<103), within: 6))
    #expect(!hash(0..<100).isNear(hash(4..<104), within: 6))
  }
}
