/// What is done while a classifier is trained: logs, files, schedules of one's own.
///
/// ```swift
/// struct StopAtAccuracy: TrainingCallback {
///   let accuracy: Double
///   func epochEnded(_ progress: TrainingProgress, of training: ClassifierTraining) {
///     if let found = progress.validation, found.accuracy >= accuracy { training.stop() }
///   }
/// }
/// ```
///
/// A callback sees the parameters as they are after the step, in ``ClassifierTraining/store``, and may take a
/// ``ClassifierTraining/checkpoint()``. What it throws ends the training.
public protocol TrainingCallback {
  /// Called after every step.
  func stepEnded(_ progress: TrainingProgress, of training: ClassifierTraining) throws
  /// Called after the last step of an epoch, after ``stepEnded(_:of:)`` and the validation.
  func epochEnded(_ progress: TrainingProgress, of training: ClassifierTraining) throws
}

extension TrainingCallback {
  /// Nothing is done.
  public func stepEnded(_ progress: TrainingProgress, of training: ClassifierTraining) throws {}
  /// Nothing is done.
  public func epochEnded(_ progress: TrainingProgress, of training: ClassifierTraining) throws {}
}
