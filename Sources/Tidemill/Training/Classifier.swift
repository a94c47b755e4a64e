import TidemillGraph
import TidemillRuntime

/// A trained network at work: tells classes, and how often it is right. Changes no parameter.
///
/// ```swift
/// let classifier = try Classifier(Checkpoint(path: "digits.safetensors"))
/// let probabilities = try classifier.probabilities(of: digits.test.images)   // float32[N, 10]
/// print(try classifier.evaluate(on: digits.test).accuracy)
/// ```
///
/// A classifier belongs to one thread at a time.
public final class Classifier {
  /// Features of a sample.
  public let features: Int
  /// Classes that it tells apart.
  public let classes: Int
  /// Numbers of the parameters.
  public let store: ParameterStore
  /// What is done to all samples before the network sees them.
  public internal(set) var standardization: Standardization?
  private let loss: LossChoice
  private let batchSize: Int
  private let evaluation: Session
  private let prediction: Session

  /// Compiles a network for use.
  ///
  /// - Parameters:
  ///   - network: Gives a logit for each class.
  ///   - store: The numbers of its parameters, shared: what changes there is seen here.
  ///   - features: Numbers of a sample.
  ///   - loss: What ``evaluate(on:)`` measures beside the accuracy.
  ///   - standardization: What is done to all samples before the network sees them.
  ///   - batchSize: How many samples go through the network at once.
  ///   - threads: Workers of a run, as for `compile`.
  /// - Throws: `graph` where network and features do not fit; `argument`, `store`.
  public init(
    _ network: Sequential, _ store: ParameterStore, features: Int,
    loss: LossChoice = .crossEntropy(), standardization: Standardization? = nil,
    batchSize: Int = 256, threads: Int? = nil
  ) throws {
    let predict = try compile(threads: threads) { graph in
      softmax(network(graph.input("images", [batchSize, features]), .inference))
    }
    let probabilities = predict.executable.program.outputTypes[0].shape
    classes = probabilities.dimensions.last ?? 1
    try loss.check(classes: classes)
    let evaluate = try compile(threads: threads) { graph in
      let labels = graph.input("labels", [batchSize], .int32)
      let logits = network(graph.input("images", [batchSize, features]), .inference)
      return [
        loss.perSample(logits, labels: labels).sum(), logits.argmax(),
        labelRanks(logits, labels: labels),
      ]
    }
    self.features = features
    self.store = store
    self.loss = loss
    self.standardization = standardization
    self.batchSize = batchSize
    evaluation = try evaluate.session(store)
    prediction = try predict.session(store)
  }

  /// The probability of each class for each sample: the softmax of the network's logits.
  ///
  /// - Parameter images: float32, shape `[N, features]`.
  /// - Returns: float32, shape `[N, classes]`.
  /// - Throws: `data` where the images have another type or shape.
  public func probabilities(of images: Tensor) throws -> Tensor {
    guard images.dtype == .float32, images.shape.rank == 2, images.shape[1] == features else {
      throw TidemillError(
        .data,
        "The network takes float32[N, \(features)], but the samples are \(images.type).")
    }
    let images = try standardization?.applied(to: images) ?? images
    var result: [Float] = []
    for start in stride(from: 0, to: images.shape[0], by: batchSize) {
      let batch = try images.slice(start..<min(start + batchSize, images.shape[0]))
      result += try prediction.run(batch).scalars(as: Float.self)
    }
    return try Tensor(result, shape: [images.shape[0], classes])
  }

  /// Counts what the network has right.
  ///
  /// - Throws: `data` where the samples have other features or more classes than the network.
  public func evaluate(on samples: Dataset) throws -> Evaluation {
    try check(samples)
    return try evaluate(prepared: standardization?.applied(to: samples) ?? samples)
  }

  /// The same for samples that are standardised already.
  func evaluate(prepared samples: Dataset) throws -> Evaluation {
    let shown = classes <= ConfusionMatrix.maximumClasses ? classes : 0
    var ranks = Array(repeating: 0, count: classes)
    var confusion = Array(repeating: Array(repeating: 0, count: shown), count: shown)
    var (sum, weight, right) = (0.0, 0.0, 0)
    for batch in try samples.batches(of: batchSize) {
      try evaluation.run(batch.labels, batch.images)
      sum += Double(try evaluation.result(0).number())
      weight += try loss.weight(of: batch.labels)
      let labels: [Int32] = try batch.labels.scalars()
      let predicted: [Int32] = try evaluation.result(1).scalars()
      for (label, guess) in zip(labels, predicted) {
        right += label == guess ? 1 : 0
        if shown > 0 { confusion[Int(label)][Int(guess)] += 1 }
      }
      for rank in try evaluation.result(2).scalars(as: Int32.self) { ranks[Int(rank)] += 1 }
    }
    return Evaluation(
      samples: samples.count, right: right, loss: sum / weight, confusion: confusion,
      ranks: ranks)
  }

  /// - Throws: `data` where the network cannot take the samples.
  func check(_ samples: Dataset) throws {
    guard samples.features == features else {
      throw TidemillError(
        .data,
        "The network takes \(features) features, but samples of '\(samples.name)' have "
          + "\(samples.features).")
    }
    guard samples.classes <= classes else {
      throw TidemillError(
        .data,
        "The network tells \(classes) classes apart, but '\(samples.name)' has \(samples.classes).")
    }
    guard samples.count > 0 else {
      throw TidemillError(.data, "'\(samples.name)' has no samples.")
    }
  }
}

extension Tensor {
  /// The only element of a float32 scalar, without allocating.
  func number() throws -> Float { try withScalars { $0[0] } }
}
