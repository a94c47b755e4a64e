import CKernels

/// Compares two values element by element; the result is bool and has no gradient.
package struct Comparison: ElementwiseOperation {
  package enum Relation: String, Sendable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  }

  package let relation: Relation

  package init(_ relation: Relation) { self.relation = relation }

  package var name: String { relation.rawValue }
  package var accepts: ElementKind { .any }
  package var operandCount: Int { 2 }

  package var opcode: tm_opcode {
    switch relation {
    case .equal: TM_EQ
    case .notEqual: TM_NE
    case .less: TM_LT
    case .lessOrEqual: TM_LE
    case .greater: TM_GT
    case .greaterOrEqual: TM_GE
    }
  }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    guard operands[0] == operands[1] else {
      throw Mistake(
        "operand 0 is \(operands[0]), but operand 1 is \(operands[1]); cast one of them.")
    }
    return TensorType(operands[0].shape, .bool)
  }

  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    [nil, nil]
  }
}

/// And, or, not.
package struct Logic: ElementwiseOperation {
  package enum Connective: String, Sendable { case and, or, not }

  package let connective: Connective

  package init(_ connective: Connective) { self.connective = connective }

  package var name: String { connective.rawValue }
  package var accepts: ElementKind { .bool }
  package var operandCount: Int { connective == .not ? 1 : 2 }

  package var opcode: tm_opcode {
    switch connective {
    case .and: TM_AND
    case .or: TM_OR
    case .not: TM_NOT
    }
  }

  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    x.map { _ in nil }
  }
}

/// The second operand where the first is true, the third elsewhere.
package struct Select: ElementwiseOperation {
  package var takesStorageTypes: Bool { true }
  package var name: String { "select" }
  package var opcode: tm_opcode { TM_SELECT }
  package var accepts: ElementKind { .any }
  package var operandCount: Int { 3 }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    guard operands[0].dtype == .bool else {
      throw Mistake(
        "the condition is \(operands[0]), but bool is needed; compare it with something.")
    }
    guard operands[1] == operands[2], operands[0].shape == operands[1].shape else {
      throw Mistake(
        "the condition is \(operands[0]), the choices are \(operands[1]) and \(operands[2]); shapes "
          + "must be equal, and the choices of one type.")
    }
    return operands[1]
  }

  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    [nil, select(x[0], g, g.like(0)), select(x[0], g.like(0), g)]
  }
}

/// The same numbers in another type: towards zero and saturating from floating point to integers.
package struct Cast: ElementwiseOperation {
  package let dtype: DType
  package var takesStorageTypes: Bool { true }
  package var name: String { "cast" }
  package var attributes: String { "\(dtype)" }
  package var opcode: tm_opcode { TM_CAST }
  package var accepts: ElementKind { .any }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    TensorType(operands[0].shape, dtype)
  }

  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    x[0].dtype.isFloatingPoint && dtype.isFloatingPoint ? [g.cast(to: x[0].dtype)] : [nil]
  }
}
