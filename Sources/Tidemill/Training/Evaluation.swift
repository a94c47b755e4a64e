/// How well a network does on samples it was not trained on.
public struct Evaluation: Sendable {
  /// How many samples there were.
  public let samples: Int
  /// How many of them it has right.
  public let right: Int
  /// The mean of the loss that training makes small, without penalties; of the softmax cross entropy by default.
  public let loss: Double
  /// Samples by true class (rows) and by predicted class (columns); empty for over 4,096 classes.
  public let confusion: [[Int]]
  /// Samples by how many classes have a higher score than the true one; see ``labelRanks(_:labels:)-(Tensor,_)``.
  public let ranks: [Int]
  /// The share of samples that it has right.
  public var accuracy: Double { ratio(right, samples) }

  /// The confusions as a matrix; one of no classes where there are over 4,096.
  public var confusionMatrix: ConfusionMatrix { ConfusionMatrix(unchecked: confusion) }

  /// Precision, recall and F1 of each class; empty for over 4,096 classes.
  public var classScores: [ClassScores] { confusionMatrix.classScores }

  /// The share of samples whose true class is among the `k` of the highest scores.
  ///
  /// - Parameter k: 1 is the accuracy; 0 for less.
  public func topKAccuracy(_ k: Int) -> Double {
    ratio(ranks.prefix(max(k, 0)).reduce(0, +), samples)
  }
}
