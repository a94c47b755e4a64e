import TidemillGraph

/// A parameter and its name within a network, such as `0.weight`.
public struct NamedParameter: Sendable {
  /// The name; layers of layers put theirs in front, with a dot.
  public let name: String
  /// The handle.
  public let parameter: Parameter
  /// Whether training changes it; see ``Frozen``.
  public let isTrainable: Bool

  /// Makes a pair.
  public init(_ name: String, _ parameter: Parameter, isTrainable: Bool = true) {
    self.name = name
    self.parameter = parameter
    self.isTrainable = isTrainable
  }
}

extension Layer {
  /// The layer's parameters, in order; one that is shared comes as often as it is used.
  public var parameters: [Parameter] { namedParameters.map(\.parameter) }

  /// The parameters that training changes, each once, in order.
  ///
  /// One that a ``Frozen`` layer has is not among them, wherever else it is used.
  public var trainableParameters: [Parameter] { trainableParameters { _ in true } }

  /// The parameters that training changes and whose names meet a condition, each once, in order.
  ///
  /// ```swift
  /// let biases = network.trainableParameters { $0.hasSuffix("bias") }
  /// let others = network.trainableParameters { !$0.hasSuffix("bias") }
  /// g.minimize(
  ///   loss,
  ///   over: [
  ///     ParameterGroup(biases, with: SGD(learningRate: rate)),
  ///     ParameterGroup(others, with: SGD(learningRate: rate, weightDecay: 1e-4)),
  ///   ])
  /// ```
  ///
  /// - Parameter isIncluded: Told a name; of a parameter that is shared, the first one, which is that in a store.
  public func trainableParameters(
    where isIncluded: (_ name: String) throws -> Bool
  ) rethrows -> [Parameter] {
    let all = namedParameters
    let frozen = Set(all.filter { !$0.isTrainable }.map { ObjectIdentifier($0.parameter) })
    return try all.distinct
      .filter { try !frozen.contains(ObjectIdentifier($0.parameter)) && isIncluded($0.name) }
      .map(\.parameter)
  }

  /// The number of numbers in all parameters; a shared one counts once.
  ///
  /// `Int.max` where they cannot be counted.
  public var parameterCount: Int { namedParameters.distinct.map(\.parameter).elementCount }
}

extension [NamedParameter] {
  /// Each parameter once, by the first of its names.
  var distinct: [NamedParameter] {
    var seen: Set<ObjectIdentifier> = []
    return filter { seen.insert(ObjectIdentifier($0.parameter)).inserted }
  }
}

extension [Parameter] {
  /// The sum of elements, or `Int.max`.
  var elementCount: Int {
    reduce(0) { total, parameter in
      let (sum, overflow) = total.addingReportingOverflow(parameter.type.shape.count)
      return overflow ? .max : sum
    }
  }
}
