import Tidemill

/// The steps of a training, up to the saved checkpoint.
///
/// What has been learnt is saved however training ends: after the last step, where the loss is not
/// finite, at Ctrl-C, and where standard output cannot be written any more.
struct Learning {
  let training: ClassifierTraining
  let files: FileOptions
  var output: TrainingProgressOutput
  /// What could not be written, while training went on.
  private(set) var failures = Failures()
  /// Whether standard output could not be written.
  private(set) var isOutputBroken = false
  /// Whether the checkpoint is where it should be.
  private(set) var isSaved = false
  /// The epochs of this run.
  private var curves = LearningCurves()
  /// Whether the learning curves are where they should be.
  private(set) var areCurvesWritten = false
  /// Whether the picture of features is where it should be.
  private(set) var areFeaturesDrawn = false
  /// Whether there was a best epoch whose checkpoint is where it should be.
  private(set) var isBestSaved = false

  init(
    _ training: ClassifierTraining, files: FileOptions, output: TrainingProgressOutput
  ) {
    self.training = training
    self.files = files
    self.output = output
  }

  /// The files that are where they should be, by what they are.
  var written: [(name: String, file: String)] {
    [
      ("saved", isSaved ? files.save : nil), ("best", isBestSaved ? files.best : nil),
      ("features", areFeaturesDrawn ? files.features : nil),
      ("curves", areCurvesWritten ? files.curves : nil),
    ].compactMap { name, file in file.map { (name, $0) } }
  }

  /// Whether there was no epoch whose checkpoint would be the best.
  private(set) var isBestUnchanged = true

  /// Says that a training had come to its end before this run.
  mutating func reportComplete() {
    show { [training] in try $0.reportComplete(hasStopped: training.hasStoppedEarly) }
  }

  /// Trains and writes all files.
  ///
  /// - Returns: Where the training stood at the end; `nil` where there was nothing left to do.
  /// - Throws: `Interrupted`; `not-finite`; `file` where nothing is to be written and standard output
  ///   cannot be, as then nobody learns of the result.
  mutating func run(on samples: Dataset) throws -> TrainingProgress? {
    if !files.isEmpty { Interrupt.beginDeferring() }
    let (end, mistake) = try learn(from: samples)
    writeFiles(samples)
    let isInterrupted = Interrupt.endDeferring()
    if let mistake {
      let saved = files.save.flatMap {
        isSaved ? "The parameters before that step are saved in \($0)." : nil
      }
      let text = [mistake.message, saved, alsoWritten].compactMap(\.self).joined(separator: " ")
      throw TidemillError(
        mistake.code, failures.isEmpty ? text : "\(text)\n\(failures.message)")
    }
    if isInterrupted { throw interruption() }
    return end
  }

  private mutating func writeFiles(_ samples: Dataset) {
    if let save = files.save {
      isSaved = write(to: save)
      if isSaved {
        show { [training] in try $0.reportSaved(save, isBest: false, training.position) }
      }
    }
    if let file = files.curves {
      areCurvesWritten = failures.attempt { [curves] in try curves.write(to: file) }
    }
    if files.features != nil {
      areFeaturesDrawn = failures.attempt { [files, training] in
        try files.writeFeatures(training.store, of: samples)
      }
    }
  }

  private mutating func learn(
    from samples: Dataset
  ) throws -> (end: TrainingProgress?, mistake: TidemillError?) {
    var end: TrainingProgress?
    do {
      try training.run(on: samples) { progress in
        end = progress
        if files.isEmpty { try output.report(progress) } else { show { try $0.report(progress) } }
        if progress.isEpochEnd { curves.append(progress) }
        save(after: progress)
        if Interrupt.isRequested { training.stop() }
      }
    } catch let error as TidemillError where error.code == .notFinite && !files.isEmpty {
      return (end, error)
    }
    return (end, nil)
  }

  /// Writes checkpoints that are due; where that fails, training goes on, and the end tells.
  private mutating func save(after progress: TrainingProgress) {
    if progress.isBest { isBestUnchanged = false }
    for (file, isBest) in files.due(after: progress) where write(to: file) {
      if isBest { isBestSaved = true }
      show { [training] in try $0.reportSaved(file, isBest: isBest, training.position) }
    }
  }

  private mutating func write(to file: String) -> Bool {
    failures.attempt { [training] in try training.checkpoint().write(to: file) }
  }

  private mutating func show(_ body: (inout TrainingProgressOutput) throws -> Void) {
    guard !isOutputBroken else { return }
    do {
      try body(&output)
    } catch {
      isOutputBroken = true
      failures.append(error)
    }
  }

  /// Such as `Also written: curves.svg.`; `nil` where there is nothing beside the checkpoint.
  private var alsoWritten: String? {
    let others = written.filter { $0.name != "saved" }.map(\.file)
    guard !others.isEmpty else { return nil }
    return "\(isSaved ? "Also written" : "Written"): \(others.joined(separator: ", "))."
  }

  private func interruption() -> any Error {
    let position = training.position
    let batch = training.options.batchSize
    let place =
      position.step > 0
      ? "after epoch \(position.epoch), step \((position.samples + batch - 1) / batch)"
      : "before the first step"
    var text = "Training was interrupted \(place)"
    if let save = files.save {
      text +=
        isSaved
        ? "; the parameters reached so far are saved in \(save)" : ", and the parameters are lost"
    }
    text = [text + ".", alsoWritten].compactMap(\.self).joined(separator: " ")
    let isComplete =
      isSaved == (files.save != nil) && areCurvesWritten == (files.curves != nil)
      && areFeaturesDrawn == (files.features != nil)
    return isComplete
      ? Interrupted(message: text) : TidemillError(.file, "\(text)\n\(failures.message)")
  }
}

extension LearningCurves {
  /// Appends the epoch that a step ended.
  fileprivate mutating func append(_ progress: TrainingProgress) {
    append(
      number: progress.epoch,
      training: Score(loss: progress.loss, accuracy: progress.accuracy),
      validation: progress.validation.map { Score(loss: $0.loss, accuracy: $0.accuracy) })
  }
}
