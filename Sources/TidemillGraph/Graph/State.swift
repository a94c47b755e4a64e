/// A tensor that outlives a run: a weight, or a statistic.
///
/// A parameter is a handle. Its numbers live in a store that sessions share; one handle used in two
/// places of a network is one shared weight.
public final class Parameter: Sendable {
  /// The last part of its name, such as `weight`.
  public let name: String
  /// Its shape and element type.
  public let type: TensorType
  private let makeInitial: @Sendable (UInt64) throws -> Tensor

  /// Makes a handle.
  ///
  /// - Parameters:
  ///   - name: The last part of its name in a network.
  ///   - type: Its shape and element type.
  ///   - initial: Gives the first numbers for a seed; called when a store is made.
  public init(
    _ name: String, _ type: TensorType,
    initial: @escaping @Sendable (_ seed: UInt64) throws -> Tensor
  ) {
    self.name = name
    self.type = type
    makeInitial = initial
  }

  /// The numbers it starts with.
  ///
  /// - Throws: what the initialiser throws; `tensor` where it gives another type.
  public func initialValue(seed: UInt64) throws -> Tensor {
    let value = try makeInitial(seed)
    guard value.type == type else {
      throw TidemillError(
        .tensor, "The parameter '\(name)' is \(type), but its initial value is \(value.type).")
    }
    return value
  }
}

/// Names a tensor in a store: a parameter itself, or what an optimiser keeps for it.
package struct StateKey: Hashable, Sendable {
  package let parameter: Parameter
  /// Empty for the parameter; otherwise what is kept for it, such as `velocity`, which starts at zero.
  package let role: String
  /// That of the parameter, unless another one is kept for it.
  package let type: TensorType

  package init(_ parameter: Parameter, role: String = "", type: TensorType? = nil) {
    self.parameter = parameter
    self.role = role
    self.type = type ?? parameter.type
  }

  package var name: String { role.isEmpty ? parameter.name : "\(parameter.name).\(role)" }

  package static func == (lhs: StateKey, rhs: StateKey) -> Bool {
    lhs.parameter === rhs.parameter && lhs.role == rhs.role && lhs.type == rhs.type
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(parameter))
    hasher.combine(role)
  }
}

/// Numbers that are part of a graph; equal only to themselves, so that comparing graphs is cheap.
package struct ConstantData: Hashable, Sendable {
  package let tensor: Tensor

  package init(_ tensor: Tensor) { self.tensor = tensor }

  package static func == (lhs: ConstantData, rhs: ConstantData) -> Bool {
    lhs.tensor.storage === rhs.tensor.storage && lhs.tensor.type == rhs.tensor.type
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(tensor.storage))
  }
}
