import TidemillGraph

/// Layers side by side on one input, whose results are put one after the other.
///
/// ```swift
/// Parallel {
///   Linear(64, 16)
///   Sequential { Linear(64, 32); Tanh() }
/// }   // [batch, 64] -> [batch, 48]
/// ```
public struct Parallel: Layer {
  /// The layers.
  public let layers: [any Layer]
  private let axis: Int

  /// Makes a layer of layers written one below the other.
  ///
  /// - Parameters:
  ///   - axis: Along which results are joined; negative ones count from the last.
  ///   - layers: At least one; results are equal in all other axes.
  public init(axis: Int = -1, @LayerBuilder _ layers: () -> [any Layer]) {
    self.layers = layers()
    self.axis = axis
  }

  /// Records all layers, each in a scope of its name or number, and joins their results.
  ///
  /// Diagnoses two layers of one name, and results that do not fit together.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value {
    layers.checkNames("Parallel", in: input.builder)
    let results = layers.named.map { $0.layer.recorded(as: $0.name, input, mode) }
    return input.builder.concatenate(results, axis: axis)
  }

  /// Every layer's, with its name or number and a dot in front.
  public var namedParameters: [NamedParameter] { layers.namedParameters }
}
