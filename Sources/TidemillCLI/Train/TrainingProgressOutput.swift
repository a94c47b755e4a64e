import Tidemill

/// Shows where a training stands: a line that is rewritten on a terminal, a line an epoch in a
/// pipe, a JSON object an epoch.
struct TrainingProgressOutput {
  private let format: OutputFormat
  private let terminal: Terminal
  private let clock = ContinuousClock()
  private var lastShown: ContinuousClock.Instant?

  /// Ten a second are enough for eyes.
  private static let interval = Duration.milliseconds(100)

  init(format: OutputFormat, terminal: Terminal) {
    self.format = format
    self.terminal = terminal
  }

  /// Shows a step, if it is time to.
  ///
  /// - Throws: `file` where standard output cannot be written.
  mutating func report(_ progress: TrainingProgress) throws {
    switch format {
    case .json where progress.isEpochEnd:
      try Output.line(JSONText.encode(EpochEvent(progress)))
    case .text where terminal.isLive:
      let now = clock.now
      if let lastShown, now - lastShown < Self.interval { return }
      lastShown = now
      let line = ProgressLine(progress)
      try Output.live(line.live(width: terminal.width, on: terminal))
    case .text where progress.isEpochEnd:
      try Output.line(ProgressLine(progress).plain)
    default:
      break
    }
  }
}

/// What JSON says at the end of an epoch.
private struct EpochEvent: Encodable {
  let event = "epoch"
  let epoch: Int
  let epochs: Int
  let samples: Int
  /// The mean over the epoch.
  let loss: Double
  /// On the samples trained on.
  let accuracy: Double
  let seconds: Double
  let samplesPerSecond: Double

  init(_ progress: TrainingProgress) {
    epoch = progress.epoch
    epochs = progress.epochs
    samples = progress.samples
    loss = progress.loss
    accuracy = progress.accuracy
    seconds = progress.seconds
    samplesPerSecond = progress.samplesPerSecond
  }
}
