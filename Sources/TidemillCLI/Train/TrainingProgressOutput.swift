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
    // What is found only at the end of an epoch stays on the terminal.
    case .text
    where progress.isEpochEnd && (progress.figures != nil || progress.validation != nil):
      try Output.clearLiveLine()
      try Output.line(ProgressLine(progress).plain)
      for line in progress.figures?.lines ?? [] { try Output.line("  " + line) }
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

  /// Says what a network consists of.
  ///
  /// - Throws: `file` where standard output cannot be written.
  func reportSummary(_ summary: NetworkSummary) throws {
    switch format {
    case .json: try Output.line(JSONText.encode(SummaryEvent(summary: summary)))
    case .text: try Output.line((summary.lines + [""]).joined(separator: "\n"))
    }
  }

  /// Says that a checkpoint was written, to whoever reads JSON.
  ///
  /// - Throws: `file` where standard output cannot be written.
  func reportSaved(_ file: String, isBest: Bool, _ position: TrainingPosition) throws {
    guard format == .json else { return }
    try Output.line(JSONText.encode(FileEvent("saved", file, position, isBest: isBest)))
  }

  /// Says that there is nothing left to do, to people; in JSON there is no epoch.
  ///
  /// - Throws: `file` where standard output cannot be written.
  func reportComplete(hasStopped: Bool) throws {
    guard format == .text else { return }
    try Output.line(
      hasStopped
        ? "nothing is left to do: this training has stopped for lack of patience"
        : "nothing is left to do: give more --epochs to go on")
  }

  /// Says where a training goes on.
  ///
  /// - Throws: `file` where standard output cannot be written.
  func reportResumed(_ file: String, _ position: TrainingPosition) throws {
    switch format {
    case .json: try Output.line(JSONText.encode(FileEvent("resumed", file, position)))
    case .text:
      try Output.line("resumed \(file) at epoch \(position.epoch), step \(position.step)")
    }
  }
}

/// What JSON says of a network.
private struct SummaryEvent: Encodable {
  let event = "summary"
  let summary: NetworkSummary
}

/// What JSON says of a checkpoint.
private struct FileEvent: Encodable {
  let event: String
  let file: String
  let epoch: Int
  /// Of all epochs.
  let step: Int
  let best: Bool?

  init(_ event: String, _ file: String, _ position: TrainingPosition, isBest: Bool? = nil) {
    self.event = event
    self.file = file
    epoch = position.epoch
    step = position.step
    best = isBest
  }
}

/// What JSON says at the end of an epoch.
private struct EpochEvent: Encodable {
  let event = "epoch"
  let epoch: Int
  let epochs: Int
  let step: Int
  let samples: Int
  /// Of the last step.
  let learningRate: Double
  /// The mean over the epoch.
  let loss: Double
  /// On the samples trained on.
  let accuracy: Double
  let seconds: Double
  let samplesPerSecond: Double
  /// On the samples for validation, if there are some; left out where it is not finite.
  let validationLoss: Double?
  let validationAccuracy: Double?
  /// Whether that is the best so far.
  let best: Bool?
  /// Of the last step, where they are asked for; a value is left out where it is not finite.
  let gradientNorms: [Figure]?
  let zeroShares: [Figure]?

  /// A number of a layer.
  struct Figure: Encodable {
    let layer: String
    let value: Double?

    init(_ figure: StepFigures.Figure) {
      layer = figure.layer
      value = figure.value.isFinite ? figure.value : nil
    }
  }

  init(_ progress: TrainingProgress) {
    gradientNorms = progress.figures?.gradientNorms.map(Figure.init)
    zeroShares = progress.figures?.zeroShares.map(Figure.init)
    step = progress.step
    learningRate = progress.learningRate
    validationLoss = progress.validation.flatMap { $0.loss.isFinite ? $0.loss : nil }
    validationAccuracy = progress.validation?.accuracy
    best = progress.validation.map { _ in progress.isBest }
    epoch = progress.epoch
    epochs = progress.epochs
    samples = progress.samples
    loss = progress.loss
    accuracy = progress.accuracy
    seconds = progress.seconds
    samplesPerSecond = progress.samplesPerSecond
  }
}
