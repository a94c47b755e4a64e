import TidemillGraph
import TidemillRuntime

/// A piece of a network: parameters, and what it does to a value.
///
/// A layer is a description and holds no numbers; the same layer used twice shares its weights.
///
/// ```swift
/// struct Residual: Layer {
///   let inner: Linear
///   func callAsFunction(_ x: Value) -> Value { x + inner(x).relu() }
///   var namedParameters: [NamedParameter] { inner.namedParameters }
/// }
/// ```
public protocol Layer: Sendable {
  /// Records what the layer computes.
  func callAsFunction(_ input: Value) -> Value
  /// The layer's parameters, by names that are distinct within it.
  var namedParameters: [NamedParameter] { get }
}

/// A parameter and its name within a network, such as `0.weight`.
public struct NamedParameter: Sendable {
  /// The name; layers of layers put theirs in front, with a dot.
  public let name: String
  /// The handle.
  public let parameter: Parameter

  /// Makes a pair.
  public init(_ name: String, _ parameter: Parameter) {
    self.name = name
    self.parameter = parameter
  }
}

extension Layer {
  /// No parameters.
  public var namedParameters: [NamedParameter] { [] }

  /// The layer's parameters, in order.
  public var parameters: [Parameter] { namedParameters.map(\.parameter) }

  /// The number of numbers in all parameters.
  ///
  /// `Int.max` where they cannot be counted.
  public var parameterCount: Int {
    parameters.reduce(0) { total, parameter in
      let (sum, overflow) = total.addingReportingOverflow(parameter.type.shape.count)
      return overflow ? .max : sum
    }
  }

  /// Makes a store with the first numbers of all parameters.
  ///
  /// - Parameter seed: The same seed gives the same bits, wherever the C library's `log` and `cos` do.
  /// - Throws: `store` where two parameters have one name.
  public func initialize(seed: UInt64) throws -> ParameterStore {
    try ParameterStore(namedParameters.map { ($0.name, $0.parameter) }, seed: seed)
  }
}
