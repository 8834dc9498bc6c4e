/// Brain tumors in MRI, Br35H: 1,500 pictures without and 1,500 with a tumor, of 318 sizes.
///
/// The set has no split, and many near-duplicates: under a random split they stand on both sides.
///
/// - Source: Hamada, 2020, <https://www.kaggle.com/datasets/ahmedhamada0/brain-tumor-detection>.
public enum Br35H {
  /// Classes in the order of their labels.
  public static let classNames = ["no", "yes"]

  /// Reads the set.
  ///
  /// - Parameters:
  ///   - folder: The folder that holds `yes` and `no`, or one above it; nil looks in the usual places.
  ///   - options: Sizes, policy and cache; its classes are set here.
  /// - Throws: ``DatasetError``.
  public static func load(
    folder: String? = nil, folders: DataFolders = .standard, options: ImageFolder = ImageFolder()
  ) throws -> Dataset {
    let tops = ["br35h", "Br35H", "BR35H"]
    let below = ["", "datasets", "archive", "Brain_Tumor_Detection", "archive/Brain_Tumor_Detection"]
    let found = try folders.locateFolder(
      "br35h", folder: folder, tops: tops, below: below, holding: classNames,
      advice: "unpack it so that data/br35h holds the folders yes and no, or name its folder with dir or FEDLUA_DATA")
    var options = options
    options.name = "br35h"
    options.classes = classNames
    return try options.load(found)
  }
}

/// Stages of Alzheimer's disease in MRI slices: four classes of 176 x 208, with a training and a test folder.
///
/// There are no patient ids, and slices of one patient stand next to each other: use the given folders.
///
/// - Source: Dubey, 2020, <https://www.kaggle.com/datasets/tourist55/alzheimers-dataset-4-class-of-images>.
public enum Alzheimer {
  /// Classes from healthy to ill.
  public static let classNames = ["NonDemented", "VeryMildDemented", "MildDemented", "ModerateDemented"]

  /// Names of the same classes in other copies of the set.
  static let aliases = [
    "Non Demented": "NonDemented", "Non_Demented": "NonDemented", "No Impairment": "NonDemented",
    "Very mild Dementia": "VeryMildDemented", "Very_Mild_Demented": "VeryMildDemented",
    "Very Mild Impairment": "VeryMildDemented", "Mild Dementia": "MildDemented", "Mild_Demented": "MildDemented",
    "Mild Impairment": "MildDemented", "Moderate Dementia": "ModerateDemented", "Moderate_Demented": "ModerateDemented",
    "Moderate Impairment": "ModerateDemented",
  ]

  /// Reads the training and the test folder.
  ///
  /// - Parameters: As for ``Br35H/load(folder:folders:options:)``.
  /// - Throws: ``DatasetError``.
  public static func load(
    folder: String? = nil, folders: DataFolders = .standard, options: ImageFolder = ImageFolder()
  ) throws -> (train: Dataset, test: Dataset) {
    let found = try folders.locateFolder(
      "alzheimer", folder: folder, tops: ["alzheimer", "Alzheimer", "alzheimer-4class", "Alzheimer_s Dataset"],
      below: ["", "Image-dataset", "Alzheimer_s Dataset", "archive", "Combined Dataset"], holding: ["train", "test"],
      advice: "unpack it so that data/alzheimer holds the folders train and test, or name its folder with dir or "
        + "FEDLUA_DATA")
    var options = options
    options.name = "alzheimer"
    options.classes = classNames
    options.aliases.merge(aliases) { own, _ in own }
    return (try options.load(found + "/train"), try options.load(found + "/test"))
  }
}

extension DataFolders {
  /// Returns the first folder that holds all the given folders.
  ///
  /// - Parameters:
  ///   - folder: The caller's own folder; then no other is looked in.
  ///   - tops: Usual names of the set's folder in each base.
  ///   - below: Folders below such a one that may be the real one, itself first.
  ///   - names: Folders that it must hold.
  ///   - advice: How to get the data, for the message.
  /// - Throws: ``DatasetError/missing(dataset:searched:advice:)``.
  func locateFolder(
    _ dataset: String, folder: String?, tops: [String], below: [String], holding names: [String], advice: String
  ) throws -> String {
    let starts = folder.map { [$0] } ?? bases.flatMap { base in tops.map { base + "/" + $0 } + [base] }
    for start in starts {
      for part in below {
        let candidate = part.isEmpty ? start : start + "/" + part
        if names.allSatisfy({ FolderListing.isFolder(candidate + "/" + $0) }) { return candidate }
      }
    }
    throw DatasetError.missing(dataset: dataset, searched: starts, advice: advice)
  }
}
