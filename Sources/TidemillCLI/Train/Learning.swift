import Tidemill

/// The steps of a training, up to the saved parameters.
///
/// What has been learnt is saved however training ends: after the last step, where the loss is not
/// finite, at Ctrl-C, and where standard output cannot be written any more.
struct Learning {
  let training: ClassifierTraining
  let files: TrainingFiles
  let batchSize: Int
  var output: TrainingProgressOutput
  /// What could not be written, while training went on.
  private(set) var failures = Failures()
  /// Whether standard output could not be written.
  private(set) var isOutputBroken = false
  /// Whether the parameters are where they should be.
  private(set) var isSaved = false

  init(
    _ training: ClassifierTraining, batchSize: Int, files: TrainingFiles,
    output: TrainingProgressOutput
  ) {
    self.training = training
    self.batchSize = batchSize
    self.files = files
    self.output = output
  }

  /// Trains and saves.
  ///
  /// - Returns: Where the training stood at the end.
  /// - Throws: `Interrupted`; `not-finite`; `file` where nothing is to be saved and standard output
  ///   cannot be written, as then nobody learns of the result.
  mutating func run(on samples: Dataset) throws -> TrainingProgress? {
    if files.save != nil { Interrupt.beginDeferring() }
    let (end, mistake) = try learn(from: samples)
    let (training, files) = (training, files)
    isSaved = failures.attempt { try files.write(training) }
    let isInterrupted = Interrupt.endDeferring()
    guard let save = files.save else { return end }
    if let mistake {
      throw TidemillError(
        mistake.code,
        mistake.message
          + (isSaved
            ? " The parameters before that step are saved in \(save)." : "\n\(failures.message)"))
    }
    if isInterrupted { throw interruption(at: end, save: save) }
    return end
  }

  /// Thrown through the training to end it.
  private struct Stop: Error {}

  private mutating func learn(
    from samples: Dataset
  ) throws -> (end: TrainingProgress?, mistake: TidemillError?) {
    var end: TrainingProgress?
    do {
      try training.run(on: samples) { progress in
        end = progress
        try show(progress)
        if Interrupt.isRequested { throw Stop() }
      }
    } catch is Stop {
    } catch let error as TidemillError where error.code == .notFinite && files.save != nil {
      return (end, error)
    }
    return (end, nil)
  }

  private mutating func show(_ progress: TrainingProgress) throws {
    guard !isOutputBroken else { return }
    do {
      try output.report(progress)
    } catch  where !files.isEmpty {
      isOutputBroken = true
      failures.append(error)
    }
  }

  private func interruption(at end: TrainingProgress?, save: String) -> any Error {
    let place = end.map { end in
      "after epoch \(end.epoch), step \((end.samples + batchSize - 1) / batchSize)"
    }
    let text = "Training was interrupted \(place ?? "before the first step")"
    return isSaved
      ? Interrupted(message: "\(text); the parameters reached so far are saved in \(save).")
      : TidemillError(.file, "\(text), and the parameters are lost.\n\(failures.message)")
  }
}
