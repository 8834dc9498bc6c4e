import Datasets
import LuaRuntime
import Tensors

private struct SaveOptions: LuaOptions {
  var half = false

  static let fields = Fields<SaveOptions> { field in
    field.option(
      "half", \.half, "Whether float32 tensors are written in half precision; numbers beyond 65504 become infinite.")
  }
}

extension ModuleBuilder {
  /// Tensors in safetensors files.
  mutating func addTensorFiles() {
    addSaving()
    addLoading()
  }

  private mutating func addSaving() {
    function(
      "save",
      "Writes tensors to a safetensors file, replacing it at one stroke; to an archive of NumPy if it ends in .npz.",
      Parameter("path", "The file."),
      Parameter("tensors", "A table from names to tensors, or one tensor, which is named \"tensor\"."),
      Parameter<LuaTable?>("metadata", "A table from names to texts, kept with them; an .npz has no place for it."),
      Parameter("options", "How numbers are kept."), returns: "true.",
      errors: ["The file cannot be written, as for all that saves; pcall(fed.save, path, tensors) catches it."],
      example: Example(
        "local path = os.tmpname()\nassert(fed.save(path, { w = fed.ones(2) }))\nprint(fed.load(path).w)\nos.remove(path)",
        prints: "Tensor [2] float32\n  1  1")
    ) { (path: String, tensors: Either<Tensor, LuaTable>, metadata: LuaTable?, options: SaveOptions) in
      let named = try named(tensors)
      let texts = try metadata.map(texts) ?? [:]
      if path.hasSuffix(".npz") {
        guard texts.isEmpty else { throw LuaFailure("metadata: an .npz has no place for it; save a .safetensors file") }
        try NumPyArchive.save(named.map { .init($0.name, $0.tensor, inHalf: options.half) }, to: path)
      } else {
        try TensorFile.save(named, metadata: texts, halves: options.half ? Set(named.map(\.name)) : [], to: path)
      }
      return true
    }
  }

  private mutating func addLoading() {
    function(
      "load",
      "Reads all tensors of a safetensors file, or of an archive of NumPy, .npz; F16 and BF16 become float32, I8 to I32 int64, "
        + "BOOL uint8.",
      Parameter("path", "The file."),
      returns: "A table from names to tensors and one from names to texts.", errors: fileErrors,
      example: Example(
        "print(fed.try(fed.load, '/no/such/file'))",
        prints: "nil\tfed.load: /no/such/file: cannot be read, No such file or directory")
    ) { (path: String) -> Results<LuaRecord, LuaRecord> in
      if path.hasSuffix(".npz") {
        let archive = try NPZArchive(path: path)
        let arrays = try archive.names.sorted().map { ($0, try archive.array($0).tensor() as any LuaWritable) }
        return Results(LuaRecord(arrays), LuaRecord([]))
      }
      let (tensors, texts) = try TensorFile.load(path)
      return Results(
        LuaRecord(tensors.map { ($0.name, $0.tensor as any LuaWritable) }),
        LuaRecord(texts.sorted { $0.key < $1.key }.map { ($0.key, $0.value as any LuaWritable) }))
    }
    function(
      "from_file", "Reads one tensor of a safetensors file.", Parameter("path", "The file."),
      Parameter<String?>("name", "Its name; a file of one tensor needs none."),
      returns: "The tensor.", errors: fileErrors,
      example: Example(
        "local path = os.tmpname()\nassert(fed.save(path, fed.ones(2)))\nprint(fed.from_file(path))\nos.remove(path)",
        prints: "Tensor [2] float32\n  1  1")
    ) { (path: String, name: String?) in
      try onlyTensor(TensorFile.load(path).tensors, name, path)
    }
  }
}

private let fileErrors = ["The file is missing or broken; pcall or fed.try catches it."]

/// The tensors of a table in the order of their names, so that equal tables give equal files.
private func named(_ tensors: Either<Tensor, LuaTable>) throws -> [(name: String, tensor: Tensor)] {
  switch tensors {
  case .first(let tensor): return [("tensor", tensor)]
  case .second(let table):
    return try table.entries().map { key, value in
      guard case .string(let name) = key, let tensor = value.as(Tensor.self) else {
        throw LuaFailure("tensors: '\(key)' is a \(value.typeName); a table from names to tensors is needed")
      }
      return (name, tensor)
    }
  }
}

private func texts(_ table: LuaTable) throws -> [String: String] {
  var texts: [String: String] = [:]
  for (key, value) in try table.entries() {
    guard case .string(let name) = key, case .string(let text) = value else {
      throw LuaFailure("metadata: '\(key)' is a \(value.typeName); a table from names to texts is needed")
    }
    texts[name] = text
  }
  return texts
}

private func onlyTensor(
  _ tensors: [(name: String, tensor: Tensor)], _ name: String?, _ path: String
) throws -> Tensor {
  let known = tensors.map { "'\($0.name)'" }.joined(separator: ", ")
  if let name {
    guard let found = tensors.first(where: { $0.name == name }) else {
      throw LuaFailure("'\(path)' has no tensor '\(name)'; it has \(known)")
    }
    return found.tensor
  }
  guard let first = tensors.first, tensors.count == 1 else {
    throw LuaFailure("'\(path)' has \(tensors.count) tensors, so a name is needed; it has \(known)")
  }
  return first.tensor
}
