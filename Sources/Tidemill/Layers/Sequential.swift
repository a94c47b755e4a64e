import TidemillGraph

/// Layers one after the other.
///
/// ```swift
/// let network = Sequential {
///   Linear(64, 256).named("hidden")
///   ReLU()
///   Dropout(0.5)
///   Linear(256, 10)
/// }
/// network.namedParameters.map(\.name)   // hidden.weight, hidden.bias, 3.weight, 3.bias
/// ```
public struct Sequential: Layer {
  /// The layers, first to last.
  public let layers: [any Layer]

  /// Makes a network of layers written one below the other; `if` and `for` work too.
  public init(@LayerBuilder _ layers: () -> [any Layer]) { self.layers = layers() }

  /// Makes a network of an array of layers.
  public init(_ layers: [any Layer]) { self.layers = layers }

  /// Records all layers, each in a scope of its name or number.
  ///
  /// Diagnoses two layers of one name.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value {
    layers.checkNames("Sequential", in: input.builder)
    return layers.named.reduce(input) { value, part in
      part.layer.recorded(as: part.name, value, mode)
    }
  }

  /// Every layer's, with its name or number and a dot in front.
  public var namedParameters: [NamedParameter] { layers.namedParameters }
}
