extension Value {
  /// The sum over axes, in an order that depends on the shape alone; integers wrap around.
  ///
  /// - Parameters:
  ///   - axes: All of them if left out; negative ones count from the last.
  ///   - keepingAxes: Whether reduced axes stay, with extent 1.
  public func sum(axes: [Int]? = nil, keepingAxes: Bool = false) -> Value {
    reduced(.sum, axes, keepingAxes)
  }

  /// The mean over axes; see ``sum(axes:keepingAxes:)``.
  ///
  /// That of nothing is 0, unlike NumPy's NaN: the loss of a batch without entries then changes no parameter.
  public func mean(axes: [Int]? = nil, keepingAxes: Bool = false) -> Value {
    guard let reduced = normalized(axes, "mean") else { return builder.invalid }
    guard dtype.isFloatingPoint else {
      return builder.diagnose("mean: \(type) has no fractions; cast it to floating point first.")
    }
    let count = reduced.reduce(1) { $0 * shape[$1] }
    return sum(axes: axes, keepingAxes: keepingAxes) * (1 / Double(Swift.max(count, 1)))
  }

  /// The largest element over axes; NaN where there is one, and of zeros of both signs either.
  ///
  /// **Gradient**: in equal parts to the elements that are largest; NaN where the result is.
  public func max(axes: [Int]? = nil, keepingAxes: Bool = false) -> Value {
    reduced(.max, axes, keepingAxes)
  }

  /// The smallest element over axes; NaN where there is one, and of zeros of both signs either.
  ///
  /// **Gradient**: in equal parts to the elements that are smallest; NaN where the result is.
  public func min(axes: [Int]? = nil, keepingAxes: Bool = false) -> Value {
    reduced(.min, axes, keepingAxes)
  }

  /// The position of the largest element along an axis, which disappears, as int32. No gradient.
  ///
  /// - Parameter axis: With at least one element; negative ones count from the last.
  /// - Returns: The first of equals; the first NaN where there is one.
  public func argmax(axis: Int = -1) -> Value { over(.argmax, axis, "argmax") }

  /// The position of the smallest element along an axis, which disappears, as int32; as ``argmax(axis:)``.
  public func argmin(axis: Int = -1) -> Value {
    guard isValid else { return self }
    guard dtype != .bool else {
      return builder.diagnose("argmin: \(type) is not of numbers; cast it first.")
    }
    // −1 − x turns the order of integers around and, unlike −x, keeps the least one in range.
    return (dtype.isInteger ? -1 - self : -self).over(.argmax, axis, "argmin")
  }

  /// `eˣ / Σ eˣ` along an axis. Beside an ∞, which gives NaN, finite elements give 0; a NaN makes all of them NaN.
  public func softmax(axis: Int = -1) -> Value { alongAxis(.softmax, axis) }

  /// The logarithm of the softmax along an axis, `x − log Σ eˣ`. Beside an ∞, which gives NaN, finite elements give −∞;
  /// a NaN makes all of them NaN.
  public func logSoftmax(axis: Int = -1) -> Value { alongAxis(.logSoftmax, axis) }

  /// `log Σ eˣ` over an axis, which disappears; the largest element is taken out first.
  ///
  /// - Parameter axis: With at least one element; negative ones count from the last.
  ///
  /// **Gradient**: the softmax along the axis.
  public func logSumExp(axis: Int = -1) -> Value { over(.logSumExp, axis, "logSumExp") }

  /// The matrix product over the last two axes; leading axes are batches and broadcast.
  ///
  /// `result[..., i, j] = Σₚ self[..., i, p]·other[..., p, j]`
  ///
  /// - Parameter other: Shape `[..., K, N]` for this value's `[..., M, K]`, of the same floating-point
  ///   type. A vector counts as one row on the left, one column on the right, and that axis disappears.
  /// - Returns: Shape `[..., M, N]`.
  /// - Complexity: `2·B·M·N·K` flops.
  ///
  /// **Gradient**: `g·otherᵀ` and `selfᵀ·g`.
  /// **Accuracy**: `|C − C64| ≤ K·2⁻²⁴·(|A||B|)` in float32; sums run in the order of `p`.
  public func matmul(_ other: Value) -> Value {
    guard isValid, other.isValid else { return builder.apply(MatrixMultiply(), self, other) }
    guard shape.rank > 0, other.shape.rank > 0 else {
      return builder.diagnose(
        "matmul: operands are \(type) and \(other.type); multiply by a scalar with *.")
    }
    let lhs = shape.rank == 1 ? reshaped(to: [1, shape[0]]) : self
    let rhs = other.shape.rank == 1 ? other.reshaped(to: [other.shape[0], 1]) : other
    var result = lhs.matrixProduct(rhs)
    guard result.isValid else { return result }
    var extents = result.shape.dimensions
    if other.shape.rank == 1 { extents.removeLast() }
    if shape.rank == 1 { extents.remove(at: extents.count - (other.shape.rank == 1 ? 1 : 2)) }
    result = result.reshaped(to: Shape(extents))
    return result
  }

