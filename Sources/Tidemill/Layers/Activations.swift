import TidemillGraph

/// A layer that is a function of each element and has no parameters.
///
/// That a layer is one tells ``TrainingFigures`` where to look for derivatives that are zero.
public protocol ActivationLayer: Layer {}

/// `max(0, x)`
public struct ReLU: ActivationLayer {
  /// Makes the layer.
  public init() {}
  /// Records `max(0, x)`.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value { input.relu() }
}

/// `x` where positive, else `slope·x`.
public struct LeakyReLU: ActivationLayer {
  private let slope: Double

  /// Makes the layer.
  public init(slope: Double = 0.01) { self.slope = slope }
  /// Records `x` where positive, else `slope·x`.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value {
    input.leakyRelu(slope: slope)
  }
}

/// `x` where positive, else `alpha·(eˣ − 1)`.
public struct ELU: ActivationLayer {
  private let alpha: Double

  /// Makes the layer.
  public init(alpha: Double = 1) { self.alpha = alpha }
  /// Records `x` where positive, else `alpha·(eˣ − 1)`.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value { input.elu(alpha: alpha) }
}

/// `scale·elu(x)`, which keeps mean 0 and variance 1 from layer to layer, with weights drawn by ``Initializer/leCun``.
public struct SELU: ActivationLayer {
  /// Makes the layer.
  public init() {}
  /// Records `scale·elu(x)`.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value { input.selu() }
}

/// `x·Φ(x)`
public struct GELU: ActivationLayer {
  /// How `Φ`, the normal distribution function, is computed.
  public enum Form: Sendable {
    /// By `erf`.
    case exact
    /// By `tanh`, within 5e-4 of `x·Φ(x)`; see `geluTanh()`.
    case tanh
  }

  private let form: Form

  /// Makes the layer.
  public init(_ form: Form = .exact) { self.form = form }
  /// Records `x·Φ(x)`.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value {
    switch form {
    case .exact: input.gelu()
    case .tanh: input.geluTanh()
    }
  }
}

/// `x·σ(x)`
public struct SiLU: ActivationLayer {
  /// Makes the layer.
  public init() {}
  /// Records `x·σ(x)`.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value { input.silu() }
}

/// `log(1 + eˣ)`
public struct Softplus: ActivationLayer {
  /// Makes the layer.
  public init() {}
  /// Records `log(1 + eˣ)`.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value { input.softplus() }
}

/// The hyperbolic tangent.
public struct Tanh: ActivationLayer {
  /// Makes the layer.
  public init() {}
  /// Records `tanh x`.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value { input.tanh() }
}

/// `1/(1 + e⁻ˣ)`
public struct Sigmoid: ActivationLayer {
  /// Makes the layer.
  public init() {}
  /// Records `σ(x)`.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value { input.sigmoid() }
}
