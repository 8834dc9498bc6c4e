internal import Tensors

extension Model {
  /// Writes all values to a safetensors file under PyTorch's names and in PyTorch's shapes.
  ///
  /// The file appears under `path` complete or not at all.
  /// - Parameter metadata: Text kept in the file's header beside the layout's digest.
  public func save(to path: String, metadata: [String: String] = [:]) throws {
    let tensors = layout.entries.map { (name: $0.name, tensor: parameter(named: $0.name)!) }
    try TensorFile.save(tensors, metadata: metadata.merging(["layout": layout.digest]) { own, _ in own }, to: path)
  }

  /// Takes all values from a safetensors file that this program or PyTorch wrote, and returns its metadata.
  ///
  /// Counters `num_batches_tracked`, which PyTorch's batch normalization adds, are skipped.
  /// - Throws: ``NetworkError/file(path:detail:)`` where names or shapes differ; nothing is changed then.
  @discardableResult
  public func load(from path: String) throws -> [String: String] {
    let (tensors, metadata) = try TensorFile.load(path)
    var byName: [String: Tensor] = [:]
    for (name, tensor) in tensors where !name.hasSuffix("num_batches_tracked") { byName[name] = tensor }
    for entry in layout.entries {
      guard let tensor = byName.removeValue(forKey: entry.name) else {
        throw NetworkError.file(path: path, detail: "'\(entry.name)' of shape \(entry.shape) is missing")
      }
      guard tensor.shape == entry.shape, tensor.elementType.isFloat else {
        throw NetworkError.file(
          path: path,
          detail: "'\(entry.name)' is \(tensor.elementType) of shape \(tensor.shape); the model has \(entry.shape)")
      }
    }
    if let extra = byName.keys.sorted().first {
      throw NetworkError.file(path: path, detail: "'\(extra)' is not in the model")
    }
    for (name, tensor) in tensors { try parameter(named: name)?.copy_(tensor.to(elementType)) }
    return metadata
  }
}