  /// Operands of two axes or more.
  private func matrixProduct(_ rhs: Value) -> Value {
    let left = shape.dimensions.dropLast(2)
    let right = rhs.shape.dimensions.dropLast(2)
    if right.isEmpty && !left.isEmpty {
      // One matrix for the whole batch: a single, taller product.
      let rows = shape.dimensions.dropLast().reduce(1, *)
      let product = reshaped(to: [rows, shape[shape.rank - 1]]).matrixProduct(rhs)
      return product.isValid
        ? product.reshaped(to: Shape(shape.dimensions.dropLast() + [rhs.shape[1]])) : product
    }
    guard let batch = Shape.broadcast(Shape(Array(left)), Shape(Array(right))) else {
      return builder.diagnose("matmul: the batches of \(type) and \(rhs.type) do not broadcast.")
    }
    let lhs = broadcast(to: Shape(batch.dimensions + shape.dimensions.suffix(2)))
    let rhs = rhs.broadcast(to: Shape(batch.dimensions + rhs.shape.dimensions.suffix(2)))
    return builder.apply(MatrixMultiply(), lhs, rhs)
  }

  private func reduced(
    _ function: ReduceCall.Function, _ axes: [Int]?, _ keepingAxes: Bool
  ) -> Value {
    guard let axes = normalized(axes, "\(function)") else { return builder.invalid }
    guard !axes.isEmpty else { return self }
    let result = builder.apply(Reduce(function: function, axes: axes), self)
    guard keepingAxes, result.isValid else { return result }
    return result.reshaped(
      to: Shape(shape.dimensions.enumerated().map { axes.contains($0.offset) ? 1 : $0.element }))
  }

  /// Ascending, without duplicates, counted from the first; all if left out.
  func normalized(_ axes: [Int]?, _ name: String) -> [Int]? {
    guard isValid else { return nil }
    guard let axes else { return Array(0..<shape.rank) }
    let positive = axes.map(countedFromFront)
    guard positive.allSatisfy({ $0 >= 0 && $0 < shape.rank }), Set(positive).count == axes.count
    else {
      builder.diagnose("\(name): \(type) does not have the axes \(axes), or one is named twice.")
      return nil
    }
    return positive.sorted()
  }

  /// An axis counted from the front; diagnoses one that there is not.
  func counted(_ axis: Int, _ name: String) -> Int? {
    guard isValid else { return nil }
    let counted = countedFromFront(axis)
    guard counted >= 0, counted < shape.rank else {
      builder.diagnose("\(name): \(type) has no axis \(axis).")
      return nil
    }
    return counted
  }

  /// A function of rows that leaves one number for each, along any axis.
  private func over(_ function: RowCall.Function, _ axis: Int, _ name: String) -> Value {
    guard let counted = counted(axis, name) else { return builder.invalid }
    guard shape[counted] > 0 else {
      return builder.diagnose("\(name): axis \(axis) of \(type) is empty; it needs an element.")
    }
    let order = (0..<shape.rank).filter { $0 != counted } + [counted]
    return builder.apply(RowFunction(function: function), transposed(order))
  }

  private func alongAxis(_ function: RowCall.Function, _ axis: Int) -> Value {
    guard let axis = counted(axis, "\(function)") else { return builder.invalid }
    var swapped = Array(0..<shape.rank)
    swapped.swapAt(axis, shape.rank - 1)
    return builder.apply(RowFunction(function: function), transposed(swapped)).transposed(swapped)
  }
}

/// Softmax cross entropy of each row with its label.
///
/// `result[r] = log Σ exp(logits[r,:]) − logits[r, labels[r]]`
///
/// - Parameters:
///   - logits: Shape `[rows, classes]`, floating point.
///   - labels: Shape `[rows]`, int32 or int64, in `0 ..< classes`; one outside stops the run.
/// - Returns: Shape `[rows]`; take its mean for the usual loss.
///
/// **Gradient**: `g[r]·(softmax(logits[r,:]) − onehot(labels[r]))`.
public func softmaxCrossEntropyPerRow(_ logits: Value, labels: Value) -> Value {
  logits.builder.apply(SoftmaxCrossEntropy(), logits, labels)
}
