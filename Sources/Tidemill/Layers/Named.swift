import TidemillGraph

/// A layer with a name of one's own, made by ``Layer/named(_:)``.
public struct Named: Layer, LayerWrapper {
  let layer: any Layer
  /// What a layer of layers calls this one.
  public let name: String?

  init(_ layer: any Layer, _ name: String) {
    self.layer = layer
    self.name = name
  }

  /// Records what the layer computes.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value { layer(input, mode) }

  /// Those of the layer.
  public var namedParameters: [NamedParameter] { layer.namedParameters }
}

extension Layer {
  /// The same layer with a name, which a layer of layers uses in place of its number: in the names of
  /// parameters, in errors, profiles and summaries.
  ///
  /// - Parameter name: Distinct within the larger layer, without dots and slashes.
  public func named(_ name: String) -> Named { Named(self, name) }
}
