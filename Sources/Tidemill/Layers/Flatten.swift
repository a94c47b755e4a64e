import TidemillGraph

/// Each sample as one row: `[batch, ...]` becomes `[batch, numbers]`.
public struct Flatten: Layer {
  /// Makes the layer.
  public init() {}

  /// Records the change of shape. Copies nothing.
  ///
  /// Diagnoses a scalar.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value {
    Reshape([input.shape.dimensions.dropFirst().reduce(1, *)]).recorded("Flatten", input)
  }
}

/// Each sample in another shape: `[batch, ...]` becomes `[batch] + shape`.
public struct Reshape: Layer {
  /// Of a sample.
  public let shape: Shape

  /// Makes the layer.
  ///
  /// - Parameter shape: Of a sample, so without the batch; as many elements as it has.
  public init(_ shape: Shape) { self.shape = shape }

  /// Records the change of shape. Copies nothing.
  ///
  /// Diagnoses a scalar, and samples of another number of elements.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value { recorded("Reshape", input) }

  fileprivate func recorded(_ name: String, _ input: Value) -> Value {
    guard input.isValid else { return input }
    guard let batch = input.shape.dimensions.first else {
      return input.builder.diagnose("\(name): \(input.type) has no axis of samples, the first one.")
    }
    return input.reshaped(to: Shape([batch] + shape.dimensions))
  }
}
