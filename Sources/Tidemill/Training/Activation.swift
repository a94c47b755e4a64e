import TidemillGraph

/// The function between two layers.
public enum Activation: String, Codable, Sendable, CaseIterable {
  /// `max(0, x)`
  case relu
  /// `x` where positive, else `0.01·x`
  case leakyReLU = "leaky-relu"
  /// `x` where positive, else `eˣ − 1`
  case elu
  /// `scale·elu(x)`; see ``SELU``.
  case selu
  /// The hyperbolic tangent.
  case tanh
  /// `1/(1 + e⁻ˣ)`
  case sigmoid
  /// `x·Φ(x)`
  case gelu
  /// `x·Φ(x)`, with `Φ` by the hyperbolic tangent.
  case geluTanh = "gelu-tanh"
  /// `x·σ(x)`
  case silu
  /// `log(1 + eˣ)`
  case softplus
  /// Nothing: a stack of linear layers equals a single one.
  case linear

  /// The layer; none for `linear`.
  var layer: (any Layer)? {
    switch self {
    case .relu: ReLU()
    case .leakyReLU: LeakyReLU()
    case .elu: ELU()
    case .selu: SELU()
    case .tanh: Tanh()
    case .sigmoid: Sigmoid()
    case .gelu: GELU()
    case .geluTanh: GELU(.tanh)
    case .silu: SiLU()
    case .softplus: Softplus()
    case .linear: nil
    }
  }

  /// What keeps signals at their size through this function.
  var initializer: Initializer {
    switch self {
    case .relu, .leakyReLU, .elu, .gelu, .geluTanh, .silu, .softplus: .he
    case .selu: .leCun
    case .tanh, .sigmoid, .linear: .glorot
    }
  }
}
