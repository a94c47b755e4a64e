import TidemillGraph

/// How far scores are from being right by a margin.
///
/// `max(0, margin − sign·score)`
///
/// - Parameters:
///   - scores: Any shape, floating point.
///   - signs: −1 or 1 for each score, of its type.
///   - margin: From where on a score is good enough.
///   - reduction: Over all elements.
/// - Returns: A scalar; with no reduction, of the shape of `scores`.
///
/// **Gradient**: `−sign` where the margin is not reached, else 0.
/// **Source**: Cortes, Vapnik: Support-vector networks, 1995.
public func hingeLoss(
  _ scores: Value, signs: Value, margin: Double = 1, reduction: LossReduction = .mean
) -> Value {
  let (scores, signs) = paired("hingeLoss", scores, signs)
  return (margin - signs * scores).relu().reduced(by: reduction)
}

/// How far the scores of wrong classes come up to that of the right one.
///
/// `Σ max(0, margin − scores[r, labels[r]] + scores[r, c])` over all `c ≠ labels[r]`
///
/// PyTorch's `multi_margin_loss` divides this by the number of classes.
///
/// - Parameters:
///   - scores: Shape `[rows, classes]`, floating point.
///   - labels: Shape `[rows]`, int32 or int64. A label outside of `0 ..< classes` matches no class, and counts the
///     margin for all of them.
///   - margin: How much larger the right score must be.
///   - reduction: Over rows.
/// - Returns: A scalar; with no reduction, shape `[rows]`.
///
/// **Source**: Weston, Watkins: Support vector machines for multi-class pattern recognition, 1999.
public func multiClassHingeLoss(
  _ scores: Value, labels: Value, margin: Double = 1, reduction: LossReduction = .mean
) -> Value {
  guard let rows = Rows("multiClassHingeLoss", scores, labels: labels) else {
    return scores.builder.invalid
  }
  let isRight = rows.isLabel
  let right = rows.atLabel(scores).reshaped(to: [rows.count, 1])
  let distances = (scores - right + margin).relu()
  return select(isRight, distances.like(0), distances).sum(axes: [1]).reduced(by: reduction)
}
