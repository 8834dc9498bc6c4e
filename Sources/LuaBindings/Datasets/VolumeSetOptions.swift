import Datasets
import LuaRuntime

/// A folder of volumes in NIfTI.
struct VolumeFolderOptions: LuaOptions {
  var dir: String?
  var axis: Either<String, Int> = .first("axial")
  var slices: Int?
  var from = 0.0
  var to = 1.0
  var frame = 1
  var window: Either<String, [Double]> = .first("percentiles")
  var size: SizeArgument?
  var filter = "bilinear"
  var badFiles = "stop"

  static let fields = Fields<VolumeFolderOptions> { field in
    field.required("dir", \.dir, "Folder of the volumes, with one folder for each class or with none.")
    field.option("axis", \.axis, "\"axial\", \"coronal\" or \"sagittal\", or an axis of the array from 1 to 3.")
    field.option(
      "slices", \.slices, "Slices of each volume, evenly spaced; without it, all of them.",
      check: .ifGiven(.atLeast(1)))
    field.option("from", \.from, "Start of the part that slices are taken from, as a share.", check: .within(0...1))
    field.option("to", \.to, "End of that part.", check: .within(0...1))
    field.option("frame", \.frame, "Frame of a volume with a time axis.", check: .atLeast(1))
    field.option(
      "window", \.window,
      "Which intensities become black and white: \"percentiles\" (1 and 99 of each volume), \"none\", or "
        + "{ low, high }. Voxels that are no numbers, as around a masked brain, become 0."
    )
    field.option("size", \.size, "Side of a sample, or { height, width }; without it, the slices' own.")
    field.option("filter", \.filter, "How pixels are mixed.", check: .oneOf(ResizeFilter.allCases.map(\.rawValue)))
    field.option(
      "bad_files", \.badFiles, "Whether a volume that cannot be read stops the load, or is skipped and named.",
      check: .oneOf(BadFilePolicy.allCases.map(\.rawValue)))
  }

  func folder() throws -> VolumeFolder {
    var folder = VolumeFolder()
    folder.axis = try volumeAxis
    folder.window = try intensityWindow(window)
    (folder.sliceCount, folder.from, folder.to, folder.frame) = (slices, from, to, frame &- 1)
    folder.size = size?.pair
    folder.filter = ResizeFilter(rawValue: filter) ?? .bilinear
    folder.policy = BadFilePolicy(rawValue: badFiles) ?? .stop
    return folder
  }

  private var volumeAxis: VolumeFolder.Axis {
    get throws {
      switch axis {
      case .second(let number): return .array(number &- 1)
      case .first(let name):
        guard let plane = NIfTIVolume.Plane(rawValue: name) else {
          throw LuaFailure(
            "option 'axis' = \"\(name)\" is not allowed; it must be \"axial\", \"coronal\" or \"sagittal\", or 1 to 3")
        }
        return .plane(plane)
      }
    }
  }
}

/// Which intensities become black and white, as scripts say it.
func intensityWindow(_ window: Either<String, [Double]>) throws -> IntensityWindow {
  switch window {
  case .first("percentiles"): return .percentiles(1, 99)
  case .first("none"): return .none
  case .second(let bounds) where bounds.count == 2: return .fixed(bounds[0], bounds[1])
  default:
    throw LuaFailure("option 'window' must be \"percentiles\", \"none\", or a table { low, high }")
  }
}

/// A data set in a NumPy archive.
struct ArchiveOptions: LuaOptions {
  var path: String?
  var inputs: String?
  var labels: String?
  var channels = "automatic"
  var classNames: [String] = []
  var name = "npz"

  static let fields = Fields<ArchiveOptions> { field in
    field.required("path", \.path, "The archive, as numpy.savez writes it.")
    field.option("inputs", \.inputs, "Name of the array of samples; without it, usual names such as train_images.")
    field.option("labels", \.labels, "Name of the array of classes.")
    field.option(
      "channels", \.channels, "Which axis of a picture counts its channels.",
      check: .oneOf(ArrayArchive.ChannelAxis.allCases.map(\.rawValue)))
    field.option("class_names", \.classNames, "Names of the classes, from class 0 on.")
    field.option("name", \.name, "What to call the set.")
  }

  func load(_ path: String) throws -> VariadicResults<Dataset> {
    guard (inputs == nil) == (labels == nil) else {
      throw LuaFailure("options 'inputs' and 'labels' go together: both are needed, or none")
    }
    var archive = ArrayArchive()
    archive.name = name
    archive.channelAxis = ArrayArchive.ChannelAxis(rawValue: channels) ?? .automatic
    archive.classNames = classNames.isEmpty ? nil : classNames
    if let inputs, let labels {
      return VariadicResults([try archive.load(path, samples: inputs, labels: labels)])
    }
    let (train, test, validation) = try archive.load(path)
    return VariadicResults([train] + [test, validation].compactMap { $0 })
  }
}
