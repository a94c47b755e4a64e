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
      let result = EvaluationResult(weights: weights.weights, dataset: name, right: found.right)
      try Output.line(JSONText.encode(Joined(result, EvaluationFigures(found))))
    case .text:
      for line in found.confusionLines(names: checkpoint.samples.classNames) {
        try Output.line(line)
      }
      for line in found.scoreLines(.current) { try Output.line(line) }
      try Output.line("loss           \(NumberText.fixed(found.loss, 4))")
    }
  }
}

/// `--weights`.
struct WeightsOption: ParsableArguments {
  @Option(help: ArgumentHelp("A checkpoint.", valueName: "file"))
  var weights: String
}

/// What was evaluated, for JSON. Names of fields are stable.
private struct EvaluationResult: Encodable {
  let weights: String
  let dataset: String
  let right: Int
}
