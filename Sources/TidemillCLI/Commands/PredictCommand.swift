import ArgumentParser
import Foundation
import Tidemill

/// `tidemill predict`
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Tells which class samples are of, by a trained network.",
    usage: "tidemill predict --weights <file> --input <file> [<options>]",
    discussion: """
      Example: tidemill predict --weights digits.safetensors --input samples.npy
      Example: tidemill predict --weights digits.safetensors --input - < digit.png

      The file is a checkpoint, as train --save writes it. The input is an NPY array of shape \
      [N, features], [N, height, width], or one sample without the N, whose numbers must be on the \
      scale of those that were trained on, but for bytes, which become 0 to 1; or a PNG, PGM or \
      PPM picture of the size of those, of which 0 is black and 1 is white. JSON is a line for each \
      sample.
      """)

  @OptionGroup var weights: WeightsOption

  @Option(help: ArgumentHelp("An NPY file or a picture; - for standard input.", valueName: "file"))
  var input: String

  @OptionGroup var threads: ThreadsOption
  @OptionGroup var format: FormatOption

  func run() throws {
    let checkpoint = try Checkpoint(path: weights.weights)
    let samples = try PredictionInput(input).samples(for: checkpoint.samples)
    let classifier = try Classifier(checkpoint, threads: threads.threads)
    let rows = try classifier.probabilities(of: samples)
    try Self.checkFinite(rows)
    if samples.shape[0] == 0 { Output.error("note: \(input) has no samples.") }
    let names = checkpoint.samples.classNames
    for sample in 0..<rows.shape[0] {
      let prediction = Prediction(
        sample, try rows.slice(sample..<sample + 1).scalars(as: Float.self), names: names)
      switch format.format {
      case .json: try Output.line(JSONText.encode(prediction))
      case .text: try Output.line(prediction.text)
      }
    }
  }
}

extension PredictCommand {
  /// Probabilities that are no numbers come of samples or parameters that are too large for float32.
  private static func checkFinite(_ probabilities: Tensor) throws {
    let place = try probabilities.withScalars(as: Float.self) { numbers in
      numbers.firstIndex { !$0.isFinite }
    }
    guard let place else { return }
    throw TidemillError(
      .data,
      "Of sample \(place / probabilities.shape[1]) the network makes no finite probabilities: its "
        + "features are too large for this network, or its parameters are not finite.")
  }
}

/// What a network says of one sample, for JSON. Names of fields are stable.
struct Prediction: Encodable {
  /// From 0.
  let sample: Int
  /// The class with the largest probability, the first of several.
  let `class`: Int
  /// What it is called, where classes have names.
  let name: String?
  /// Of each class.
  let probabilities: [Float]

  /// How many are told in a line of text.
  private static let shown = 3

  init(_ sample: Int, _ probabilities: [Float], names: [String]) {
    self.sample = sample
    self.probabilities = probabilities
    let best = probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
    self.class = best
    name = names.isEmpty ? nil : names[best]
    labels = names
  }

  private let labels: [String]

  private enum CodingKeys: String, CodingKey {
    case sample, `class`, name, probabilities
  }

  /// Such as `0: 7 (98.10 %), 1 (1.20 %), 4 (0.70 %)`.
  var text: String {
    let order = probabilities.indices.sorted {
      (probabilities[$1], $0) < (probabilities[$0], $1)
    }
    let parts = order.prefix(Self.shown).map { index in
      let label = labels.isEmpty ? "\(index)" : labels[index].printable()
      return "\(label) (\(NumberText.percent(Double(probabilities[index]))))"
    }
    return "\(sample): \(parts.joined(separator: ", "))"
  }
}
