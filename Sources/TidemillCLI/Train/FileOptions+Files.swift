import ArgumentParser
import Tidemill

/// What becomes of the files that a training leaves behind.
extension FileOptions {
  /// Whether nothing but standard output tells what a training has come to.
  var isEmpty: Bool { save == nil && best == nil && features == nil && curves == nil }

  /// Finds out before the training what would keep the files from being written.
  ///
  /// - Throws: `ValidationError`.
  func check() throws {
    if save == nil, saveEvery != nil || saveEverySteps != nil {
      throw ValidationError(
        "\(saveEvery != nil ? "--save-every" : "--save-every-steps") needs --save, the file to write."
      )
    }
    let files = [
      (save, "--save"), (best, "--best"), (features, "--features"), (curves, "--curves"),
    ]
    .compactMap { path, option in path.map { (path: $0, option: option) } }
    for (path, option) in files { try OutputFile.check(path, option) }
    try OutputFile.checkDistinct(files)
    if let features { try OutputFile.check(features, "--features", endsIn: ".png") }
    do { _ = try curves.map(ChartFormat.init(path:)) } catch let error as TidemillError {
      throw ValidationError("--curves: \(error.message)")
    }
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

  /// The files for checkpoints that are due after a step.
  func due(after progress: TrainingProgress) -> [(file: String, isBest: Bool)] {
    let isTime =
      saveEvery.map { progress.isEpochEnd && progress.epoch.isMultiple(of: $0) } == true
      || saveEverySteps.map { progress.step.isMultiple(of: $0) } == true
    return [(save, isTime, false), (best, progress.isBest, true)].compactMap {
      file, isDue, isBest in
      isDue ? file.map { ($0, isBest) } : nil
    }
  }

  /// Draws the weights of the first layer, if that is wanted.
  func writeFeatures(_ store: ParameterStore, of samples: Dataset) throws {
    guard let features, let weights = try store.tensors.first?.tensor else { return }
    try FeaturePicture(
      weights: weights, imageHeight: samples.imageHeight, imageWidth: samples.imageWidth
    ).write(to: features)
  }
}
