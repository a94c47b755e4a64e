import Foundation
import Tidemill

/// What a system reaches, held against what its page in docs/systems states; and its pictures.
final class Report {
  private let folder: String
  /// How many stated figures were not reached.
  private(set) var misses = 0

  init(folder: String) { self.folder = folder }

  /// Prints a figure that must be as large as stated.
  func figure(_ name: String, _ value: Double, atLeast stated: Double) {
    check(name, value, value >= stated, "at least \(short(stated))")
  }

  /// Prints a figure that must be as small as stated.
  func figure(_ name: String, _ value: Double, atMost stated: Double) {
    check(name, value, value <= stated, "at most \(short(stated))")
  }

  /// Prints a figure that must be in the range stated.
  func figure(_ name: String, _ value: Double, within stated: ClosedRange<Double>) {
    check(
      name, value, stated.contains(value),
      "\(short(stated.lowerBound)) to \(short(stated.upperBound))")
  }

  /// Where to write a picture.
  func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// Writes charts beside each other.
  func picture(_ name: String, _ charts: LineChart...) throws {
    try LineChart.svg(charts).write(toFile: path(name), atomically: true, encoding: .utf8)
  }

  private func check(_ name: String, _ value: Double, _ isReached: Bool, _ stated: String) {
    if !isReached { misses += 1 }
    print("\(name): \(short(value)) (stated: \(stated)\(isReached ? "" : ", NOT REACHED"))")
  }

  private func short(_ number: Double) -> String { String(format: "%.4g", number) }
}

extension LearningCurves {
  /// Appends what a training did in its last epoch, and how well it does on samples that were held out.
  mutating func append(
    _ progress: TrainingProgress, _ training: ClassifierTraining, heldOut: Dataset
  ) throws {
    let evaluation = try training.evaluate(on: heldOut)
    append(
      training: .init(loss: progress.loss, accuracy: progress.accuracy),
      validation: .init(loss: evaluation.loss, accuracy: evaluation.accuracy))
  }
}
