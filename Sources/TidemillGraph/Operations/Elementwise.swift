import CKernels

/// Which element types an operation takes.
package enum ElementKind: Sendable {
  case any, number, floatingPoint, bool

  func accepts(_ dtype: DType) -> Bool {
    switch self {
    case .any: true
    case .number: dtype != .bool
    case .floatingPoint: dtype.isFloatingPoint
    case .bool: dtype == .bool
    }
  }

  var text: String {
    switch self {
    case .any: "any type"
    case .number: "numbers"
    case .floatingPoint: "floating-point numbers"
    case .bool: "bool"
    }
  }
}

/// An operation that computes each element from the elements at the same position of its operands.
///
/// A new one states its opcode, what it takes and its gradient; the rest is here.
package protocol ElementwiseOperation: Operation {
  var opcode: tm_opcode { get }
  var accepts: ElementKind { get }
  var operandCount: Int { get }
}

extension ElementwiseOperation {
  package var accepts: ElementKind { .floatingPoint }
  package var operandCount: Int { 1 }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    let first = operands[0]
    for (index, operand) in operands.enumerated() {
      guard accepts.accepts(operand.dtype) else {
        throw Mistake(
          "operand \(index) is \(operand), but \(accepts.text) are needed; cast it first.")
      }
      guard operand.dtype == first.dtype else {
        throw Mistake(
          "operand 0 is \(first), but operand \(index) is \(operand); cast one of them.")
      }
      guard operand.shape == first.shape else {
        throw Mistake(
          "operand 0 has shape \(first.shape), but operand \(index) has \(operand.shape).")
      }
    }
    return first
  }

  package var lowering: Lowering { .elementwise(ScalarFunction(opcode)) }
}

extension Value {
  /// Records an operation on two values, broadcast to a common shape.
  func combined(_ operation: any Operation, with other: Value) -> Value {
    guard isValid, other.isValid else { return builder.apply(operation, self, other) }
    guard let shape = Shape.broadcast(self.shape, other.shape) else {
      let axis = mismatchedAxis(self.shape, other.shape)
      return builder.diagnose(
        "\(operation.name): the shapes \(self.shape) and \(other.shape) do not broadcast: \(axis)")
    }
    return builder.apply(operation, broadcast(to: shape), other.broadcast(to: shape))
  }

  private func mismatchedAxis(_ lhs: Shape, _ rhs: Shape) -> String {
    for fromLast in 0..<Swift.min(lhs.rank, rhs.rank) {
      let (left, right) = (lhs[lhs.rank - 1 - fromLast], rhs[rhs.rank - 1 - fromLast])
      if left != right && left != 1 && right != 1 {
        return "axis \(lhs.rank - 1 - fromLast) of the left has \(left) elements, axis "
          + "\(rhs.rank - 1 - fromLast) of the right \(right); they must be equal, or one of them 1."
      }
    }
    return "they differ."
  }
}
