import TidemillGraph

/// Any function of a value as a layer without parameters.
public struct Lambda: Layer {
  private let function: @Sendable (Value) -> Value

  /// Makes a layer of a function.
  public init(_ function: @escaping @Sendable (Value) -> Value) { self.function = function }

  /// Records the function.
  public func callAsFunction(_ input: Value, _ mode: Mode) -> Value { function(input) }
}
