import TidemillGraph
import TidemillRuntime

/// A piece of a network: parameters, and what it does to a value.
///
/// A layer is a description and holds no numbers; the same layer used twice shares its weights.
///
/// ```swift
/// struct Gated: Layer {
///   let gate: Linear
///   func callAsFunction(_ x: Value, _ mode: Mode) -> Value { x * gate(x, mode).sigmoid() }
///   var namedParameters: [NamedParameter] { gate.namedParameters }
/// }
/// ```
///
/// A layer of layers hands on the mode. One that has several hands on names too, by ``recorded(as:_:_:)`` and
/// ``namedParameters(as:)``.
public protocol Layer: Sendable {
  /// Records what the layer computes.
  ///
  /// - Parameters:
  ///   - input: What comes in.
  ///   - mode: What it is recorded for; most layers do the same for both.
  func callAsFunction(_ input: Value, _ mode: Mode) -> Value
  /// The layer's parameters, by names that are distinct within it.
  var namedParameters: [NamedParameter] { get }
  /// What a layer of layers calls this one, in place of its number; see ``named(_:)``.
  var name: String? { get }
}

extension Layer {
  /// No parameters.
  public var namedParameters: [NamedParameter] { [] }

  /// None.
  public var name: String? { nil }

  /// Records what the layer computes in inference.
  public func callAsFunction(_ input: Value) -> Value { self(input, .inference) }

  /// Makes a store with the first numbers of all parameters, those that are not trained included.
  ///
  /// - Parameter seed: The same seed gives the same bits, wherever the C library's `log` and `cos` do.
  /// - Throws: `store` where two parameters have one name.
  public func initialize(seed: UInt64) throws -> ParameterStore {
    try ParameterStore(namedParameters.map { ($0.name, $0.parameter) }, seed: seed)
  }
}
