import TidemillGraph

/// `max(0, x)`
public struct ReLU: Layer {
  /// Makes the layer.
  public init() {}
  /// Records `max(0, x)`.
  public func callAsFunction(_ input: Value) -> Value { input.relu() }
}

/// The hyperbolic tangent.
public struct Tanh: Layer {
  /// Makes the layer.
  public init() {}
  /// Records `tanh x`.
  public func callAsFunction(_ input: Value) -> Value { input.tanh() }
}

/// `1/(1 + e⁻ˣ)`
public struct Sigmoid: Layer {
  /// Makes the layer.
  public init() {}
  /// Records `σ(x)`.
  public func callAsFunction(_ input: Value) -> Value { input.sigmoid() }
}

/// `x·Φ(x)`
public struct GELU: Layer {
  /// Makes the layer.
  public init() {}
  /// Records `x·Φ(x)`.
  public func callAsFunction(_ input: Value) -> Value { input.gelu() }
}

/// `x·σ(x)`
public struct SiLU: Layer {
  /// Makes the layer.
  public init() {}
  /// Records `x·σ(x)`.
  public func callAsFunction(_ input: Value) -> Value { input.silu() }
}

/// Any function of a value as a layer without parameters.
public struct Lambda: Layer {
  private let function: @Sendable (Value) -> Value

  /// Makes a layer of a function.
  public init(_ function: @escaping @Sendable (Value) -> Value) { self.function = function }

  /// Records the function.
  public func callAsFunction(_ input: Value) -> Value { function(input) }
}
