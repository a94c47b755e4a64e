// Products and running sums: logarithmically many steps of whole tensors, so the order of roundings is that of
// the shape, and gradients of any order are those of multiplications and additions.

extension Value {
  /// The product over axes; 1 where there is nothing to multiply.
  ///
  /// Halves are multiplied until one entry is left: `log₂ n` steps, `n − 1` multiplications.
  ///
  /// - Parameters:
  ///   - axes: All of them if left out; negative ones count from the last.
  ///   - keepingAxes: Whether reduced axes stay, with extent 1.
  ///
  /// **Gradient**: the product of the others, right also where elements are 0: nothing is divided.
  public func product(axes: [Int]? = nil, keepingAxes: Bool = false) -> Value {
    guard let reduced = normalized(axes, "product") else { return builder.invalid }
    guard dtype != .bool else {
      return builder.diagnose("product: \(type) is not of numbers; cast it first.")
    }
    guard !reduced.isEmpty else { return self }
    let kept = (0..<shape.rank).filter { !reduced.contains($0) }
    let rest = kept.map { shape[$0] }
    var count = reduced.reduce(1) { $0 * shape[$1] }
    let result = Shape(
      keepingAxes ? (0..<shape.rank).map { reduced.contains($0) ? 1 : shape[$0] } : rest)
    guard count > 0 else { return builder.fill(1, result, dtype) }
    var factors = transposed(reduced + kept).reshaped(to: Shape([count] + rest))
    while count > 1 {
      let half = count / 2
      var next =
        factors.slice(axis: 0, 0..<half) * factors.slice(axis: 0, half..<2 * half)
      if count % 2 == 1 {
        next = builder.concatenate([next, factors.slice(axis: 0, count - 1..<count)])
      }
      (factors, count) = (next, count - half)
    }
    return factors.reshaped(to: result)
  }

  /// Sums of all elements up to and with each one along an axis.
  ///
  /// `result[i] = Σⱼ₌₀…ᵢ self[j]`, by adding what is 1, 2, 4, ... places before: `log₂ n` steps. A NaN or an
  /// infinity changes only what comes after it, which a product with a matrix of ones and zeros would not do.
  ///
  /// - Parameter axis: Negative ones count from the last.
  /// - Complexity: `n·log₂ n` additions for each row.
  ///
  /// **Gradient**: sums from each element to the end.
  /// **Accuracy**: `⌈log₂ n⌉` roundings for each element.
  /// **Source**: Hillis, Steele: Data parallel algorithms, 1986.
  public func cumulativeSum(axis: Int = -1) -> Value {
    guard let counted = counted(axis, "cumulativeSum") else { return builder.invalid }
    guard dtype != .bool else {
      return builder.diagnose("cumulativeSum: \(type) is not of numbers; cast it first.")
    }
    let extent = shape[counted]
    var sums = self
    var distance = 1
    while distance < extent {
      let first = sums.slice(axis: counted, 0..<distance)
      let others =
        sums.slice(axis: counted, distance..<extent)
        + sums.slice(axis: counted, 0..<extent - distance)
      sums = builder.concatenate([first, others], axis: counted)
      distance *= 2
    }
    return sums
  }
}
