import Datasets
import LuaRuntime
import Tensors

extension ModuleBuilder {
  /// Sets of pictures, volumes and arrays from a user's own files.
  mutating func addFileSets() {
    addImageFolders()
    addMedicalSets()
    addTables()
    addVolumes()
    addArrays()
  }

  private mutating func addImageFolders() {
    function(
      "images", "Reads a folder of JPEG and PNG pictures with one folder for each class.", .caller,
      Parameter("options", "Where they are and what becomes of them."),
      returns: "The data set.", errors: fileErrors,
      example: Example(
        "print(fed.try(fed.data.images, { dir = '/no/such/folder', size = 64 }))",
        prints: "nil\tfed.data.images: /no/such/folder: No such file or directory")
    ) { (caller: LuaCaller, options: ImageFolderOptions) in
      var folder = try options.folder()
      folder.limit = caller.limit(options.limit)
      return try reading(caller) { try folder.load(options.dir ?? "") }
    }
  }

  private mutating func addMedicalSets() {
    let options = Parameter<PresetOptions>("options", "Where the files lie and what becomes of them.")
    function(
      "br35h", "Reads Br35H: 3,000 MRI pictures of brains without (class 0) and with (class 1) a tumor.", .caller,
      options, returns: "The data set, which has no split.", errors: fileErrors,
      source: "Hamada, 2020, https://www.kaggle.com/datasets/ahmedhamada0/brain-tumor-detection",
      example: Example(
        "local set, message = fed.try(fed.data.br35h, { dir = 'nowhere', size = 64 })\n"
          + "print(set, message:match('[^;]*'))", prints: "nil\tfed.data.br35h: not found, looked in nowhere")
    ) { (caller: LuaCaller, options: PresetOptions) in
      let folder = try options.folder(limit: caller.limit(options.limit))
      return try reading(caller) { try Br35H.load(folder: options.dir, options: folder) }
    }
    function(
      "alzheimer", "Reads the four stages of Alzheimer's disease: 6,400 MRI slices of 176 by 208.", .caller, options,
      returns: "The training set and the test set.", errors: fileErrors,
      source: "Dubey, 2020, https://www.kaggle.com/datasets/tourist55/alzheimers-dataset-4-class-of-images",
      example: Example(
        "local train, message = fed.try(fed.data.alzheimer, { dir = 'nowhere' })\nprint(train, message:match('[^;]*'))",
        prints: "nil\tfed.data.alzheimer: not found, looked in nowhere")
    ) { (caller: LuaCaller, options: PresetOptions) in
      let folder = try options.folder(limit: caller.limit(options.limit))
      return try reading(caller) {
        let (train, test) = try Alzheimer.load(folder: options.dir, options: folder)
        return Results(train, test)
      }
    }
  }

  private mutating func addTables() {
    function(
      "csv", "Reads pictures whose classes stand in a table.", .caller,
      Parameter("options", "The table and its columns."),
      returns: "The data set.", errors: fileErrors,
      example: Example(
        "local path = os.tmpname()\nlocal file = io.open(path, 'w')\nfile:write('image,class\\n'):close()\n"
          + "local set, message = fed.try(fed.data.csv, { path = path, file = 'image' })\n"
          + "print(set, message:match('it has.*'))\nos.remove(path)",
        prints: "nil\tit has no column 'label'; it has image, class")
    ) { (caller: LuaCaller, options: ImageTableOptions) in
      var table = try options.table()
      table.limit = caller.limit(options.limit)
      return try reading(caller) { try table.load(options.path ?? "", folder: options.dir) }
    }
  }

  private mutating func addVolumes() {
    function(
      "nifti", "Reads slices of volumes in NIfTI; the slices of a volume are one group.", .caller,
      Parameter("options", "Where the volumes are and which slices to take."),
      returns: "The data set.", errors: fileErrors,
      source: "https://nifti.nimh.nih.gov/nifti-1",
      example: Example(
        "print(fed.try(fed.data.nifti, { dir = '/no/such/folder', slices = 8, size = 64 }))",
        prints: "nil\tfed.data.nifti: /no/such/folder: No such file or directory")
    ) { (caller: LuaCaller, options: VolumeFolderOptions) in
      let folder = try options.folder()
      return try reading(caller) { try folder.load(options.dir ?? "") }
    }
  }

  private mutating func addArrays() {
    function(
      "npz", "Reads data sets in a NumPy archive, such as those of MedMNIST.", .caller,
      Parameter("options", "The archive and its arrays."),
      returns: "The training set, and the test and validation sets that the archive has.", errors: fileErrors,
      example: Example(
        "print(fed.try(fed.data.npz, { path = '/no/such/file.npz' }))",
        prints: "nil\tfed.data.npz: /no/such/file.npz: No such file or directory")
    ) { (caller: LuaCaller, options: ArchiveOptions) in
      try reading(caller) { try options.load(options.path ?? "") }
    }
    function(
      "npy", "Reads one array that NumPy saved.", .caller, Parameter("path", "The file."),
      returns: "A tensor, uint8, int64, float32 or float64 as the array.", errors: fileErrors,
      example: Example(
        "print(fed.try(fed.data.npy, '/no/such/file.npy'))",
        prints: "nil\tfed.data.npy: /no/such/file.npy: No such file or directory")
    ) { (caller: LuaCaller, path: String) in
      try reading(caller) { try NPYArray(path: path).tensor() }
    }
  }
}

/// What a reader's help says of failures.
private let fileErrors = ["The files are missing or broken; pcall or fed.try catches it."]

/// Runs a reader on all threads of the run.
func reading<Value>(_ caller: LuaCaller, _ read: () throws -> Value) throws -> Value {
  try HostModules.withThreads(caller.state.hostSettings, read)
}

extension LuaCaller {
  /// Most pictures of a set: what the script says, else few in a smoke run, else all.
  fileprivate func limit(_ given: Int?) -> Int? { given ?? (state.hostSettings.isSmokeRun ? 300 : nil) }
}
