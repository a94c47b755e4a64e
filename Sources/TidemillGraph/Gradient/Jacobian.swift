extension GraphBuilder {
  /// All derivatives of all elements of `result` by all elements of `value`, as more graph.
  ///
  /// `J[i..., j...] = ∂result[i...] / ∂value[j...]`
  ///
  /// For small functions: the graph grows by one pullback for each row, or one pushforward for each column,
  /// whichever are fewer. For products with a Jacobian, ``pullback(of:cotangent:to:)`` and
  /// ``pushforward(of:tangents:from:)`` take one.
  ///
  /// - Parameters:
  ///   - result: Floating point.
  ///   - value: Floating point; it or `result` has at most 4096 elements.
  /// - Returns: The axes of `result`, then those of `value`; of the type of `result`.
  /// - Complexity: O(min(rows, columns)·nodes).
  public func jacobian(of result: Value, withRespectTo value: Value) -> Value {
    guard owned(result, by: "jacobian") != nil, owned(value, by: "jacobian") != nil else {
      return invalid
    }
    guard result.dtype.isFloatingPoint, value.dtype.isFloatingPoint else {
      return diagnose(
        "jacobian: the result is \(result.type) and the value \(value.type); both must be floating "
          + "point.")
    }
    let shape = Shape(result.shape.dimensions + value.shape.dimensions)
    let (rows, columns) = (result.shape.count, value.shape.count)
    guard shape.isValid else {
      return diagnose(
        "jacobian: of \(result.type) by \(value.type) it would have the shape \(shape), which is not "
          + "possible.")
    }
    guard Swift.min(rows, columns) <= 4096 else {
      return diagnose(
        "jacobian: \(result.type) by \(value.type) needs \(Swift.min(rows, columns)) derivatives, but "
          + "at most 4096 are made; use pullback or pushforward for products with it.")
    }
    guard rows > 0, columns > 0 else { return fill(0, shape, result.dtype) }
    if rows <= columns {
      let entries = (0..<rows).map { row in
        pullback(of: result, cotangent: unit(row, result.type), to: [value])[0]
          .reshaped(to: [columns])
      }
      return stack(entries).cast(to: result.dtype).reshaped(to: shape)
    }
    let cotangent = linearPlaceholder(result)
    let pulled = pullback(of: result, cotangent: cotangent, to: [value])
    let entries = (0..<columns).map { column in
      let product = innerProduct(pulled, [unit(column, value.type)], result.dtype)
      return gradient(of: product, withRespectTo: [cotangent])[0].reshaped(to: [rows])
    }
    return stack(entries, axis: 1).reshaped(to: shape)
  }

  /// 1 at one element, in row-major order, and 0 elsewhere.
  private func unit(_ element: Int, _ type: TensorType) -> Value {
    fill(Double(element), .scalar, .int64).oneHot(type.shape.count, type.dtype)
      .reshaped(to: type.shape)
  }
}
