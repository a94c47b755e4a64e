import Tidemill

/// How a network does on the samples to test on, for JSON. Names of fields are stable.
struct EvaluationFigures: Encodable {
  let testSamples: Int
  /// A fraction.
  let testAccuracy: Double
  /// Left out where it is not finite.
  let testLoss: Double?
  /// Means over classes; left out where there are very many classes.
  let macroPrecision: Double?
  let macroRecall: Double?
  let macroF1: Double?
  /// The share of samples whose class is among the three of the highest scores.
  let top3Accuracy: Double
  /// By true class and by predicted class; left out where there are many classes.
  let confusion: [[Int]]?

  private static let mostClasses = 100

  init(_ found: Evaluation) {
    testSamples = found.samples
    testAccuracy = found.accuracy
    testLoss = found.loss.isFinite ? found.loss : nil
    macroPrecision = found.macroScores?.precision
    macroRecall = found.macroScores?.recall
    macroF1 = found.macroScores?.f1
    top3Accuracy = found.top3Accuracy
    confusion = 1...Self.mostClasses ~= found.confusion.count ? found.confusion : nil
  }
}
