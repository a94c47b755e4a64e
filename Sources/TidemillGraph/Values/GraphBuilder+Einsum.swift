extension GraphBuilder {
  /// Sums of products over named axes: Einstein's summation.
  ///
  /// ```swift
  /// g.einsum("ij,jk->ik", a, b)       // a matrix product
  /// g.einsum("bhqd,bhkd->bhqk", q, k) // one for each b and h
  /// g.einsum("ij->j", a)              // sums of columns
  /// g.einsum("i,j->ij", x, y)         // an outer product
  /// ```
  ///
  /// A letter stands for an axis and has one extent wherever it is. What the result does not name is summed. Without
  /// an arrow the result has the letters that occur once, in the order of the alphabet. Spaces are skipped.
  ///
  /// - Parameters:
  ///   - formula: The letters of each operand's axes, separated by commas, and `->` with those of the result.
  ///   - operands: One or two, of one type of numbers.
  /// - Diagnoses: A letter twice in one operand (a diagonal), `...`, more than two operands, and what does not fit.
  /// - Complexity: That of one batched ``Value/matmul(_:)``, or of an elementwise product where nothing is summed over
  ///   both; operands are copied where their axes are not in its order. Integers take a tensor of all products.
  ///
  /// **Gradient**: that of transposes, sums and products.
  public func einsum(_ formula: String, _ operands: Value...) -> Value {
    guard operands.allSatisfy({ owned($0, by: "einsum") != nil }) else { return invalid }
    do throws(Mistake) {
      let parsed = try EinsumFormula(formula, operands.map(\.type))
      let summed = zip(parsed.operands, operands).enumerated().map { position, pair in
        LabelledValue(labels: pair.0, value: pair.1).summed(keeping: parsed.needed(by: position))
      }
      let product = summed.count == 1 ? summed[0] : summed[0].times(summed[1], parsed.result)
      return product.ordered(parsed.result)
    } catch {
      return diagnose("einsum: \(error.message)")
    }
  }
}

/// The letters of a formula, checked against operands.
private struct EinsumFormula {
  let operands: [[Character]]
  let result: [Character]

  init(_ formula: String, _ types: [TensorType]) throws(Mistake) {
    let text = formula.filter { $0 != " " }
    let sides = text.split(separator: "->", omittingEmptySubsequences: false)
    guard sides.count <= 2, !text.contains("...") else {
      throw Mistake("'\(formula)' is not understood; it is read like \"ij,jk->ik\", without '...'.")
    }
    operands = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(Array.init)
    let all = operands.flatMap(\.self)
    result =
      sides.count == 2
      ? Array(sides[1]) : Set(all).filter { label in all.count { $0 == label } == 1 }.sorted()
    for label in all + result where !(label.isASCII && label.isLetter) {
      throw Mistake(
        "'\(formula)' has a '\(label)'; axes are named by letters from a to z or A to Z.")
    }
    guard operands.count == types.count, (1...2).contains(types.count) else {
      throw Mistake(
        "'\(formula)' names \(operands.count) operands, and there are \(types.count); one or two are "
          + "possible.")
    }
    try check(types, formula)
  }

  private func check(_ types: [TensorType], _ formula: String) throws(Mistake) {
    var extents: [Character: (extent: Int, place: String)] = [:]
    for (position, (labels, type)) in zip(operands, types).enumerated() {
      guard type.dtype != .bool, type.dtype == types[0].dtype else {
        throw Mistake(
          "operand \(position) is \(type), but operands of one type of numbers are needed; cast it."
        )
      }
      guard labels.count == type.shape.rank else {
        throw Mistake(
          "'\(formula)' names \(labels.count) axes of operand \(position), which is \(type).")
      }
      guard Set(labels).count == labels.count else {
        throw Mistake(
          "operand \(position) of '\(formula)' has a letter twice; diagonals are not possible.")
      }
      for (axis, label) in labels.enumerated() {
        let place = "axis \(axis) of operand \(position)"
        if let known = extents[label], known.extent != type.shape[axis] {
          throw Mistake(
            "'\(label)' is \(known.place) with \(known.extent) elements, and \(place) with "
              + "\(type.shape[axis]); they must be equal.")
        }
        extents[label] = (type.shape[axis], place)
      }
    }
    guard Set(result).count == result.count else {
      throw Mistake("the result of '\(formula)' has a letter twice; diagonals are not possible.")
    }
    for label in result where extents[label] == nil {
      throw Mistake("the result of '\(formula)' has '\(label)', which no operand has.")
    }
  }

  /// The letters that the result or another operand has.
  func needed(by position: Int) -> Set<Character> {
    let others = operands.indices.filter { $0 != position }.flatMap { operands[$0] }
    return Set(result + others)
  }
}

/// A value and the letters of its axes.
private struct LabelledValue {
  let labels: [Character]
  let value: Value

  func extents(_ labels: [Character]) -> [Int] {
    labels.map { label in self.labels.firstIndex(of: label).map { value.shape[$0] } ?? 1 }
  }

  func summed(keeping needed: Set<Character>) -> LabelledValue {
    let axes = labels.indices.filter { !needed.contains(labels[$0]) }
    return LabelledValue(
      labels: labels.filter(needed.contains), value: axes.isEmpty ? value : value.sum(axes: axes))
  }

  func ordered(_ order: [Character]) -> Value {
    value.transposed(order.map { labels.firstIndex(of: $0) ?? 0 })
  }

  /// The sum over letters that are in both and not in the result.
  func times(_ other: LabelledValue, _ result: [Character]) -> LabelledValue {
    let shared = labels.filter(other.labels.contains)
    let batch = shared.filter(result.contains)
    let summed = shared.filter { !result.contains($0) }
    let rows = labels.filter { !shared.contains($0) }
    let columns = other.labels.filter { !shared.contains($0) }
    let b = extents(batch).reduce(1, *)
    let m = extents(rows).reduce(1, *)
    let n = other.extents(columns).reduce(1, *)
    let k = extents(summed).reduce(1, *)
    // b m k · b k n -> b m n
    let lhs = ordered(batch + rows + summed).reshaped(to: [b, m, k])
    let rhs = other.ordered(batch + summed + columns)
      .reshaped(to: [b, k, n])
    let product: Value
    if summed.isEmpty {
      product = lhs * rhs
    } else if value.dtype.isFloatingPoint {
      product = lhs.matmul(rhs)
    } else {
      product =
        (lhs.reshaped(to: [b, m, 1, k])
        * rhs.matrixTransposed().reshaped(to: [b, 1, n, k])).sum(axes: [3])
    }
    return LabelledValue(
      labels: batch + rows + columns,
      value: product.reshaped(
        to: Shape(extents(batch) + extents(rows) + other.extents(columns))))
  }
}
