import Tensors
import Testing

@testable import Datasets

/// An NPY file that is wrong in one way, and what the refusal must say.
struct HostileNPY: Sendable, CustomTestStringConvertible {
  let bytes: [UInt8]
  let complaint: String
  var testDescription: String { complaint }

  /// A file of version 1 with a header of some text.
  static func npy(_ header: String, _ data: [UInt8] = [], version: UInt8 = 1) -> [UInt8] {
    let length = FileBytes.littleEndian(header.utf8.count, version == 1 ? 2 : 4)
    return NPYArray.magic + [version, 0] + length + Array(header.utf8) + data
  }

  static func header(_ type: String, _ shape: String) -> String {
    "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(shape)), }"
  }

  static let all: [HostileNPY] = [
    .init(bytes: [], complaint: "it ends early, inside the header: 0 of 8 bytes are there"),
    .init(bytes: Array("PK\u{3}\u{4}____".utf8), complaint: "it is a ZIP archive; unpack it"),
    .init(bytes: [0x80, 4, 1, 2, 3, 4, 5, 6], complaint: "it is a Python pickle, which is never read"),
    .init(bytes: Array("12345678".utf8), complaint: "it is no NPY file"),
    .init(bytes: npy("{}", version: 4), complaint: "its NPY version 4 is unknown; 1 to 3 are read"),
    .init(bytes: npy("{}"), complaint: "its NPY header is wrong at byte 3: descr, fortran_order or shape is missing"),
    .init(bytes: npy(header("|O", "2,")), complaint: "it holds Python objects, a pickle, which is never read"),
    .init(bytes: npy(header("<c8", "2,")), complaint: "its type '<c8' is none of numbers"),
    .init(bytes: npy(header("<U5", "2,")), complaint: "its type '<U5' is none of numbers"),
    .init(
      bytes: npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }"),
      complaint: "its NPY header is wrong at byte 12: records of several fields are not read"),
    .init(
      bytes: npy(header("<f4", "2,") + "x"), complaint: "its NPY header is wrong at byte 58: it goes on after its end"),
    .init(
      bytes: npy("{'descr': '<f4', 'fortran_order': __import__('os'), 'shape': (2,)}"),
      complaint: "its NPY header is wrong at byte 35: True or False is missing"),
    .init(
      bytes: npy("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}"),
      complaint: "its NPY header is wrong at byte 26: the key 'descr' is unknown or stands twice"),
    .init(
      bytes: npy("{'descr': '<f4', 'size': 2}"),
      complaint: "its NPY header is wrong at byte 25: the key 'size' is unknown or stands twice"),
    .init(bytes: npy("{'descr': '<f4"), complaint: "its NPY header is wrong at byte 15: a quoted name does not end"),
    .init(bytes: npy(header("<f4", "-1,")), complaint: "its NPY header is wrong at byte 52: a size is missing"),
    .init(
      bytes: npy(header("<f4", "99999999999999999999,")), complaint: "its NPY header is wrong at byte 67: a size is"),
    .init(bytes: npy(header("<f4", String(repeating: "1,", count: 40))), complaint: "its NPY header is wrong at byte"),
    .init(
      bytes: npy(header("<f4", "1000000, 1000000")),
      complaint: "its header claims shape [1000000, 1000000], more than the 2147483648 bytes allowed"),
    .init(
      bytes: npy(header("<f8", "0, 281474976710655, 281474976710655")),
      complaint: "its header claims shape [0, 281474976710655, 281474976710655], more than the 2147483648 bytes allowed"
    ),
    .init(
      bytes: npy(header("<f4", "3,"), [1, 2, 3, 4]),
      complaint: "its header claims shape [3], 12 bytes, but the file can hold at most 4"),
    .init(bytes: npy(header("|u1", "3,"), [1, 2, 3, 4]), complaint: "it goes on after the end of its data"),
    .init(
      bytes: NPYArray.magic + [2, 0, 0xff, 0xff, 0xff, 0x7f],
      complaint: "its NPY header of 2147483647 bytes is too long"),
    .init(bytes: NPYArray.magic + [1, 0, 200, 0, 0x7b], complaint: "it ends early, inside the header: 1 of 200 bytes"),
  ]
}

@Suite struct NPYArrayTests {
  @Test func everyTypeAndOrderGivesTheNumbersOfNumPy() throws {
    for fixture in try ArrayFixtures.load().arrays {
      let array = try NPYArray(fixture.content)
      #expect(array.shape == fixture.shape, "\(fixture.name)")
      #expect(array.floats().map(Double.init) == fixture.values, "\(fixture.name)")
      #expect(try array.tensor().values == fixture.values, "\(fixture.name)")
      #expect(try array.tensor().shape == fixture.shape, "\(fixture.name)")
    }
  }

  @Test func typesOfTensorsFollowThoseOfArrays() throws {
    let types = Dictionary(
      uniqueKeysWithValues: try ArrayFixtures.load().arrays.map {
        ($0.name, try NPYArray($0.content).tensor().elementType)
      })
    #expect(types["|u1 C"] == .uint8 && types["|b1 C"] == .uint8)
    #expect(types["<i2 C"] == .int64 && types["<f4 C"] == .float32 && types["<f2 C"] == .float32)
    #expect(types[">f8 C"] == .float64)
  }

  @Test func fractionsAreNoLabels() throws {
    let fixture = try #require(try ArrayFixtures.load().arrays.first { $0.name == "<f4 C" })
    #expect(throws: DatasetError.self) { try NPYArray(fixture.content).integers() }
  }

  @Test(arguments: HostileNPY.all)
  func wrongFilesAreRefusedWithTheReason(_ hostile: HostileNPY) {
    do {
      _ = try NPYArray(FileBytes.content(hostile.bytes))
      Issue.record("accepted")
    } catch {
      #expect("\(error)".hasPrefix("sample: \(hostile.complaint)"), "\(error)")
    }
  }

  @Test func packedArraysAreRead() throws {
    let fixture = try ArrayFixtures.load().arrays[0]
    #expect(try NPYArray(FileBytes.content(FileBytes.gzip(Array(fixture.file)))).shape == fixture.shape)
  }

  @Test func halfPrecisionHasItsCorners() {
    let numbers: [(UInt16, Double)] = [
      (0x3c00, 1), (0xc000, -2), (0x7bff, 65504), (0x0001, 0x1p-24), (0x0400, 0x1p-14), (0x7c00, .infinity), (0, 0),
    ]
    for (bits, number) in numbers { #expect(NumberDecoding.half(bits) == number) }
    #expect(NumberDecoding.half(0x7e00).isNaN)
  }
}
