import CKernels

/// Each element's position along an axis.
package struct Iota: Operation {
  package let type: TensorType
  package let axis: Int

  package var name: String { "iota" }
  package var attributes: String { "axis \(axis)" }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    guard axis >= 0, axis < type.shape.rank else {
      throw Mistake("the shape \(type.shape) has no axis \(axis).")
    }
    guard type.dtype != .bool else { throw Mistake("positions are numbers, not bool.") }
    return type
  }

  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] { [] }

  package var lowering: Lowering {
    let inner = type.shape.dimensions[(axis + 1)...].reduce(1, *)
    return .elementwise(
      ScalarFunction(TM_IOTA, parameters: (max(inner, 1), max(type.shape[axis], 1))))
  }
}

/// Uniform random numbers in `[0, 1)` from Philox 4x32-10.
///
/// A function of the session's seed, its step, the stream and the element's position: the same for any
/// tiling and thread count, and when computed again.
package struct RandomUniform: Operation {
  package let type: TensorType
  package let stream: Int

  package var name: String { "uniform" }
  package var attributes: String { "stream \(stream)" }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    guard type.dtype.isFloatingPoint else {
      throw Mistake("random numbers of type \(type.dtype) are not possible; cast them afterwards.")
    }
    return type
  }

  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] { [] }

  package var lowering: Lowering {
    .elementwise(ScalarFunction(TM_UNIFORM, parameters: (stream, 0)))
  }
}
