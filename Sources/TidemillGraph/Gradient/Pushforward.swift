extension GraphBuilder {
  /// The Jacobian-vector product `ẏ = J·ẋ`, as more graph: how `result` changes as `values` move along `tangents`.
  ///
  /// The pullback `x̄ = Jᵀ·ȳ` is linear in `ȳ`, and so the gradient of `Σ x̄·ẋ` by `ȳ` is `J·ẋ`. Both go
  /// through each node once: the result is linear in the size of the graph
  /// (docs/decisions/0007-pushforward-by-two-pullbacks.md).
  ///
  /// - Parameters:
  ///   - result: Floating point, of any shape.
  ///   - tangents: For each value, one of its type.
  ///   - values: Floating point; none of them computed from another.
  /// - Returns: Of the type of `result`; zeros where it does not depend on the values.
  public func pushforward(of result: Value, tangents: [Value], from values: [Value]) -> Value {
    guard owned(result, by: "pushforward") != nil,
      (tangents + values).allSatisfy({ owned($0, by: "pushforward") != nil })
    else { return invalid }
    guard result.dtype.isFloatingPoint else {
      return diagnose("pushforward: the result is \(result.type), but must be floating point.")
    }
    guard tangents.count == values.count else {
      return diagnose(
        "pushforward: there are \(tangents.count) tangents for \(values.count) values.")
    }
    for (position, (tangent, value)) in zip(tangents, values).enumerated() {
      guard tangent.type == value.type, value.dtype.isFloatingPoint else {
        return diagnose(
          "pushforward: value \(position) is \(value.type) and its tangent \(tangent.type); both must "
            + "be of one floating-point type.")
      }
    }
    return pushforward(of: [result], tangents: tangents, from: values, result.dtype)[0]
  }

  /// The product `H·v` of a scalar's second derivatives with vectors, as more graph: how the gradient changes along
  /// the vectors.
  ///
  /// - Parameters:
  ///   - result: A floating-point scalar.
  ///   - values: What to differentiate by; none of them computed from another.
  ///   - vectors: For each value, one of its type.
  /// - Returns: For each value, one of its type.
  /// - Complexity: Linear in the size of the graph; `H` is never made.
  ///
  /// **Source**: Pearlmutter: Fast exact multiplication by the Hessian, 1994.
  public func hessianVectorProduct(
    of result: Value, withRespectTo values: [Value], along vectors: [Value]
  ) -> [Value] {
    guard (values + vectors).allSatisfy({ owned($0, by: "hessianVectorProduct") != nil }) else {
      return values.map { _ in invalid }
    }
    guard vectors.map(\.type) == values.map(\.type), values.allSatisfy(\.dtype.isFloatingPoint)
    else {
      let wrong = diagnose(
        "hessianVectorProduct: the values are \(values.map(\.type)) and the vectors "
          + "\(vectors.map(\.type)); they must be of the same floating-point types.")
      return values.map { _ in wrong }
    }
    let gradients = gradient(of: result, withRespectTo: values)
    guard gradients.allSatisfy(\.isValid) else { return gradients }
    return pushforward(of: gradients, tangents: vectors, from: values, result.dtype)
  }

  /// Of several results by one pass each way; sums are of type `dtype`.
  private func pushforward(
    of results: [Value], tangents: [Value], from values: [Value], _ dtype: DType
  ) -> [Value] {
    let cotangents = results.map(linearPlaceholder)
    let pulled = gradient(of: innerProduct(results, cotangents, dtype), withRespectTo: values)
    return gradient(of: innerProduct(pulled, tangents, dtype), withRespectTo: cotangents)
  }

  /// A cotangent to differentiate by. Nothing that is linear in it needs its number, and so none is ever computed
  /// with; NaN would show if it were.
  func linearPlaceholder(_ result: Value) -> Value { result.like(.nan) }

  /// `Σ lhs·rhs` over all elements of all pairs, as a scalar.
  func innerProduct(_ lhs: [Value], _ rhs: [Value], _ dtype: DType) -> Value {
    zip(lhs, rhs).reduce(fill(0, .scalar, dtype)) { sum, pair in
      sum + (pair.0 * pair.1).sum().cast(to: dtype)
    }
  }
}
