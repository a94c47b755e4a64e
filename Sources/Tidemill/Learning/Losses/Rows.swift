import TidemillGraph

/// Scores of classes, a row for each sample, and the label of each row.
struct Rows {
  let labels: Value
  let count: Int
  let classes: Int

  /// `nil`, which is diagnosed, unless scores are `[rows, classes]` of a floating-point type and labels `[rows]` integers.
  init?(_ name: String, _ scores: Value, labels: Value) {
    guard scores.isValid, labels.isValid else { return nil }
    guard scores.shape.rank == 2, scores.dtype.isFloatingPoint, labels.dtype.isInteger,
      labels.shape == [scores.shape[0]]
    else {
      scores.builder.diagnose(
        "\(name): the scores are \(scores.type) and the labels \(labels.type); give floating-point scores of "
          + "shape [rows, classes] and integer labels of shape [rows].")
      return nil
    }
    self.labels = labels
    (count, classes) = (scores.shape[0], scores.shape[1])
  }

  /// Where the class is the label, shape `[rows, classes]`.
  var isLabel: Value {
    let positions = labels.builder.iota([count, classes], axis: 1, labels.dtype)
    return positions .== labels.reshaped(to: [count, 1])
  }

  /// Each row's element at its label, shape `[rows]`; 0 where there is no such class.
  func atLabel(_ values: Value) -> Value {
    select(isLabel, values, values.like(0)).sum(axes: [1])
  }
}

/// Weights of classes as a value of shape `[classes]`; `nil`, which is diagnosed, where they do not fit.
func classWeights(
  _ name: String, _ weights: [Double], of classes: Int, _ dtype: DType, in graph: GraphBuilder
) -> Value? {
  guard weights.count == classes, weights.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
    graph.diagnose(
      "\(name): the class weights are \(weights); give one for each of the \(classes) classes, finite and not "
        + "negative.")
    return nil
  }
  do {
    return graph.constant(try Tensor(weights, shape: [classes])).cast(to: dtype)
  } catch {
    graph.diagnose("\(name): \(error)")
    return nil
  }
}
