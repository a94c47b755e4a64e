import TidemillGraph

/// Layer norm: the features of each sample centred and scaled to unit variance, times a gain, plus a bias.
///
/// `x`: shape `[..., features]`. The same in training and in inference: no sample knows of another.
///
/// **Source**: Ba, Kiros, Hinton: Layer normalization, 2016.
public struct LayerNorm: Layer {
  /// Shape `[features]`; starts at one.
  public let gain: Parameter
  /// Shape `[features]`; starts at zero.
  public let bias: Parameter?
  /// What is added to the variance.
  public let epsilon: Double

  /// Makes a layer with parameters of its own.
  ///
  /// - Parameters:
  ///   - features: The extent of the last axis of what comes in.
  ///   - bias: Whether there is one.
  ///   - epsilon: Added to the variance; at least 0, another one is diagnosed.
  ///   - dtype: Of the parameters; floating point.
  public init(
    _ features: Int, bias: Bool = true, epsilon: Double = 1e-5, dtype: DType = .float32
  ) {
    gain = Parameter("gain", features: features, dtype, startingAt: 1)
    self.bias = bias ? Parameter("bias", features: features, dtype, startingAt: 0) : nil
    self.epsilon = epsilon
  }

  /// Records the norm.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value {
    guard input.hasFeatures(of: gain, "LayerNorm") else { return input.builder.invalid }
    return input.layerNorm(
      gain: input.builder.read(gain), bias: bias.map { input.builder.read($0) }, epsilon: epsilon)
  }

  /// `gain` and, if there is one, `bias`.
  public var namedParameters: [NamedParameter] {
    [NamedParameter("gain", gain)] + (bias.map { [NamedParameter("bias", $0)] } ?? [])
  }
}

/// RMS norm: the features of each sample divided by the root of the mean of their squares, times a gain.
///
/// `x`: shape `[..., features]`. The same in training and in inference.
///
/// **Source**: Zhang, Sennrich: Root mean square layer normalization, 2019.
public struct RMSNorm: Layer {
  /// Shape `[features]`; starts at one.
  public let gain: Parameter
  /// What is added to the mean of the squares.
  public let epsilon: Double

  /// Makes a layer with a parameter of its own.
  ///
  /// - Parameters:
  ///   - features: The extent of the last axis of what comes in.
  ///   - epsilon: Added to the mean of the squares; at least 0, another one is diagnosed.
  ///   - dtype: Of the parameter; floating point.
  public init(_ features: Int, epsilon: Double = 1e-5, dtype: DType = .float32) {
    gain = Parameter("gain", features: features, dtype, startingAt: 1)
    self.epsilon = epsilon
  }

  /// Records the norm.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value {
    guard input.hasFeatures(of: gain, "RMSNorm") else { return input.builder.invalid }
    return input.rmsNorm(gain: input.builder.read(gain), epsilon: epsilon)
  }

  /// `gain`
  public var namedParameters: [NamedParameter] { [NamedParameter("gain", gain)] }
}
