import TidemillGraph

/// For each row, how many classes have a higher score than its label's, as part of a graph; see
/// ``labelRanks(_:labels:)-(Tensor,_)`` for ties and NaN. No gradient.
///
/// - Parameters:
///   - scores: Shape `[rows, classes]`, floating point.
///   - labels: Shape `[rows]`, int32 or int64.
/// - Returns: int32 of shape `[rows]`; `classes` where there is no such class.
public func labelRanks(_ scores: Value, labels: Value) -> Value {
  guard let rows = Rows("labelRanks", scores, labels: labels) else { return scores.builder.invalid }
  let own = rows.atLabel(scores).reshaped(to: [rows.count, 1])
  let label = labels.reshaped(to: [rows.count, 1])
  let positions = labels.builder.iota(scores.shape, axis: 1, labels.dtype)
  let isAhead =
    select(positions .< label, .!(scores .< own), .!(scores .<= own)) .& (positions .!= label)
  let ranks = isAhead.cast(to: .int32).sum(axes: [1])
  let isClass = (labels .>= labels.like(0)) .& (labels .< labels.like(Double(rows.classes)))
  return select(isClass, ranks, ranks.like(Double(rows.classes)))
}

/// The share of rows whose label is among the `k` classes of the highest scores, as part of a graph. No gradient.
///
/// Diagnoses a `k` of less than 1.
///
/// - Parameters:
///   - scores: Shape `[rows, classes]`, floating point.
///   - labels: Shape `[rows]`, int32 or int64; one outside of `0 ..< classes` is a miss.
///   - k: 1 is the accuracy.
/// - Returns: A float32 scalar; 0 where there are no rows.
public func topKAccuracy(_ scores: Value, labels: Value, k: Int) -> Value {
  guard k >= 1 else {
    return scores.builder.diagnose("topKAccuracy: k must be 1 or more, but \(k) was given.")
  }
  let ranks = labelRanks(scores, labels: labels)
  return (ranks .< ranks.like(Double(k))).cast(to: .float32).mean()
}

/// The share of rows whose highest score is that of the label, as part of a graph. No gradient.
///
/// - Parameters:
///   - scores: Shape `[rows, classes]`, floating point.
///   - labels: Shape `[rows]`, int32 or int64; one outside of `0 ..< classes` is a miss.
/// - Returns: A float32 scalar; 0 where there are no rows.
public func accuracy(_ scores: Value, labels: Value) -> Value {
  guard Rows("accuracy", scores, labels: labels) != nil else { return scores.builder.invalid }
  return (scores.argmax().cast(to: labels.dtype) .== labels).cast(to: .float32).mean()
}

/// Rows counted by true and by predicted class, as part of a graph. No gradient.
///
/// A class outside of `0 ..< classes` stops the run.
///
/// - Parameters:
///   - labels: The true classes; shape `[rows]`, int32 or int64.
///   - predicted: The predicted ones, such as `scores.argmax()`; shape `[rows]`, int32 or int64.
///   - classes: From 1 to 4,096.
/// - Returns: int32 of shape `[classes, classes]`; rows are true classes. ``ConfusionMatrix`` tells more of the sum over
///   several runs.
public func confusionMatrix(labels: Value, predicted: Value, classes: Int) -> Value {
  let graph = labels.builder
  guard labels.isValid, predicted.isValid else { return graph.invalid }
  guard (1...ConfusionMatrix.maximumClasses).contains(classes), labels.dtype.isInteger,
    predicted.dtype.isInteger, labels.shape.rank == 1, predicted.shape == labels.shape
  else {
    return graph.diagnose(
      "confusionMatrix: labels are \(labels.type), predictions \(predicted.type) and classes \(classes); give integers "
        + "of one shape [rows], and 1 to \(ConfusionMatrix.maximumClasses) classes.")
  }
  func inRange(_ value: Value) -> Value {
    (value .>= value.like(0)) .& (value .< value.like(Double(classes)))
  }
  let (row, column) = (labels.cast(to: .int64), predicted.cast(to: .int64))
  let cell = row * Double(classes) + column
  // One that is out of range must not fall into another row's cell.
  let place = select(inRange(row) .& inRange(column), cell, cell.like(-1))
  return graph.fill(1, labels.shape, .int32)
    .scatterAdded(at: place, entries: classes * classes).reshaped(to: [classes, classes])
}
