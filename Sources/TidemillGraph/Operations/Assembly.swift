// Tensors put together from parts, by copies.

/// The operand's elements at `start, start + step, ...` of each axis of a larger tensor of zeros.
package struct Pad: Operation {
  package let shape: Shape
  package let starts: [Int]
  package let steps: [Int]
  package var takesStorageTypes: Bool { true }
  package var name: String { "pad" }
  package var attributes: String { "\(shape) from \(starts) step \(steps)" }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    let source = operands[0].shape
    guard source.rank == shape.rank, starts.count == shape.rank, steps.count == shape.rank else {
      throw Mistake("\(operands[0]) has \(source.rank) axes, the padded shape \(shape.rank).")
    }
    for axis in 0..<shape.rank where source[axis] > 0 {
      guard starts[axis] >= 0, steps[axis] >= 1,
        starts[axis] + (source[axis] - 1) * steps[axis] < shape[axis]
      else { throw Mistake("axis \(axis) of \(operands[0]) does not fit into \(shape).") }
    }
    return TensorType(shape, operands[0].dtype)
  }

  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    [
      g.builder.apply(
        Slice(starts: starts, steps: steps, extents: x[0].shape.dimensions), g)
    ]
  }

  package var lowering: Lowering {
    .calls { context in
      let source = context.operand(0)
      context.emit(ElementwiseCall.fill(context.result, with: 0))
      context.emit(
        ElementwiseCall.copy(
          source,
          to: context.result.sliced(starts: starts, steps: steps, extents: source.shape)))
    }
  }
}

/// Tensors one after the other along an axis.
package struct Concatenate: Operation {
  package let axis: Int
  package var takesStorageTypes: Bool { true }
  package var name: String { "concatenate" }
  package var attributes: String { "axis \(axis)" }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    guard let first = operands.first else { throw Mistake("there is nothing to concatenate.") }
    guard axis >= 0, axis < first.shape.rank else {
      throw Mistake("operand 0, \(first), has no axis \(axis).")
    }
    var extents = first.shape.dimensions
    extents[axis] = 0
    for (index, operand) in operands.enumerated() {
      guard operand.dtype == first.dtype, operand.shape.rank == first.shape.rank else {
        throw Mistake("operand 0 is \(first), but operand \(index) is \(operand).")
      }
      for other in 0..<first.shape.rank where other != axis {
        guard operand.shape[other] == first.shape[other] else {
          throw Mistake(
            "axis \(other) of operand 0 has \(first.shape[other]) elements, of operand \(index) "
              + "\(operand.shape[other]); only axis \(axis) may differ.")
        }
      }
      extents[axis] += operand.shape[axis]
    }
    return TensorType(Shape(extents), first.dtype)
  }

  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    var start = 0
    return x.map { operand in
      defer { start += operand.shape[axis] }
      return g.slice(axis: axis, start..<start + operand.shape[axis])
    }
  }

  package var lowering: Lowering {
    .calls { context in
      var start = 0
      var operand = 0
      let extent = context.result.shape[axis]
      while start < extent {
        let source = context.operand(operand)
        let end = start + source.shape[axis]
        context.emit(
          ElementwiseCall.copy(source, to: context.result.sliced(axis: axis, start..<end)))
        start = end
        operand += 1
      }
    }
  }
}
