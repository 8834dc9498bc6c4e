import Datasets
import LuaRuntime

/// One side for both, or height and width.
struct SizeArgument: LuaReadable, Sendable {
  static var luaType: String { "integer|integer[]" }

  let height: Int
  let width: Int

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> SizeArgument {
    if Int.matches(frame, index) {
      let side = try Int.read(frame, index)
      return SizeArgument(height: side, width: side)
    }
    let sides = try [Int].read(frame, index)
    guard sides.count == 2 else {
      throw LuaFailure("\(sides.count) numbers are no size; one side, or { height, width }, is needed")
    }
    return SizeArgument(height: sides[0], width: sides[1])
  }

  static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    Int.matches(frame, index) || [Int].matches(frame, index)
  }

  var pair: (height: Int, width: Int) { (height, width) }
}

/// What happens to each picture of a set, and to those that cannot be read.
struct PreparationOptions {
  var size: SizeArgument?
  var channels: Int?
  var fit = "stretch"
  var filter = "bilinear"
  var badFiles = "stop"
  var window: Either<String, [Double]> = .first("none")
  var cache: Either<Bool, String> = .first(true)

  func preparation(channels fallback: Int) throws -> ImagePreparation {
    var preparation = ImagePreparation(
      size: size?.pair, channels: channels ?? fallback, fit: ImagePreparation.Fit(rawValue: fit) ?? .stretch,
      filter: ResizeFilter(rawValue: filter) ?? .bilinear)
    preparation.window = try intensityWindow(window)
    return preparation
  }

  var policy: BadFilePolicy { BadFilePolicy(rawValue: badFiles) ?? .stop }

  var sampleCache: SampleCache {
    switch cache {
    case .first(let isOn): isOn ? .standard : .none
    case .second(let folder): SampleCache(folder: folder)
    }
  }
}

/// Options tables that prepare pictures.
protocol PreparesImages: LuaOptions {
  var prepared: PreparationOptions { get set }
}

extension Fields where Root: PreparesImages {
  mutating func addPreparation(channels: Int) {
    option(
      "size", \.prepared.size,
      "Side of a sample, or { height, width }; without it, the pictures' own, the same for all.")
    option(
      "channels", \.prepared.channels, "1 for grey, 3 for color; \(channels) where nothing is said.",
      check: Check("1 or 3") { $0 == nil || $0 == 1 || $0 == 3 })
    option(
      "fit", \.prepared.fit, "How pictures of another shape get the size.",
      check: .oneOf(ImagePreparation.Fit.allCases.map(\.rawValue)))
    option(
      "filter", \.prepared.filter, "How pixels are mixed; both filters widen when a picture shrinks.",
      check: .oneOf(ResizeFilter.allCases.map(\.rawValue)))
    option(
      "bad_files", \.prepared.badFiles, "Whether a file that cannot be read stops the load, or is skipped and named.",
      check: .oneOf(BadFilePolicy.allCases.map(\.rawValue)))
    option(
      "window", \.prepared.window,
      "Which shades become black and white: \"none\", \"percentiles\" (1 and 99 of each picture), or { low, high } "
        + "from 0 to 1, as for scans of 12 bits in files of 16, which use a sixteenth of that. All bits are kept.")
    option(
      "cache", \.prepared.cache,
      "Whether decoded samples are kept for the next load, or the folder to keep them in; true means FEDLUA_CACHE, "
        + "else fedlua in XDG_CACHE_HOME or ~/.cache; it keeps 8 GB at most and may be deleted at any time.")
  }
}

/// Where the pictures of a known set lie.
struct PresetOptions: PreparesImages {
  var prepared = PreparationOptions()
  var dir: String?
  var limit: Int?

  static let fields = Fields<PresetOptions> { field in
    field.option("dir", \.dir, "Folder of the set; without it, the usual places are searched.")
    field.option(
      "limit", \.limit,
      "Read only so many files, evenly from the set, so that every class has some; 300 in a smoke run.",
      check: .ifGiven(.atLeast(1)))
    field.addPreparation(channels: 1)
  }

  func folder(limit: Int?) throws -> ImageFolder {
    var folder = ImageFolder()
    folder.limit = limit
    folder.preparation = try prepared.preparation(channels: 1)
    folder.policy = prepared.policy
    folder.cache = prepared.sampleCache
    return folder
  }
}

/// A folder of pictures.
struct ImageFolderOptions: PreparesImages {
  var prepared = PreparationOptions()
  var dir: String?
  var name = "images"
  var classes: [String] = []
  var aliases: LuaTable?
  var limit: Int?

  static let fields = Fields<ImageFolderOptions> { field in
    field.required("dir", \.dir, "Folder with one folder of pictures for each class.")
    field.option("name", \.name, "What to call the set.")
    field.option(
      "classes", \.classes, "Classes in the order of their labels; without them, all folders as people sort.")
    field.option("aliases", \.aliases, "A table from names of folders to the classes they stand for.")
    field.option(
      "limit", \.limit, "Read only so many files, evenly from the set; 300 in a smoke run.",
      check: .ifGiven(.atLeast(1)))
    field.addPreparation(channels: 3)
  }

  func folder() throws -> ImageFolder {
    var folder = ImageFolder()
    folder.name = name
    folder.preparation = try prepared.preparation(channels: 3)
    folder.policy = prepared.policy
    folder.cache = prepared.sampleCache
    folder.classes = classes.isEmpty ? nil : classes
    for (key, value) in try aliases?.entries() ?? [] {
      guard case .string(let name) = key, case .string(let className) = value else {
        throw LuaFailure("option 'aliases': '\(key)' is a \(value.typeName); names of folders and classes are needed")
      }
      folder.aliases[name] = className
    }
    return folder
  }
}

/// A table of pictures and classes.
struct ImageTableOptions: PreparesImages {
  var prepared = PreparationOptions()
  var path: String?
  var dir: String?
  var file = "file"
  var label = "label"
  var group: String?
  var column: String?
  var only: String?
  var classes: [String] = []
  var limit: Int?

  static let fields = Fields<ImageTableOptions> { field in
    field.required("path", \.path, "The table: a line of names, then a row for each picture.")
    field.option("dir", \.dir, "Folder of the files; without it, the folder of the table.")
    field.option("file", \.file, "Column of the files.")
    field.option("label", \.label, "Column of the classes.")
    field.option("group", \.group, "Column of what must stay together in a split, such as the patient.")
    field.option("column", \.column, "Column that says which rows count, such as split.")
    field.option("only", \.only, "What rows that count have in that column, such as train.")
    field.option(
      "classes", \.classes, "Classes in the order of their labels; without them, those of the table, sorted.")
    field.option(
      "limit", \.limit, "Read only so many files, evenly from the rows; 300 in a smoke run.",
      check: .ifGiven(.atLeast(1)))
    field.addPreparation(channels: 3)
  }

  func table() throws -> ImageTable {
    guard (column == nil) == (only == nil) else {
      throw LuaFailure("options 'column' and 'only' go together: both are needed, or none")
    }
    var table = ImageTable()
    (table.fileColumn, table.labelColumn, table.groupColumn) = (file, label, group)
    if let column, let only { table.selection = (column, only) }
    table.classes = classes.isEmpty ? nil : classes
    table.preparation = try prepared.preparation(channels: 3)
    table.policy = prepared.policy
    table.cache = prepared.sampleCache
    return table
  }
}
