/// Each row of the last axis, centred and scaled to unit variance, times the gain, plus the bias: layer norm. Without
/// centring, RMS norm.
///
/// Operands: the rows; a gain and a bias, if there are any, a bias only with a gain.
package struct Norm: Operation {
  package let kind: NormKind
  package let epsilon: Double
  package let hasGain: Bool
  package let hasBias: Bool

  package var name: String { kind == .layer ? "layerNorm" : "rmsNorm" }
  package var attributes: String { "epsilon \(epsilon)" }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    let rows = operands[0]
    guard rows.dtype.isFloatingPoint, let columns = rows.shape.dimensions.last, columns > 0 else {
      throw Mistake(
        "operand 0 is \(rows), but floating-point numbers with elements in the last axis are "
          + "needed.")
    }
    for (operand, name) in zip(operands.dropFirst(), ["gain", "bias"]) {
      guard operand == TensorType([columns], rows.dtype) else {
        throw Mistake(
          "the \(name) is \(operand), but \(TensorType([columns], rows.dtype)) is needed, one "
            + "number for each entry of the last axis of \(rows).")
      }
    }
    return rows
  }

  package func cotangents(of x: [Value], result: Value, cotangent g: Value) -> [Value?] {
    let rows = NormGradient.of(x[0], g, gain: hasGain ? x[1] : nil, kind, epsilon)
    guard hasGain else { return [rows] }
    let sums = g.builder.apply(NormSums(kind: kind, epsilon: epsilon, hasBias: hasBias), x[0], g)
    return [rows] + (1..<x.count).map { NormSums.entry($0 - 1, of: sums) }
  }

  package var lowering: Lowering {
    .calls { context in
      let input = context.contiguous(0)
      let shape = Shape(rowsAndColumns(input.shape))
      context.emit(
        NormCall(
          kind, epsilon: epsilon, input: View(contiguous: input, shape),
          gain: hasGain ? context.contiguous(1).broadcast(to: shape) : nil,
          bias: hasBias ? context.contiguous(2).broadcast(to: shape) : nil,
          output: View(contiguous: context.result, shape)))
    }
  }

  /// Without gain and bias.
  fileprivate static func of(_ rows: Value, _ kind: NormKind, _ epsilon: Double) -> Value {
    let norm = Norm(kind: kind, epsilon: epsilon, hasGain: false, hasBias: false)
    return rows.builder.apply(norm, rows)
  }
}

/// The cotangent of the rows of a norm. Operands: the rows, the cotangent, and the gain, if there is one.
package struct NormGradient: Operation {
  package let kind: NormKind
  package let epsilon: Double
  package let hasGain: Bool

  package var name: String { kind == .layer ? "layerNormGradient" : "rmsNormGradient" }
  package var attributes: String { "epsilon \(epsilon)" }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType { operands[0] }

  /// Of `d = r·(h − mean(h) − u·mean(h·u))`, with `h = g·gain`, the normalised rows `u` and their scale `r`, whose
  /// derivatives are `du/dx`, which is `d` without `h`, and `dr/dx = −r²·u/n`.
  package func cotangents(of x: [Value], result d: Value, cotangent c: Value) -> [Value?] {
    let (rows, g, gain) = (x[0], x[1], hasGain ? x[2] : nil)
    let h = gain.map { g * $0 } ?? g
    let u = Norm.of(rows, kind, epsilon)
    func mean(_ value: Value) -> Value { value.mean(axes: [-1], keepingAxes: true) }
    func gradient(_ g: Value) -> Value { Self.of(rows, g, gain: nil, kind, epsilon) }
    let along = gradient(-(c * mean(h * u) + h * mean(c * u)))
    let ofRows = scale(of: rows) * (along - u * mean(c * d))
    // Linear in h, and its own transpose.
    let ofH = gradient(c)
    guard let gain else { return [ofRows, ofH] }
    return [ofRows, ofH * gain, (g * ofH).sum(axes: Array(0..<g.shape.rank - 1))]
  }

  fileprivate static func of(
    _ rows: Value, _ g: Value, gain: Value?, _ kind: NormKind, _ epsilon: Double
  ) -> Value {
    let operation = NormGradient(kind: kind, epsilon: epsilon, hasGain: gain != nil)
    return rows.builder.apply(operation, [rows, g] + (gain.map { [$0] } ?? []))
  }

  /// `1/√(variance + epsilon)` of each row.
  private func scale(of rows: Value) -> Value {
    let variance =
      kind == .layer
      ? rows.variance(axes: [-1], keepingAxes: true)
      : rows.squared().mean(axes: [-1], keepingAxes: true)
    return (variance + epsilon).rsqrt()
  }

  package var lowering: Lowering {
    .calls { context in
      let input = context.contiguous(0)
      let shape = Shape(rowsAndColumns(input.shape))
      context.emit(
        NormGradientCall(
          kind, epsilon: epsilon, input: View(contiguous: input, shape),
          cotangent: View(contiguous: context.contiguous(1), shape),
          gain: hasGain ? context.contiguous(2).broadcast(to: shape) : nil,
          output: View(contiguous: context.result, shape)))
    }
  }
}

/// The cotangents of a norm's gain and, if there is one, its bias, in one pass over the rows and their cotangent `g`:
/// `[Σ g·u, Σ g]`, shape `[1 or 2, columns]`.
package struct NormSums: Operation {
  package let kind: NormKind
  package let epsilon: Double
  package let hasBias: Bool

  package var name: String { kind == .layer ? "layerNormSums" : "rmsNormSums" }
  package var attributes: String { "epsilon \(epsilon)" }

  package func resultType(of operands: [TensorType]) throws(Mistake) -> TensorType {
    let shape = operands[0].shape
    return TensorType([hasBias ? 2 : 1, shape[shape.rank - 1]], operands[0].dtype)
  }

  /// A row of the result.
  fileprivate static func entry(_ index: Int, of sums: Value) -> Value {
    sums.slice(axis: 0, index..<index + 1).reshaped(to: [sums.shape[1]])
  }

  package func cotangents(of x: [Value], result: Value, cotangent c: Value) -> [Value?] {
    let weights = (0..<(hasBias ? 2 : 1)).map { Self.entry($0, of: c) }
    let norm = Norm(kind: kind, epsilon: epsilon, hasGain: true, hasBias: hasBias)
    return [
      NormGradient.of(x[0], x[1], gain: weights[0], kind, epsilon),
      c.builder.apply(norm, [x[0]] + weights),
    ]
  }

  package var lowering: Lowering {
    .calls { context in
      let input = context.contiguous(0)
      let shape = rowsAndColumns(input.shape)
      let (result, wide) = (context.result, hasBias ? 2 : 1)
      let parts = NormSumsCall.parts(of: shape[0])
      let partial =
        parts == 1
        ? result : context.temporary(TensorType([parts, wide, shape[1]], input.dtype))
      context.emit(
        NormSumsCall(
          kind, epsilon: epsilon, input: View(contiguous: input, Shape(shape)),
          cotangent: View(contiguous: context.contiguous(1), Shape(shape)),
          output: View(contiguous: partial, [parts, wide, shape[1]])))
      guard parts != 1 else { return }
      context.emit(
        ReduceCall(
          .sum, input: View(contiguous: partial, [1, parts, wide * shape[1]]),
          output: View(contiguous: result, [1, wide * shape[1]])))
    }
  }
}

/// All axes but the last as one.
private func rowsAndColumns(_ shape: [Int]) -> [Int] {
  [shape.dropLast().reduce(1, *), shape[shape.count - 1]]
}
