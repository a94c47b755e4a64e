import Tidemill

/// Where a training stands, as a line of text.
package struct ProgressLine {
  private let epoch: String
  private let done: Double
  private let rate: String
  private let loss: String
  private let accuracy: String
  private let spent: String
  private let left: String
  private let validation: String?

  /// Describes a progress.
  package init(_ progress: TrainingProgress) {
    self.init(
      epoch: progress.epoch, epochs: progress.epochs,
      done: (Double(progress.epoch - 1) + Double(progress.samples)
        / Double(max(progress.samplesPerEpoch, 1))) / Double(max(progress.epochs, 1)),
      samplesPerSecond: progress.samplesPerSecond, loss: progress.loss,
      accuracy: progress.accuracy, seconds: progress.seconds, secondsLeft: progress.secondsLeft,
      validation: progress.validation)
  }

  /// Describes numbers; `done` is the share of all work, between 0 and 1.
  package init(
    epoch: Int, epochs: Int, done: Double, samplesPerSecond: Double, loss: Double,
    accuracy: Double, seconds: Double, secondsLeft: Double, validation: Evaluation? = nil
  ) {
    let total = "\(epochs)"
    let number = "\(epoch)"
    self.epoch =
      "epoch " + String(repeating: " ", count: max(0, total.count - number.count))
      + "\(number)/\(total)"
    self.done = min(max(done, 0), 1)
    rate = "\(NumberText.grouped(samplesPerSecond)) samples/s"
    self.loss = "loss \(NumberText.fixed(loss, 4))"
    self.accuracy = "accuracy \(NumberText.percent(accuracy))"
    spent = NumberText.duration(seconds)
    left = "\(NumberText.duration(secondsLeft)) left"
    self.validation = validation.map {
      "validation \(NumberText.fixed($0.loss, 4)), \(NumberText.percent($0.accuracy))"
    }
  }

  /// Columns of a line that is not rewritten.
  private static let usualWidth = 80

  /// For a pipe; the speed, then the time are left out where the rest has no room for them.
  package var plain: String {
    let known = [epoch, loss, accuracy, validation].compactMap(\.self)
    let lines = [[rate, spent], [spent], []].map { (known + $0).joined(separator: "  ") }
    return lines.first { $0.count <= Self.usualWidth } ?? known.joined(separator: "  ")
  }

  /// For a terminal; never as wide as the terminal, as its last column would begin a new line.
  ///
  /// What matters least is left out where there is no room: the bar, then what stands to the right.
  package func live(width: Int, on terminal: Terminal) -> String {
    let room = max(width - 1, 0)
    let parts = [epoch, loss, accuracy, left, rate]
    var shown: [String] = []
    var used = 0
    for part in parts {
      let more = part.count + (shown.isEmpty ? 0 : 2)
      if used + more > room { break }
      shown.append(part)
      used += more
    }
    guard let first = shown.first else { return String(epoch.prefix(room)) }
    let head = terminal.styled(first, .bold)
    let bar = bar(cells: min(room - used - 2, 24), on: terminal)
    return ([head] + (bar.map { [$0] } ?? []) + shown.dropFirst()).joined(separator: "  ")
  }

  private func bar(cells: Int, on terminal: Terminal) -> String? {
    guard cells >= 6 else { return nil }
    let full = Int((done * Double(cells)).rounded(.down))
    return terminal.styled(String(repeating: "━", count: full), .green)
      + terminal.styled(String(repeating: "─", count: cells - full), .faint)
  }
}
