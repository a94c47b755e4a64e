import TidemillGraph

/// The numbers of ``TrainingFigures`` at one step.
public struct StepFigures: Hashable, Sendable, Encodable {
  /// A number of a layer.
  public struct Figure: Hashable, Sendable, Encodable {
    /// The layer's name, as in the names of parameters: `hidden`, `2.0`.
    public let layer: String
    /// The number.
    public let value: Double
  }

  /// The Euclidean norm of the gradient of each layer's parameters.
  public let gradientNorms: [Figure]
  /// The share of zeros in the derivative by what comes into each activation.
  public let zeroShares: [Figure]

  /// Reads the results of a run.
  ///
  /// - Parameters:
  ///   - names: What the numbers are about; see ``Layer/figureNames(input:)``.
  ///   - gradientNorms: The result that stands for ``TrainingFigures/gradientNorms``.
  ///   - zeroShares: The result that stands for ``TrainingFigures/zeroShares``.
  /// - Throws: `argument` where there is not a number for each name.
  public init(_ names: FigureNames, gradientNorms: Tensor, zeroShares: Tensor) throws {
    self.gradientNorms = try Self.figures(names.layers, gradientNorms, "gradient norms")
    self.zeroShares = try Self.figures(names.activations, zeroShares, "shares of zeros")
  }

  private static func figures(
    _ names: [String], _ numbers: Tensor, _ what: String
  ) throws -> [Figure] {
    guard numbers.shape == [names.count] else {
      throw TidemillError(
        .argument, "There are \(names.count) \(what), but \(numbers.type) was given for them.")
    }
    return zip(names, numbers.doubles).map { Figure(layer: $0, value: $1) }
  }
}
