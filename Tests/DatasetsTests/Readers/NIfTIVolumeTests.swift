import Testing

@testable import Datasets

@Suite struct NIfTIVolumeTests {
  @Test func everyTypeAndOrderGivesTheNumbersOfNibabel() throws {
    for fixture in try ArrayFixtures.load().volumes {
      let volume = try NIfTIVolume(fixture.content)
      #expect(volume.shape == fixture.shape && volume.spacing == fixture.spacing, "\(fixture.name)")
      #expect(try volume.tensor().values == fixture.values, "\(fixture.name)")
    }
  }

  @Test func slicesShowWhatRot90Shows() throws {
    for fixture in try ArrayFixtures.load().volumes {
      let volume = try NIfTIVolume(fixture.content)
      for axis in 0..<3 {
        let slicing = try volume.slicing(axis: axis)
        #expect(slice(volume, 1, slicing) == fixture.slices[axis], "\(fixture.name), axis \(axis)")
      }
      for (index, plane) in NIfTIVolume.Plane.allCases.enumerated() {
        #expect(slice(volume, 1, volume.slicing(plane: plane)) == fixture.planes[index], "\(fixture.name), \(plane)")
      }
      #expect(throws: DatasetError.self) { try volume.slicing(axis: 3) }
    }
  }

  private func slice(_ volume: NIfTIVolume, _ number: Int, _ slicing: NIfTIVolume.Slicing) -> [Double] {
    let size = volume.size(slicing)
    var values = [Float](repeating: 0, count: size.height * size.width)
    volume.copySlice(number, frame: 0, slicing, to: &values)
    return values.map(Double.init)
  }

  @Test func filesCutShortAreRefused() throws {
    for fixture in try ArrayFixtures.load().volumes {
      let bytes = Array(fixture.file)
      for count in [0, 3, 100, bytes.count / 2, bytes.count - 1] {
        #expect(throws: DatasetError.self, "\(fixture.name) cut to \(count)") {
          try NIfTIVolume(FileContent(path: "cut", bytes: Array(bytes.prefix(count))))
        }
      }
    }
  }

  /// Offsets of the fields of NIfTI-1, little endian.
  static let changes: [(offset: Int, bytes: [UInt8], complaint: String)] = [
    (0, [0x5d], "it is no NIfTI file"),
    (344, [0, 0, 0, 0], "it is in the old format ANALYZE; convert it to NIfTI"),
    (344, Array("ni1".utf8), "it is a header alone; its voxels are in sample.img, which is not there"),
    (40, [0, 0], "it has 0 axes; 1 to 7 are allowed"),
    (40, [8, 0], "it has 8 axes; 1 to 7 are allowed"),
    (42, [0, 0], "its sizes are [0, 5, 3]; each must be more than 0"),
    (42, [0xff, 0xff], "its sizes are [-1, 5, 3]; each must be more than 0"),
    (
      42, [0xff, 0x7f, 0xff, 0x7f, 0xff, 0x7f],
      "its header claims sizes [32767, 32767, 32767], more than the 2147483648"
    ),
    (42, [0xff, 0x7f], "its header claims sizes [32767, 5, 3], 491505 bytes, but the file can hold at most"),
    (
      70, [32, 0],
      "its voxels are complex numbers, type 32, which is not read; whole numbers and real numbers of 8 to 64 bits are"
    ),
    (
      70, [128, 0],
      "its voxels are colors (RGB), type 128, which is not read; whole numbers and real numbers of 8 to 64 bits are"
    ),
    (108, [0, 0, 0xc0, 0x7f], "its voxels start at byte nan; at most 2147483648 is allowed"),
    (108, [0, 0, 0x80, 0x4f], "its voxels start at byte 4294967296.0; at most 2147483648 is allowed"),
    (108, [0, 0, 0, 0x47], "it ends early, inside the header's extensions"),
    (112, [0, 0, 0x80, 0x3f, 0, 0, 0x80, 0x7f], "its intercept is inf; a finite number is needed"),
  ]

  @Test(arguments: changes)
  func wrongHeadersAreRefusedWithTheReason(offset: Int, bytes: [UInt8], complaint: String) throws {
    let fixture = try #require(try ArrayFixtures.load().volumes.first { $0.name == "u1" })
    var file = Array(fixture.file)
    file.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    do {
      _ = try NIfTIVolume(FileBytes.content(file))
      Issue.record("accepted")
    } catch {
      #expect("\(error)".hasPrefix("sample: \(complaint)"), "\(error)")
    }
  }

  /// The standard: for `.nii` files, "values less than 352 are equivalent to 352". Fractions are cut off, as its
  /// reference library does.
  @Test(arguments: [Float(0), 1, 347.5, 348, 349, 350, 351, 351.99, 352, 352.75, -1])
  func smallOffsetsMeanTheFirstPlaceThatVoxelsCanHave(offset: Float) throws {
    let fixture = try #require(try ArrayFixtures.load().volumes.first { $0.name == "u1" })
    var file = Array(fixture.file)
    file.replaceSubrange(108..<112, with: FileBytes.littleEndian(Int(offset.bitPattern), 4))
    #expect(try NIfTIVolume(FileBytes.content(file)).tensor().values == fixture.values)
  }

  @Test func scansInDICOMAreRefusedWithAdvice() {
    let bytes = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + [UInt8](repeating: 0, count: 400)
    #expect(
      throws: DatasetError.malformed(
        path: "sample",
        problem: "it is DICOM, which is not read; convert the series to NIfTI with dcm2niix, and read that")
    ) { try NIfTIVolume(FileBytes.content(bytes)) }
  }
}
