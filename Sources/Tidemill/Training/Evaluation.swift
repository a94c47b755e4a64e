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
  /// The share of samples that it has right.
  public var accuracy: Double { Double(right) / Double(max(samples, 1)) }
}
