import Tensors

/// A run as TensorBoard reads it: one event file of scalars, by round.
///
/// - Source: the formats of TFRecord files and of `event.proto` and `summary.proto`,
///   <https://www.tensorflow.org/tutorials/load_data/tfrecord> and <https://github.com/tensorflow/tensorboard>.
struct TensorBoardExport {
  private let run: ExportedRun

  init(_ run: ExportedRun) { self.run = run }

  func write(to folder: String) throws {
    try RunExport.make(folder)
    var bytes = Self.record(Self.event(time: run.times.first ?? 0, step: 0, .version))
    for (record, time) in zip(run.history, run.times) {
      let scalars = record.scalars.map { (Self.tag($0.name), $0.value) }
      bytes += Self.record(Self.event(time: time, step: record.number, .scalars(scalars)))
      let clients = record.clients.flatMap { client in
        client.ledger.map { ("client_\(client.id)/\($0.name)", $0.value) }
          + (client.weight.map { [("client_\(client.id)/weight", $0)] } ?? [])
      }
      if !clients.isEmpty { bytes += Self.record(Self.event(time: time, step: record.number, .scalars(clients))) }
    }
    // TensorBoard takes any name with this word in it, and several files in one folder for one run.
    try AtomicFile.replace("\(folder)/events.out.tfevents.\(Int(run.times.first ?? 0)).fedlua", bytes: bytes)
  }

  /// TensorBoard groups tags by what stands before the slash.
  private static func tag(_ name: String) -> String {
    switch name {
    case "accuracy", "loss": "test/\(name)"
    case _ where name.hasPrefix("detection_"): "detection/" + name.dropFirst(10)
    default: "round/\(name)"
    }
  }

  // MARK: Records

  /// Length, its checksum, the content, its checksum.
  static func record(_ content: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(content.count))
    return length + littleEndian(masked(length)) + content + littleEndian(masked(content))
  }

  /// The checksum as records keep it: rotated and moved, so that it can be taken of itself.
  static func masked(_ bytes: [UInt8]) -> UInt32 {
    let crc = RedundancyCheck.crc32c(bytes)
    return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
  }

  // MARK: Messages

  private enum Content {
    case version
    case scalars([(tag: String, value: Double)])
  }

  /// `Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; }`
  private static func event(time: Double, step: Int, _ content: Content) -> [UInt8] {
    let head = fixed(1, time) + varint(UInt64(2 << 3)) + varint(UInt64(step))
    switch content {
    case .version: return head + delimited(3, Array("brain.Event:2".utf8))
    case .scalars(let scalars): return head + delimited(5, scalars.flatMap { delimited(1, value($0.tag, $0.value)) })
    }
  }

  /// `Summary.Value { string tag = 1; float simple_value = 2; }`
  private static func value(_ tag: String, _ number: Double) -> [UInt8] {
    delimited(1, Array(tag.utf8)) + [UInt8(2 << 3 | 5)] + littleEndian(Float(number).bitPattern)
  }

  private static func fixed(_ field: UInt8, _ number: Double) -> [UInt8] {
    [field << 3 | 1] + littleEndian(number.bitPattern)
  }

  private static func delimited(_ field: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    [field << 3 | 2] + varint(UInt64(bytes.count)) + bytes
  }

  private static func varint(_ value: UInt64) -> [UInt8] {
    var rest = value, bytes: [UInt8] = []
    while rest > 127 {
      bytes.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
