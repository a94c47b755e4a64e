import ArgumentParser
import Tidemill

/// Losses as people type them.
enum LossName: String, ExpressibleByArgument, CaseIterable {
  case crossEntropy = "cross-entropy"
  case binaryCrossEntropy = "binary-cross-entropy"
  case hinge
  case squaredError = "squared-error"
  case absoluteError = "absolute-error"
  case huber

  /// The loss of this name: with the numbers that are known, where it is the same one, or with the usual ones.
  func chosen(over known: LossChoice) -> LossChoice {
    switch (self, known) {
    case (.crossEntropy, .crossEntropy), (.hinge, .hinge), (.huber, .huber): known
    case (.crossEntropy, _): .crossEntropy()
    case (.binaryCrossEntropy, _): .binaryCrossEntropy
    case (.hinge, _): .hinge()
    case (.squaredError, _): .squaredError
    case (.absoluteError, _): .absoluteError
    case (.huber, _): .huber()
    }
  }
}
