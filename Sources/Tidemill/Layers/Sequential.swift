import TidemillGraph

/// Layers one after the other.
///
/// ```swift
/// let network = Sequential {
///   Linear(64, 256)
///   ReLU()
///   Linear(256, 10)
/// }
/// ```
public struct Sequential: Layer {
  /// The layers, first to last.
  public let layers: [any Layer]

  /// Makes a network of layers written one below the other; `if` and `for` work too.
  public init(@LayerBuilder _ layers: () -> [any Layer]) { self.layers = layers() }

  /// Makes a network of an array of layers.
  public init(_ layers: [any Layer]) { self.layers = layers }

  /// Records all layers, each in a scope of its number.
  public func callAsFunction(_ input: Value) -> Value {
    var value = input
    for (index, layer) in layers.enumerated() {
      value = input.builder.scope("\(index)") { layer(value) }
    }
    return value
  }

  /// Every layer's, with its number and a dot in front.
  public var namedParameters: [NamedParameter] {
    layers.enumerated().flatMap { index, layer in
      layer.namedParameters.map { NamedParameter("\(index).\($0.name)", $0.parameter) }
    }
  }
}

/// Collects layers written one below the other.
@resultBuilder
public enum LayerBuilder {
  /// One layer.
  public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
  /// Several layers.
  public static func buildExpression(_ layers: [any Layer]) -> [any Layer] { layers }
  /// All statements.
  public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
  /// A loop.
  public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
  /// An `if` without `else`.
  public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
  /// The first branch of an `if`.
  public static func buildEither(first: [any Layer]) -> [any Layer] { first }
  /// The other branch of an `if`.
  public static func buildEither(second: [any Layer]) -> [any Layer] { second }
}
