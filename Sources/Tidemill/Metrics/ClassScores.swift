/// How well samples of a class are told from the others.
///
/// What would be `0/0` is 0.
public struct ClassScores: Hashable, Sendable, Encodable {
  /// The share of samples taken for the class that are of it.
  public let precision: Double
  /// The share of the class' samples that were taken for it.
  public let recall: Double
  /// The harmonic mean of both, `2·right / (support + predicted)`.
  public let f1: Double
  /// Samples of the class.
  public let support: Int

  init(precision: Double, recall: Double, f1: Double, support: Int) {
    self.precision = precision
    self.recall = recall
    self.f1 = f1
    self.support = support
  }

  /// - Parameters:
  ///   - right: Samples of the class that were taken for it.
  ///   - predicted: Samples that were taken for it.
  ///   - support: Samples of it.
  init(right: Int, predicted: Int, support: Int) {
    precision = ratio(right, predicted)
    recall = ratio(right, support)
    let either = Double(predicted) + Double(support)
    f1 = either > 0 ? 2 * Double(right) / either : 0
    self.support = support
  }
}

/// How scores of classes become one score.
public enum ScoreAverage: String, Hashable, Sendable, CaseIterable {
  /// The mean over all classes, also those without samples.
  case macro
  /// Of all samples together: each class that is not the right one is a mistake of both, so that precision, recall and F1
  /// are the accuracy.
  case micro
  /// The mean over classes, weighted by their samples.
  case weighted
}

/// The quotient; 0 where the divisor is 0.
func ratio(_ part: Int, _ whole: Int) -> Double { whole > 0 ? Double(part) / Double(whole) : 0 }
