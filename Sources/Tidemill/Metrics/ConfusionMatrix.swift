import TidemillGraph

/// Samples counted by true and by predicted class, and how good that is class by class.
///
/// ```swift
/// let matrix = try ConfusionMatrix([[50, 0], [10, 40]])
/// matrix.classScores[1].recall       // 0.8
/// matrix.averaged(.macro).precision  // (50/60 + 40/40)/2
/// ```
///
/// What would be `0/0` is 0 everywhere, as with scikit-learn's `zero_division=0`: the precision of a class that was never
/// predicted, the recall of one that has no samples.
public struct ConfusionMatrix: Hashable, Sendable, Encodable {
  /// How many samples of a class, the row, were taken for another, the column.
  public let counts: [[Int]]

  /// Makes a matrix of counts.
  ///
  /// - Parameter counts: Rows are true classes, columns predicted ones; as many rows as columns.
  /// - Throws: `argument` where it is not square, a count is negative, or their sum cannot be counted.
  public init(_ counts: [[Int]]) throws {
    guard counts.allSatisfy({ $0.count == counts.count }) else {
      throw TidemillError(
        .argument,
        "A confusion matrix has as many columns as rows, but \(counts.count) rows of "
          + "\(Set(counts.map(\.count)).sorted().map(String.init).joined(separator: ", ")) counts were given."
      )
    }
    var sum = 0
    for count in counts.joined() {
      let (next, overflow) = sum.addingReportingOverflow(count)
      guard count >= 0, !overflow else {
        throw TidemillError(
          .argument,
          "The counts of a confusion matrix must be 0 or more and their sum less than 2^63, but \(count) was given."
        )
      }
      sum = next
    }
    self.counts = counts
  }

  /// Counts samples.
  ///
  /// - Parameters:
  ///   - labels: The true classes; shape `[samples]`, int32 or int64.
  ///   - predicted: The predicted ones, of the same shape, int32 or int64.
  ///   - classes: At most 4,096.
  /// - Throws: `argument` where there are more classes, the tensors do not fit together, or an element is not in
  ///   `0 ..< classes`.
  public init(labels: Tensor, predicted: Tensor, classes: Int) throws {
    guard (0...Self.maximumClasses).contains(classes) else {
      throw TidemillError(
        .argument,
        "A confusion matrix can have 0 to \(Self.maximumClasses) classes, but \(classes) was given."
      )
    }
    let rows = try ClassIndices(labels, "label", below: classes).indices
    let columns = try ClassIndices(predicted, "prediction", below: classes).indices
    guard rows.count == columns.count else {
      throw TidemillError(
        .argument,
        "There must be a prediction for each label, but there are \(rows.count) labels and \(columns.count) predictions."
      )
    }
    var counts = Array(repeating: Array(repeating: 0, count: classes), count: classes)
    for (row, column) in zip(rows, columns) { counts[row][column] += 1 }
    self.counts = counts
  }

  /// Of counts that are known to be well formed.
  init(unchecked counts: [[Int]]) { self.counts = counts }

  /// More classes than this are not counted: the memory goes with their square.
  static let maximumClasses = 4096

  /// How many samples there are.
  public var samples: Int { counts.joined().reduce(0, +) }

  /// The share of samples that are right; 0 where there are none.
  public var accuracy: Double { ratio(counts.indices.reduce(0) { $0 + counts[$1][$1] }, samples) }

  /// Precision, recall and F1 of each class.
  public var classScores: [ClassScores] {
    var predicted = Array(repeating: 0, count: counts.count)
    for row in counts { for (column, count) in row.enumerated() { predicted[column] += count } }
    return counts.enumerated().map { index, row in
      ClassScores(right: row[index], predicted: predicted[index], support: row.reduce(0, +))
    }
  }

  /// Precision, recall and F1 over all classes.
  public func averaged(_ average: ScoreAverage) -> ClassScores {
    let scores = classScores
    let samples = scores.reduce(0) { $0 + $1.support }
    func mean(_ score: (ClassScores) -> Double) -> Double {
      switch average {
      case .macro: scores.reduce(0) { $0 + score($1) } / Double(max(scores.count, 1))
      case .micro: accuracy
      case .weighted:
        scores.reduce(0) { $0 + score($1) * Double($1.support) } / Double(max(samples, 1))
      }
    }
    return ClassScores(
      precision: mean(\.precision), recall: mean(\.recall), f1: mean(\.f1), support: samples)
  }
}
