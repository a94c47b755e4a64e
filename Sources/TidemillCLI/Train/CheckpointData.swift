import Tidemill

extension Checkpoint {
  /// The data set that it was trained on, as it was called then.
  var datasetName: String { notes["dataset"] ?? samples.name }

  /// Loads a data set.
  ///
  /// - Parameters:
  ///   - given: Its name; the one of the checkpoint, if left out.
  ///   - path: Of the checkpoint.
  /// - Throws: As ``DataSource``; the error says where the name comes from, if not from the caller.
  func dataset(_ given: String?, path: String) throws -> DatasetSplit {
    do {
      return try DataSource.named(given ?? datasetName, seed: options.seed)
    } catch let error as TidemillError where given == nil {
      throw TidemillError(
        error.code,
        "\(error.message)\nThe name '\(datasetName)' is that of the checkpoint \(path); --dataset tells "
          + "where the data are now.")
    }
  }
}
