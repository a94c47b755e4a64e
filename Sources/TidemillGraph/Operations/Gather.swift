/// Entries of a table along an axis, picked by integers: `result[o, i, e] = table[o, indices[i], e]`.
///
/// The axes of the indices take the place of the table's axis. An index outside of the axis stops the run.
package struct Gather: Operation {
  package let axis: Int
  package var takesStorageTypes: Bool { true }
  package var name: String { "gather" }
  package var attributes: String { "axis \(axis)" }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    let (table, indices) = (operands[0], operands[1])
    guard axis >= 0, axis < table.shape.rank else {
      throw Mistake("the table, \(table), has no axis \(axis).")
    }
    guard indices.dtype.isInteger else {
      throw Mistake("the indices are \(indices), but integers are needed; cast them.")
    }
    let shape = table.shape.dimensions
    return TensorType(
      Shape(shape[..<axis] + indices.shape.dimensions + shape[(axis + 1)...]), table.dtype)
  }

  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    let sum = ScatterAdd(axis: axis, entries: x[0].shape[axis])
    return [g.widened { $0.builder.apply(sum, $0, x[1]) }, nil]
  }

  package var lowering: Lowering {
    .calls { context in
      let (table, indices) = (context.contiguous(0), context.contiguous(1))
      let outer = table.shape[..<axis].reduce(1, *)
      let width = table.shape[(axis + 1)...].reduce(1, *)
      context.emit(
        GatherCall(
          table: View(contiguous: table, [outer, table.shape[axis], width]),
          indices: View(contiguous: indices, [indices.count]),
          output: View(contiguous: context.result, [outer, indices.count, width])))
    }
  }
}

/// Zeros with updates added at positions along an axis, in the order of the indices: the reverse of gather.
package struct ScatterAdd: Operation {
  package let axis: Int
  /// Of the result's axis.
  package let entries: Int
  package var name: String { "scatterAdd" }
  package var attributes: String { "axis \(axis) of \(entries)" }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    let (updates, indices) = (operands[0], operands[1])
    guard indices.dtype.isInteger, updates.dtype != .bool, entries >= 0 else {
      throw Mistake("operands are \(updates) and \(indices), but numbers and integers are needed.")
    }
    let shape = updates.shape.dimensions
    let last = shape.count - indices.shape.rank
    guard axis >= 0, axis <= last,
      Array(shape[axis..<axis + indices.shape.rank]) == indices.shape.dimensions
    else {
      throw Mistake("the updates, \(updates), have no axes \(indices.shape) at axis \(axis).")
    }
    return TensorType(
      Shape(shape[..<axis] + [entries] + shape[(axis + indices.shape.rank)...]), updates.dtype)
  }

  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    [g.builder.apply(Gather(axis: axis), g, x[1]), nil]
  }

  package var lowering: Lowering {
    .calls { context in
      let (updates, indices) = (context.contiguous(0), context.contiguous(1))
      let outer = updates.shape[..<axis].reduce(1, *)
      let width = updates.shape[(axis + indices.shape.count)...].reduce(1, *)
      context.emit(
        ScatterAddCall(
          updates: View(contiguous: updates, [outer, indices.count, width]),
          indices: View(contiguous: indices, [indices.count]),
          output: View(contiguous: context.result, [outer, entries, width])))
    }
  }
}
