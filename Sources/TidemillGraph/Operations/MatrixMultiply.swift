/// `result[..., i, j] = Σₚ lhs[..., i, p]·rhs[..., p, j]`; leading axes are batches and are equal.
///
/// Of two bfloat16 the product is float32, in which it is summed. Transposed operands
/// are views, so the four transposes need no operation of their own.
package struct MatrixMultiply: Operation {
  package var takesStorageTypes: Bool { true }
  package var name: String { "matmul" }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    let (lhs, rhs) = (operands[0], operands[1])
    guard lhs.dtype == rhs.dtype, lhs.dtype.isFloatingPoint else {
      throw Mistake("operands are \(lhs) and \(rhs); both must be of one floating-point type.")
    }
    let rank = lhs.shape.rank
    guard rank >= 2, rhs.shape.rank == rank else {
      throw Mistake(
        "operands are \(lhs) and \(rhs); both need the same number of axes, two or more.")
    }
    guard lhs.shape[rank - 1] == rhs.shape[rank - 2] else {
      throw Mistake(
        "axis \(rank - 1) of the left operand, \(lhs), has \(lhs.shape[rank - 1]) elements, but axis "
          + "\(rank - 2) of the right, \(rhs), has \(rhs.shape[rank - 2]); they must be equal.")
    }
    let batch = lhs.shape.dimensions.dropLast(2)
    guard batch == rhs.shape.dimensions.dropLast(2) else {
      throw Mistake("the batches of \(lhs) and \(rhs) differ.")
    }
    return TensorType(
      Shape(batch + [lhs.shape[rank - 2], rhs.shape[rank - 1]]),
      lhs.dtype == .bfloat16 ? .float32 : lhs.dtype)
  }

  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    // Of bfloat16 operands the cotangent is rounded to their type, and each product too.
    let type = x[0].dtype
    let c = g.cast(to: type)
    // ... M N · (... K N)ᵀ -> ... M K        (... M K)ᵀ · ... M N -> ... K N
    return [
      c.matmul(x[1].matrixTransposed()).cast(to: type),
      x[0].matrixTransposed().matmul(c).cast(to: type),
    ]
  }

  /// One call where the batches of each operand are evenly spaced, else one for each outermost entry.
  package var lowering: Lowering {
    .calls { context in
      emit(context.operand(0), context.operand(1), context.result, context)
    }
  }

  private func emit(_ a: View, _ b: View, _ c: View, _ context: any LoweringContext) {
    if let a = batched(a), let b = batched(b), let c = batched(c) {
      context.emit(GemmCall(a: a, b: b, c: c, blocks: context.blocks))
      return
    }
    for entry in 0..<c.shape[0] {
      emit(a.entry(entry), b.entry(entry), c.entry(entry), context)
    }
  }

  /// All leading axes as one, or `nil` where no single stride walks them.
  private func batched(_ view: View) -> View? {
    let rank = view.shape.count
    let batch = view.shape[..<(rank - 2)].reduce(1, *)
    var stride = 0
    var expected: Int?
    for axis in (0..<rank - 2).reversed() where view.shape[axis] != 1 {
      if let expected {
        guard view.strides[axis] == expected else { return nil }
      } else {
        stride = view.strides[axis]
      }
      expected = view.strides[axis] * view.shape[axis]
    }
    var result = view
    result.shape = [batch, view.shape[rank - 2], view.shape[rank - 1]]
    result.strides = [stride, view.strides[rank - 2], view.strides[rank - 1]]
    return result
  }
}

extension View {
  /// One entry of the first axis, without that axis.
  fileprivate func entry(_ index: Int) -> View {
    var view = sliced(axis: 0, index..<index + 1)
    view.shape.removeFirst()
    view.strides.removeFirst()
    return view
  }
}
