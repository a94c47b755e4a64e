import Tidemill

extension Evaluation {
  private static let mostClassesOfText = 26

  /// The confusion matrix below a title and above an empty line; nothing where there are too many classes to show.
  func confusionLines(names: [String]) -> [String] {
    guard 1...Self.mostClassesOfText ~= confusion.count else { return [] }
    return ["confusion matrix (rows: true class, columns: predicted class)"]
      + confusionTable(names: names).map { "  " + $0 } + [""]
  }
}
