import TidemillGraph

/// A fully connected layer: `x·W + b`.
///
/// `x`: shape `[..., inputs]`; `W`: `[inputs, outputs]`; `b`: `[outputs]`; result: `[..., outputs]`.
public struct Linear: Layer {
  /// Shape `[inputs, outputs]`.
  public let weight: Parameter
  /// Shape `[outputs]`.
  public let bias: Parameter?

  /// Makes a layer with parameters of its own.
  ///
  /// - Parameters:
  ///   - inputs: Numbers that come in for each sample.
  ///   - outputs: Numbers that go out for each sample.
  ///   - initializer: Of the weight; the bias starts at zero.
  ///   - bias: Whether there is one.
  ///   - dtype: Of the parameters; floating point.
  public init(
    _ inputs: Int, _ outputs: Int, initializer: Initializer = .he, bias: Bool = true,
    dtype: DType = .float32
  ) {
    weight = Parameter("weight", TensorType([inputs, outputs], dtype)) { seed in
      try initializer.tensor(
        TensorType([inputs, outputs], dtype), fanIn: inputs, fanOut: outputs, seed: seed)
    }
    self.bias =
      bias
      ? Parameter("bias", TensorType([outputs], dtype)) { _ in try Tensor(zeros: [outputs], dtype) }
      : nil
  }

  /// Records `x·W + b`.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value {
    let product = input.matmul(input.builder.read(weight))
    return bias.map { product + input.builder.read($0) } ?? product
  }

  /// `weight` and, if there is one, `bias`.
  public var namedParameters: [NamedParameter] {
    [NamedParameter("weight", weight)] + (bias.map { [NamedParameter("bias", $0)] } ?? [])
  }
}
