import TidemillGraph

/// A fully connected classifier: linear layers with an activation after each but the last.
///
/// ```swift
/// let architecture = ClassifierArchitecture(inputs: 64, hidden: [256], classes: 10, dropout: 0.2)
/// let training = try ClassifierTraining(architecture, TrainingOptions())
/// ```
public struct ClassifierArchitecture: Codable, Equatable, Sendable {
  /// Features of a sample.
  public var inputs: Int
  /// Units of each layer in between; may be empty.
  public var hidden: [Int]
  /// Outputs, one logit for each class.
  public var classes: Int
  /// After each hidden layer; also decides how weights are drawn.
  public var activation: Activation
  /// The share of each hidden layer's outputs that a step of training leaves out, from 0 up to but
  /// without 1.
  public var dropout: Double
  /// How the weights of all layers are drawn; `nil` for what suits the activation.
  public var initializer: Initializer?

  /// Describes a network.
  ///
  /// - Parameters:
  ///   - inputs: Features of a sample.
  ///   - hidden: Units of each layer in between; may be empty.
  ///   - classes: Outputs, one logit for each class.
  ///   - activation: After each hidden layer.
  ///   - dropout: The share of each hidden layer's outputs that a step of training leaves out.
  ///   - initializer: How the weights of all layers are drawn; what suits the activation, if left out.
  public init(
    inputs: Int, hidden: [Int], classes: Int, activation: Activation = .relu, dropout: Double = 0,
    initializer: Initializer? = nil
  ) {
    self.inputs = inputs
    self.hidden = hidden
    self.classes = classes
    self.activation = activation
    self.dropout = dropout
    self.initializer = initializer
  }

  /// Makes the layers, with parameters of their own.
  ///
  /// - Throws: `argument` where a number is out of range.
  public func makeNetwork() throws -> Sequential {
    try check()
    return Sequential(layers)
  }

  /// - Throws: `argument` with the first number that is out of range.
  package func check() throws {
    for (name, size) in [("number of inputs", inputs), ("number of classes", classes)]
      + hidden.map({ ("size of a hidden layer", $0) })
    {
      try OptionCheck.require(size > 0, "\(name) must be 1 or more", size)
    }
    try OptionCheck.require(dropout >= 0 && dropout < 1, "dropout must be in 0 ..< 1", dropout)
    try initializer?.check()
  }

  fileprivate var layers: [any Layer] {
    let sizes = [inputs] + hidden + [classes]
    return (0..<sizes.count - 1).flatMap { index -> [any Layer] in
      let isLast = index == sizes.count - 2
      let linear = Linear(
        sizes[index], sizes[index + 1],
        initializer: initializer ?? (isLast ? .glorot : activation.initializer))
      return [linear] + (isLast ? [] : between)
    }
  }

  /// What follows a hidden layer.
  private var between: [any Layer] {
    [activation.layer, dropout > 0 ? Dropout(dropout) : nil].compactMap(\.self)
  }
}

extension Sequential {
  /// A fully connected classifier: linear layers with an activation after each but the last.
  ///
  /// - Parameters:
  ///   - inputs: Features of a sample.
  ///   - hidden: Units of each layer in between; may be empty.
  ///   - classes: Outputs, one logit for each class.
  ///   - activation: After each hidden layer; also decides how weights are drawn.
  public static func classifier(
    inputs: Int, hidden: [Int], classes: Int, activation: Activation
  ) -> Sequential {
    Sequential(
      ClassifierArchitecture(
        inputs: inputs, hidden: hidden, classes: classes, activation: activation
      ).layers)
  }
}
