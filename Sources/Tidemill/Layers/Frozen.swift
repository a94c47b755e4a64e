import TidemillGraph

/// A layer whose parameters are read but not trained, made by ``Layer/frozen()``.
///
/// They are still stored and saved with the others, and gradients go through the layer to what is before it. Dropout
/// in it still drops: the mode says that, not this.
public struct Frozen: Layer, LayerWrapper {
  let layer: any Layer

  init(_ layer: any Layer) { self.layer = layer }

  /// Records what the layer computes.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value { layer(input, mode) }

  /// Those of the layer, none of them trainable.
  public var namedParameters: [NamedParameter] {
    layer.namedParameters.map { NamedParameter($0.name, $0.parameter, isTrainable: false) }
  }

  /// That of the layer.
  public var name: String? { layer.name }
}

extension Layer {
  /// The same layer, with the same parameters, but they are left out of ``trainableParameters``.
  ///
  /// ```swift
  /// let network = Sequential {
  ///   body.frozen()
  ///   Linear(256, 3)
  /// }
  /// g.minimize(loss, over: network.trainableParameters, with: Adam())
  /// ```
  public func frozen() -> Frozen { Frozen(self) }
}
