/// A kind of node: its type rule, its gradient, and how it is computed.
///
/// Operations are small values; two that are equal and have the same operands compute the same, so one
/// of them is enough. See docs/adding-an-operation.md.
package protocol Operation: Hashable, Sendable {
  /// The field's name, as users and profiles see it.
  var name: String { get }
  /// What distinguishes it from others of its name: axes, permutation, ... Empty for most.
  var attributes: String { get }
  /// The type of the result, or a mistake that says which operand does not fit.
  func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType
  /// The cotangents of the operands, given the result's: the vector-Jacobian product x̄ = Jᵀ·ȳ, in graph operations.
  ///
  /// `nil` where the result does not depend on the operand differentiably.
  func cotangents(of operands: [Value], result: Value, cotangent: Value) -> [Value?]
  /// How it is computed.
  var lowering: Lowering { get }
}

extension Operation {
  package var attributes: String { "" }
}

/// What is wrong with the operands of an operation, to be completed by where it happened.
package struct Mistake: Error, Hashable, Sendable {
  package let message: String
  package init(_ message: String) { self.message = message }
}
