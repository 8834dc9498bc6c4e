public import Tensors

/// A volume of a scanner, from a file in NIfTI-1 or NIfTI-2, packed with gzip or not.
public struct NIfTIVolume: Sendable {
  /// Sizes along each axis: at least three; a fourth is time.
  public let shape: [Int]
  /// Size of a voxel along each of the first three axes, most often in mm.
  public let spacing: [Double]
  /// Voxels with the header's slope and intercept applied; first axis fastest.
  public let values: [Float]
  /// The file as a manifest records it.
  public let source: SourceFile
  let path: String
  private let directions: [[Double]]

  /// Reads a volume.
  ///
  /// - Throws: ``DatasetError`` naming the file and what is wrong with it.
  public init(path: String, limits: ReaderLimits = .standard) throws {
    try self.init(FileContent(path: path, limits: limits), limits: limits)
  }

  init(_ file: FileContent, limits: ReaderLimits = .standard) throws {
    var reader = try ByteReader(file)
    let header = try NIfTIHeader(reader, limits: limits)
    var source = file.source
    var offset = header.dataOffset - header.byteCount
    if header.isPair {
      let voxels = try Self.voxelFile(of: file, limits)
      reader = try ByteReader(voxels)
      source = SourceFile(
        path: file.path, byteCount: file.bytes.count + voxels.bytes.count, hash: SHA256.hex(file.bytes + voxels.bytes))
      offset = header.dataOffset
    }
    let byteCount = header.count * header.elementBytes
    guard byteCount <= reader.mostRemaining else {
      throw DatasetError.malformed(
        path: file.path,
        problem: "its header claims sizes \(header.shape), \(byteCount) bytes, but the file can hold at most "
          + "\(reader.mostRemaining)")
    }
    try reader.skip(max(0, offset), what: "the header's extensions")
    let bytes = try reader.bytes(byteCount, what: "the voxels")
    try reader.expectEnd(padding: 1 << 16)
    values = Self.scaled(bytes, header)
    (shape, spacing, directions, path) = (header.shape, header.spacing, header.directions, file.path)
    self.source = source
  }

  private static func scaled(_ bytes: [UInt8], _ header: NIfTIHeader) -> [Float] {
    if header.slope == 1 && header.intercept == 0 {
      return NumberDecoding.floats(bytes, type: header.type, isBigEndian: header.isBigEndian)
    }
    return NumberDecoding.doubles(bytes, type: header.type, isBigEndian: header.isBigEndian)
      .map { Float($0 * header.slope + header.intercept) }
  }

  /// The file of voxels beside a header: `brain.img` or `brain.img.gz` for `brain.hdr`.
  private static func voxelFile(of file: FileContent, _ limits: ReaderLimits) throws -> FileContent {
    var stem = Substring(file.path)
    if stem.hasSuffix(".gz") { stem = stem.dropLast(3) }
    if stem.hasSuffix(".hdr") { stem = stem.dropLast(4) }
    let names = ["\(stem).img", "\(stem).img.gz"]
    guard let name = names.first(where: { FileContent.exists($0) }) else {
      throw DatasetError.malformed(
        path: file.path, problem: "it is a header alone; its voxels are in \(names[0]), which is not there")
    }
    return try FileContent(path: name, limits: limits)
  }

  /// Names of the planes, each across one direction of the body.
  public enum Plane: String, Sendable, CaseIterable {
    case sagittal
    case coronal
    case axial
  }

  /// Slices along one axis, and how each is turned into a picture.
  public struct Slicing: Sendable {
    /// Axis that the number of a slice counts, from 0.
    let axis: Int
    let columnAxis: Int
    let rowAxis: Int
    var isSliceReversed = false
    var isColumnReversed = false
    /// Pictures start at the top, and axes point up.
    var isRowReversed = true
  }

  /// Slices across an axis of the array, from 0: the next axis runs to the right, the last one up.
  ///
  /// A picture shows what `numpy.rot90(volume[:, :, k])` shows.
  ///
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)``.
  public func slicing(axis: Int) throws -> Slicing {
    guard (0..<3).contains(axis) else {
      throw DatasetError.value(op: "nifti", what: "axis", got: "\(axis &+ 1)", allowed: "1 to 3 is allowed")
    }
    let others = [0, 1, 2].filter { $0 != axis }
    return Slicing(axis: axis, columnAxis: others[0], rowAxis: others[1])
  }

  /// Slices across a direction of the body, whatever the order of the array: right and front go right, front and top
  /// go up.
  public func slicing(plane: Plane) -> Slicing {
    let body = NIfTIOrientation.closestAxes(directions)
    let across = [Plane.sagittal, .coronal, .axial].firstIndex(of: plane) ?? 2
    let others = [0, 1, 2].filter { $0 != across }
    return Slicing(
      axis: body[across].axis, columnAxis: body[others[0]].axis, rowAxis: body[others[1]].axis,
      isSliceReversed: body[across].isReversed, isColumnReversed: body[others[0]].isReversed,
      isRowReversed: !body[others[1]].isReversed)
  }

  /// Number of slices.
  func count(_ slicing: Slicing) -> Int { shape[slicing.axis] }

  /// Height and width of a slice.
  func size(_ slicing: Slicing) -> (height: Int, width: Int) { (shape[slicing.rowAxis], shape[slicing.columnAxis]) }

  /// Writes one slice as a picture from the top, row by row.
  ///
  /// - Parameters:
  ///   - number: Of the slice, from 0, inside the axis.
  ///   - frame: Of the time axis, from 0, inside it.
  func copySlice(_ number: Int, frame: Int, _ slicing: Slicing, to output: UnsafeMutablePointer<Float>) {
    let strides = [1, shape[0], shape[0] * shape[1]]
    let (height, width) = size(slicing)
    let position = slicing.isSliceReversed ? shape[slicing.axis] - 1 - number : number
    let start = frame * strides[2] * shape[2] + position * strides[slicing.axis]
    values.withUnsafeBufferPointer { values in
      for row in 0..<height {
        let y = slicing.isRowReversed ? height - 1 - row : row
        for column in 0..<width {
          let x = slicing.isColumnReversed ? width - 1 - column : column
          output[row * width + column] = values[start + y * strides[slicing.rowAxis] + x * strides[slicing.columnAxis]]
        }
      }
    }
  }

  /// Number of frames of the fourth and further axes.
  public var frameCount: Int { shape.dropFirst(3).reduce(1, *) }

  /// The whole volume as a float32 tensor of the shape of the array.
  public func tensor() throws -> Tensor {
    let reversed = Tensor(values, shape: shape.reversed())
    return try reversed.permute(Array(shape.indices.reversed())).contiguous()
  }
}
