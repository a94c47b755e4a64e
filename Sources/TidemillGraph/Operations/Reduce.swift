/// Sum, maximum or minimum over axes, which disappear.
package struct Reduce: Operation {
  package let function: ReduceCall.Function
  /// Ascending.
  package let axes: [Int]

  package var name: String { "\(function)" }
  package var attributes: String { "axes \(axes)" }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    let shape = operands[0].shape
    guard operands[0].dtype != .bool else {
      throw Mistake("operand 0 is \(operands[0]), but numbers are needed; cast it first.")
    }
    for axis in axes {
      guard axis >= 0, axis < shape.rank else {
        throw Mistake("\(operands[0]) has no axis \(axis).")
      }
      guard function == .sum || shape[axis] > 0 else {
        throw Mistake("axis \(axis) of \(operands[0]) is empty and has no \(function).")
      }
    }
    let kept = (0..<shape.rank).filter { !axes.contains($0) }
    return TensorType(Shape(kept.map { shape[$0] }), operands[0].dtype)
  }

  /// The sum's goes to all elements, the maximum's in equal parts to those that are largest.
  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    let kept = Shape(
      x[0].shape.dimensions.enumerated().map { axes.contains($0.offset) ? 1 : $0.element })
    func spread(_ value: Value) -> Value {
      value.reshaped(to: kept).broadcast(to: x[0].shape)
    }
    guard function != .sum else { return [spread(g)] }
    let hits = (x[0] .== spread(result)).cast(to: x[0].dtype)
    return [hits * spread(g / hits.sum(axes: axes))]
  }

  /// One call for each run of neighbouring axes, the last first, on `[outer, count, inner]`.
  package var lowering: Lowering {
    .calls { context in
      var source = context.contiguous(0)
      for (position, run) in runs.enumerated().reversed() {
        let shape = source.shape
        let outer = shape[..<run.lowerBound].reduce(1, *)
        let count = shape[run].reduce(1, *)
        let inner = shape[run.upperBound...].reduce(1, *)
        let rest = Shape(Array(shape[..<run.lowerBound] + shape[run.upperBound...]))
        let target =
          position == 0
          ? context.result : context.temporary(TensorType(rest, source.dtype))
        reduce(
          View(contiguous: source, [outer, count, inner]),
          into: View(contiguous: target, [outer, inner]), context)
        source = View(contiguous: target, rest)
      }
    }
  }

  /// Long sums are done in two steps, so that there are tiles to share out; the cut depends on the shape alone.
  private func reduce(_ source: View, into target: View, _ context: any LoweringContext) {
    let (outer, count, inner) = (source.shape[0], source.shape[1], source.shape[2])
    let cut = ReductionCut(count, others: outer * inner)
    guard cut.parts > 1 else {
      context.emit(ReduceCall(function, input: source, output: target))
      return
    }
    let partial = context.temporary(TensorType([outer * cut.parts, inner], source.dtype))
    let rows = count / cut.row
    context.emit(
      ReduceCall(
        function, input: View(contiguous: source, [outer * rows, cut.row, inner]),
        output: View(contiguous: partial, [outer * rows, inner])))
    if rows < cut.parts {
      var (rest, end) = (source, partial)
      (rest.offset, end.offset) = (rest.offset + rows * cut.row, end.offset + rows)
      context.emit(
        ReduceCall(
          function, input: View(contiguous: rest, [1, count - rows * cut.row, 1]),
          output: View(contiguous: end, [1, 1])))
    }
    context.emit(
      ReduceCall(
        function, input: View(contiguous: partial, [outer, cut.parts, inner]), output: target))
  }

  /// Where the axes are the last ones, and not all of one element: how many rows there are of how many elements.
  package func rows(of shape: Shape) -> (rows: Int, count: Int)? {
    let kept = shape.rank - axes.count
    guard axes == Array(kept..<shape.rank) else { return nil }
    let count = shape.dimensions[kept...].reduce(1, *)
    guard count > 1, shape.count > 0 else { return nil }
    return (shape.count / count, count)
  }

  /// Neighbouring axes as ranges, ascending. No axes: one empty range, a copy.
  private var runs: [Range<Int>] {
    var runs: [Range<Int>] = []
    for axis in axes {
      if let last = runs.last, last.upperBound == axis {
        runs[runs.count - 1] = last.lowerBound..<axis + 1
      } else {
        runs.append(axis..<axis + 1)
      }
    }
    return runs.isEmpty ? [0..<0] : runs
  }
}

/// How long reductions are cut into parts that are reduced first.
package struct ReductionCut {
  /// Elements of each part; of the last one, those that are left.
  package let row: Int
  package let parts: Int

  /// - Parameters:
  ///   - count: Elements of one reduction.
  ///   - others: How many reductions there are: only few, of many elements, are cut.
  package init(_ count: Int, others: Int) {
    let isLong = others < 64 && count >= 1 << 15
    // A single one into 64, where that leaves elements over into one more; several must be cut evenly.
    let even = !isLong ? 1 : others == 1 ? 64 : 1 << min(count.trailingZeroBitCount, 6)
    row = count / even
    parts = even + (count % even == 0 ? 0 : 1)
  }
}

extension View {
  /// The same contiguous elements in another shape.
  init(contiguous view: View, _ shape: Shape) {
    self.init(contiguous: view.buffer, TensorType(shape, view.dtype))
    offset = view.offset
  }
}
