// The same elements seen in another way: nothing is computed, and mostly nothing is copied.

package struct Reshape: Operation {
  package let shape: Shape
  package var takesStorageTypes: Bool { true }
  package var name: String { "reshape" }
  package var attributes: String { "\(shape)" }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    guard shape.isValid, shape.count == operands[0].shape.count else {
      throw Mistake(
        "\(operands[0]) has \(operands[0].shape.count) elements and cannot become \(shape).")
    }
    return TensorType(shape, operands[0].dtype)
  }

  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    [g.reshaped(to: x[0].shape)]
  }

  package var lowering: Lowering { .view { $0.reshaped(to: shape) } }
}

package struct Transpose: Operation {
  package let permutation: [Int]

  package init(permutation: [Int]) { self.permutation = permutation }

  package var takesStorageTypes: Bool { true }
  package var name: String { "transpose" }
  package var attributes: String { "\(permutation)" }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    let shape = operands[0].shape
    guard permutation.sorted() == Array(0..<shape.rank) else {
      throw Mistake("\(permutation) is not an order of the \(shape.rank) axes of \(operands[0]).")
    }
    return TensorType(Shape(permutation.map { shape[$0] }), operands[0].dtype)
  }

  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    [g.transposed(permutation.indices.map { permutation.firstIndex(of: $0) ?? $0 })]
  }

  package var lowering: Lowering { .view { $0.transposed(permutation) } }
}

/// Repeats extents of 1, and adds axes in front.
package struct Broadcast: Operation {
  package let shape: Shape
  package var takesStorageTypes: Bool { true }
  package var name: String { "broadcast" }
  package var attributes: String { "\(shape)" }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    guard Shape.broadcast(operands[0].shape, shape) == shape else {
      throw Mistake("\(operands[0]) does not broadcast to \(shape).")
    }
    return TensorType(shape, operands[0].dtype)
  }

  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    let source = x[0].shape
    let added = shape.rank - source.rank
    let repeated = (0..<shape.rank).filter { axis in
      axis < added || (source[axis - added] == 1 && shape[axis] != 1)
    }
    return [g.widened { $0.sum(axes: repeated) }.reshaped(to: source)]
  }

  package var lowering: Lowering { .view { $0.broadcast(to: shape) } }
}

/// Elements `start, start + step, ...` along each axis.
package struct Slice: Operation {
  package let starts: [Int]
  package let steps: [Int]
  package let extents: [Int]
  package var takesStorageTypes: Bool { true }
  package var name: String { "slice" }
  package var attributes: String { "from \(starts) step \(steps) extents \(extents)" }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    let shape = operands[0].shape
    guard starts.count == shape.rank, steps.count == shape.rank, extents.count == shape.rank else {
      throw Mistake("\(operands[0]) has \(shape.rank) axes, but \(starts.count) ranges were given.")
    }
    for axis in 0..<shape.rank {
      // In this order: nothing is multiplied before it is known to be small.
      guard steps[axis] >= 1, (0...shape[axis]).contains(starts[axis]),
        (0...shape[axis] - starts[axis]).contains(extents[axis]),
        extents[axis] == 0
          || starts[axis] + (extents[axis] - 1) * steps[axis] < shape[axis]
      else {
        throw Mistake(
          "axis \(axis) of \(operands[0]) has \(shape[axis]) elements; \(extents[axis]) from "
            + "\(starts[axis]) in steps of \(steps[axis]) do not fit.")
      }
    }
    return TensorType(Shape(extents), operands[0].dtype)
  }

  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    [g.builder.apply(Pad(shape: x[0].shape, starts: starts, steps: steps), g)]
  }

  package var lowering: Lowering {
    .view { $0.sliced(starts: starts, steps: steps, extents: extents) }
  }
}

/// The value itself, through which no gradient flows.
package struct StopGradient: Operation {
  package var takesStorageTypes: Bool { true }
  package var name: String { "stopGradient" }
  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType { operands[0] }
  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] { [nil] }
  package var lowering: Lowering { .view { $0 } }
}
