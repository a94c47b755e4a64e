import Tidemill

extension Evaluation {
  private static let mostClassesOfText = 26

  /// The share of samples whose true class is among the three of the highest scores.
  var top3Accuracy: Double { topKAccuracy(3) }

  /// Means over classes; `nil` where there are too many to count confusions.
  var macroScores: ClassScores? { confusion.isEmpty ? nil : confusionMatrix.averaged(.macro) }

  /// A line with the accuracy, one with means over classes, where there are some, and one for the three highest scores.
  func scoreLines(_ terminal: Terminal) -> [String] {
    let accuracy = terminal.styled(NumberText.percent(self.accuracy), .bold)
    let means = macroScores.map {
      "class means    precision \(NumberText.percent($0.precision)), recall "
        + "\(NumberText.percent($0.recall)), F1 \(NumberText.percent($0.f1))"
    }
    return [
      "test accuracy  \(accuracy) (\(right) of \(samples))", means,
      "top-3 accuracy \(NumberText.percent(top3Accuracy))",
    ].compactMap(\.self)
  }

  /// The confusion matrix below a title and above an empty line; nothing where there are too many classes to show.
  func confusionLines(names: [String]) -> [String] {
    guard 1...Self.mostClassesOfText ~= confusion.count else { return [] }
    return ["confusion matrix (rows: true class, columns: predicted class)"]
      + confusionTable(names: names).map { "  " + $0 } + [""]
  }
}
