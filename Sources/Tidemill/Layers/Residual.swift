import TidemillGraph

/// What comes in plus what layers make of it: `x + f(x)`.
///
/// **Source**: He, Zhang, Ren, Sun: Deep residual learning for image recognition, 2016.
public struct Residual: Layer {
  /// `f`
  public let body: Sequential

  /// Makes the sum of the input and of layers written one below the other.
  public init(@LayerBuilder _ layers: () -> [any Layer]) { body = Sequential(layers()) }

  /// Records `x + f(x)`.
  ///
  /// Diagnoses layers that change the shape.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value {
    let change = body(input, mode)
    guard input.isValid, change.isValid else { return input.builder.invalid }
    guard change.type == input.type else {
      return input.builder.diagnose(
        "Residual: the layers make \(change.type) of \(input.type); both must be the same.")
    }
    return input + change
  }

  /// Those of the layers, by their names or numbers.
  public var namedParameters: [NamedParameter] { body.namedParameters }
}
