import ArgumentParser
import Tidemill

/// `tidemill evaluate`
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Tells how often a trained network is right.",
    usage: "tidemill evaluate --weights <file> [<options>]",
    discussion: """
      Example: tidemill evaluate --weights digits.st
      Example: tidemill evaluate --weights digits.st --format json

      The file is a checkpoint, as train --save writes it. What is counted are the samples to test \
      on; for digits those that the seed of the training held out.
      """)

  @OptionGroup var weights: WeightsOption

  @Option(
    help: ArgumentHelp(
      "A data set, as for train; the one that was trained on, if left out.", valueName: "name"))
  var dataset: String?

  @OptionGroup var threads: ThreadsOption
  @OptionGroup var format: FormatOption

  func run() throws {
    let checkpoint = try Checkpoint(path: weights.weights)
    let name = dataset ?? checkpoint.datasetName
    let data = try checkpoint.dataset(dataset, path: weights.weights)
    let classifier = try Classifier(checkpoint, threads: threads.threads)
    let found = try classifier.evaluate(on: data.test)
    switch format.format {
    case .json:
      try Output.line(JSONText.encode(EvaluationResult(found, name, weights.weights)))
    case .text:
      for line in found.confusionLines(names: checkpoint.samples.classNames) {
        try Output.line(line)
      }
      let accuracy = Terminal.current.styled(NumberText.percent(found.accuracy), .bold)
      try Output.line("test accuracy  \(accuracy) (\(found.right) of \(found.samples))")
      for line in found.scoreLines { try Output.line(line) }
      try Output.line("loss           \(NumberText.fixed(found.loss, 4))")
    }
  }
}

/// `--weights`.
struct WeightsOption: ParsableArguments {
  @Option(help: ArgumentHelp("A checkpoint.", valueName: "file"))
  var weights: String
}

/// What evaluating has come to, for JSON. Names of fields are stable.
private struct EvaluationResult: Encodable {
  let weights: String
  let dataset: String
  let testSamples: Int
  let right: Int
  /// A fraction.
  let testAccuracy: Double
  /// Left out where it is not finite.
  let testLoss: Double?
  /// Means over classes; left out where there are very many classes.
  let macroPrecision: Double?
  let macroRecall: Double?
  let macroF1: Double?
  /// The share of samples whose class is among the three of the highest scores.
  let top3Accuracy: Double
  /// By true class and by predicted class; left out where there are many classes.
  let confusion: [[Int]]?

  init(_ found: Evaluation, _ dataset: String, _ weights: String) {
    self.weights = weights
    self.dataset = dataset
    testSamples = found.samples
    right = found.right
    testAccuracy = found.accuracy
    testLoss = found.loss.isFinite ? found.loss : nil
    macroPrecision = found.macroScores?.precision
    macroRecall = found.macroScores?.recall
    macroF1 = found.macroScores?.f1
    top3Accuracy = found.top3Accuracy
    confusion = found.confusion.count <= TrainingResult.mostClasses ? found.confusion : nil
  }
}
