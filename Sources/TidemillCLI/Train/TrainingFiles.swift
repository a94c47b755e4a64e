import Tidemill

/// The files that a training leaves behind.
struct TrainingFiles {
  /// For the checkpoint.
  let save: String?
  /// For the picture of features.
  let features: String?

  /// Whether nothing but standard output tells what a training has come to.
  var isEmpty: Bool { save == nil && features == nil }

  /// Finds out before the training what would keep the files from being written.
  ///
  /// - Throws: `ValidationError`.
  func check() throws {
    let files = [(save, "--save"), (features, "--features")].compactMap { path, option in
      path.map { (path: $0, option: option) }
    }
    for (path, option) in files { try OutputFile.check(path, option) }
    try OutputFile.checkDistinct(files)
  }

  /// Finds out before the training whether there can be a picture.
  ///
  /// - Parameter units: Of the first layer.
  /// - Throws: `argument` where it would be too large.
  func checkPicture(units: Int, of samples: Dataset) throws {
    guard features != nil else { return }
    _ = try FeaturePicture.Layout(
      units: units, imageHeight: samples.imageHeight, imageWidth: samples.imageWidth)
  }

  /// Saves a checkpoint, if that is wanted.
  ///
  /// - Throws: `not-finite` where nobody could use it, and an older file is worth more; `file`.
  func write(_ training: ClassifierTraining) throws {
    guard let save else { return }
    try training.checkpoint().write(to: save)
  }

  /// Draws the weights of the first layer, if that is wanted.
  func writeFeatures(_ store: ParameterStore, of samples: Dataset) throws {
    guard let features, let weights = try store.tensors.first?.tensor else { return }
    try FeaturePicture(
      weights: weights, imageHeight: samples.imageHeight, imageWidth: samples.imageWidth
    ).write(to: features)
  }
}
