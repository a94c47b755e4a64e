/// How a training went, epoch by epoch: loss and accuracy on what is learned, and on what is held out.
///
/// ```swift
/// var curves = LearningCurves()
/// curves.append(training: .init(loss: 1.36, accuracy: 0.60), validation: .init(loss: 0.41, accuracy: 0.91))
/// curves.append(training: .init(loss: 0.31, accuracy: 0.91), validation: .init(loss: 0.22, accuracy: 0.95))
/// try curves.write(to: "curves.svg")
/// ```
public struct LearningCurves: Sendable {
  /// How well a network does on some samples.
  public struct Score: Sendable {
    /// The mean over samples.
    public let loss: Double
    /// The share of samples that the network has right; `nil` where there is no such thing.
    public let accuracy: Double?

    /// Makes a score.
    public init(loss: Double, accuracy: Double? = nil) {
      self.loss = loss
      self.accuracy = accuracy
    }
  }

  /// An epoch's scores.
  public struct Epoch: Sendable {
    /// From 1; that of the training, which may have been resumed.
    public let number: Int
    /// On the samples that are learned.
    public let training: Score?
    /// On the samples that are held out.
    public let validation: Score?
  }

  /// In the order in which they were appended.
  public private(set) var epochs: [Epoch] = []

  /// No epochs.
  public init() {}

  /// Appends an epoch.
  ///
  /// - Parameters:
  ///   - number: From 1; the one after the last if left out.
  ///   - training: On the samples that are learned.
  ///   - validation: On the samples that are held out.
  public mutating func append(
    number: Int? = nil, training: Score? = nil, validation: Score? = nil
  ) {
    let last = epochs.last?.number ?? 0
    epochs.append(
      Epoch(
        number: number ?? (last < .max ? last + 1 : last), training: training,
        validation: validation))
  }

  /// The loss and, where there is one, the accuracy.
  public var charts: [LineChart] {
    let accuracy = chart("Accuracy", y: "share of samples that are right") { $0.accuracy }
    return [chart("Loss", y: "mean loss") { $0.loss }] + (accuracy.series.isEmpty ? [] : [accuracy])
  }

  /// The charts beside each other.
  public var svg: String { LineChart.svg(charts) }

  /// A table with a row for each epoch; a field without a number is empty.
  public var csv: String {
    csvTable(
      [["epoch", "loss", "accuracy", "validation_loss", "validation_accuracy"]]
        + epochs.map { epoch in
          ["\(epoch.number)"]
            + [
              epoch.training?.loss, epoch.training?.accuracy, epoch.validation?.loss,
              epoch.validation?.accuracy,
            ].map { number in number.map { "\($0)" } ?? "" }
        })
  }

  /// Writes the picture or the table: whole, or not at all and an old file survives.
  ///
  /// - Parameter path: Ends in `.svg` or `.csv`, which says what to write.
  /// - Throws: `argument` for another ending; `file`, with the path and the system's reason.
  public func write(to path: String) throws {
    try writeChart(to: path, svg: svg, csv: csv)
  }

  private func chart(_ title: String, y: String, _ number: (Score) -> Double?) -> LineChart {
    func points(_ score: (Epoch) -> Score?) -> [(x: Double, y: Double)] {
      epochs.compactMap { epoch in
        score(epoch).flatMap(number).map { (Double(epoch.number), $0) }
      }
    }
    let series = [
      LineChart.Series("training", points: points(\.training)),
      LineChart.Series("validation", points: points(\.validation)),
    ]
    return LineChart(title, x: "epoch", y: y, series.filter { !$0.points.isEmpty })
  }
}
