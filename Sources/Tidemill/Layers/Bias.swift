import TidemillGraph

/// Adds a number of its own to each feature: `x + b`.
///
/// With a shared `Linear(_:_:bias: false)` before it, layers share weights but not biases.
public struct Bias: Layer {
  /// Shape `[features]`; starts at zero.
  public let bias: Parameter

  /// Makes a layer with a parameter of its own.
  ///
  /// - Parameters:
  ///   - features: The extent of the last axis of what comes in.
  ///   - dtype: Of the parameter; floating point.
  public init(_ features: Int, dtype: DType = .float32) {
    bias = Parameter("bias", features: features, dtype, startingAt: 0)
  }

  /// Records `x + b`.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value {
    input.hasFeatures(of: bias, "Bias") ? input + input.builder.read(bias) : input.builder.invalid
  }

  /// `bias`
  public var namedParameters: [NamedParameter] { [NamedParameter("bias", bias)] }
}

/// Multiplies each feature by a number of its own: `x · s`.
public struct Scale: Layer {
  /// Shape `[features]`; starts at one.
  public let scale: Parameter

  /// Makes a layer with a parameter of its own.
  ///
  /// - Parameters:
  ///   - features: The extent of the last axis of what comes in.
  ///   - dtype: Of the parameter; floating point.
  public init(_ features: Int, dtype: DType = .float32) {
    scale = Parameter("scale", features: features, dtype, startingAt: 1)
  }

  /// Records `x · s`.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value {
    input.hasFeatures(of: scale, "Scale")
      ? input * input.builder.read(scale) : input.builder.invalid
  }

  /// `scale`
  public var namedParameters: [NamedParameter] { [NamedParameter("scale", scale)] }
}

extension Parameter {
  /// One number for each feature, all the same at first.
  convenience init(
    _ name: String, features: Int, _ dtype: DType, startingAt first: Double
  ) {
    let type = TensorType([features], dtype)
    self.init(name, type) { seed in
      try Initializer.constant(first).tensor(type, fanIn: features, fanOut: features, seed: seed)
    }
  }
}

extension Value {
  /// Whether the last axis has as many entries as the parameter: one of extent 1 would broadcast. Diagnosed if not.
  func hasFeatures(of parameter: Parameter, _ layer: String) -> Bool {
    guard isValid else { return false }
    let features = parameter.type.shape.dimensions.last
    if shape.dimensions.last == features { return true }
    builder.diagnose(
      "\(layer): the last axis of \(type) must have \(features ?? 0) elements, one for each of the "
        + "layer's features.")
    return false
  }
}
