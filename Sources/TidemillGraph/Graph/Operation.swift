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
  /// Whether it takes and makes values of a type that is only stored, such as bfloat16. False for most: they compute.
  var takesStorageTypes: Bool { get }
  /// The cotangents of the operands, given the result's: the vector-Jacobian product x̄ = Jᵀ·ȳ, in graph operations.
  ///
  /// `nil` where the result does not depend on the operand differentiably.
  func cotangents(of operands: [Value], result: Value, cotangent: Value) -> [Value?]
  /// How it is computed.
  var lowering: Lowering { get }
}

extension Operation {
  package var attributes: String { "" }
  package var takesStorageTypes: Bool { false }

  /// The type of the result, where also none of the types is one that the operation cannot compute with.
  package func checkedResultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    let result = try resultType(of: operands)
    guard !takesStorageTypes else { return result }
    for (index, operand) in operands.enumerated() where operand.dtype.isStorageOnly {
      throw Mistake(
        "operand \(index) is \(operand), and \(operand.dtype) is for storage and matrix products; cast it to float32."
      )
    }
    guard !result.dtype.isStorageOnly else {
      throw Mistake("\(result) is for storage and matrix products; make it float32, and cast that.")
    }
    return result
  }
}

/// What is wrong with the operands of an operation, to be completed by where it happened.
package struct Mistake: Error, Hashable, Sendable {
  package let message: String
  package init(_ message: String) { self.message = message }
}
