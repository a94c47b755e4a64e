import TidemillGraph

/// What a network learns from, and what it is judged by and never sees before.
public struct DatasetSplit: Sendable {
  /// Samples to learn from.
  public let train: Dataset
  /// Samples to judge by.
  public let test: Dataset

  /// A split of two data sets of the same kind.
  ///
  /// - Throws: `data` where sizes of images, numbers of classes or their names differ.
  public init(train: Dataset, test: Dataset) throws {
    guard train.imageHeight == test.imageHeight, train.imageWidth == test.imageWidth else {
      throw TidemillError(
        .data,
        "\(train.name): images to train on have \(train.imageHeight) x \(train.imageWidth) pixels, "
          + "but images to test on \(test.imageHeight) x \(test.imageWidth).")
    }
    guard train.classes == test.classes else {
      throw TidemillError(
        .data,
        "\(train.name): there are \(train.classes) classes to train on, but \(test.classes) to "
          + "test on.")
    }
    guard train.classNames == test.classNames else {
      throw TidemillError(
        .data, "\(train.name): classes to train on and to test on have different names.")
    }
    self.train = train
    self.test = test
  }

  /// Splits a data set by a seeded shuffle.
  ///
  /// - Parameters:
  ///   - dataset: All samples.
  ///   - testFraction: The share of samples to test on, rounded to the nearest number of samples.
  ///   - seed: The same seed gives the same split on every machine.
  /// - Throws: `argument` where the fraction is not between 0 and 1; `data` where there are too few samples for both
  ///   sides.
  public init(_ dataset: Dataset, testFraction: Double, seed: UInt64) throws {
    guard testFraction > 0 && testFraction < 1 else {
      throw TidemillError(
        .argument, "testFraction must be between 0 and 1, but is \(testFraction).")
    }
    let testCount = Int((Double(dataset.count) * testFraction).rounded())
    guard testCount > 0 && testCount < dataset.count else {
      throw TidemillError(
        .data,
        "\(dataset.name): of \(dataset.count) samples, a share of \(testFraction) to test on is "
          + "\(testCount), which leaves \(dataset.count - testCount) to train on: both need one. Give "
          + "more samples.")
    }
    var generator = SeededGenerator(seed: seed)
    let order = generator.shuffled(dataset.count)
    try self.init(
      train: dataset.selecting(order[testCount...]), test: dataset.selecting(order[..<testCount]))
  }
}
