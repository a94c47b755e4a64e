import TidemillGraph

/// For each sample, how many classes have a higher score than its label's: 0 where the label's is the highest.
///
/// Of equal scores the one of the lower class is ahead, as with `argmax`. A NaN is ahead of every number, and a label
/// whose score is NaN is behind all others.
///
/// - Parameters:
///   - scores: Shape `[samples, classes]`, floating point: logits or probabilities.
///   - labels: Shape `[samples]`, int32 or int64.
/// - Returns: One rank for each sample, in `0 ..< classes`.
/// - Throws: `argument` where the tensors do not fit together, or a label is not in `0 ..< classes`.
public func labelRanks(_ scores: Tensor, labels: Tensor) throws -> [Int] {
  guard scores.shape.rank == 2, scores.dtype.isFloatingPoint,
    labels.shape == [scores.shape[0]]
  else {
    throw TidemillError(
      .argument,
      "Ranks need floating-point scores of shape [samples, classes] and a label for each sample, but \(scores.type) and "
        + "\(labels.type) were given.")
  }
  let classes = scores.shape[1]
  let labels = try ClassIndices(labels, "label", below: classes).indices
  let numbers = scores.doubles
  return labels.enumerated().map { sample, label in
    let row = numbers[sample * classes..<(sample + 1) * classes]
    let own = row[row.startIndex + label]
    return row.enumerated().count { index, score in
      index != label && (index < label ? !(score < own) : !(score <= own))
    }
  }
}

/// The share of samples whose label is among the `k` classes of the highest scores; 0 where there are no samples.
///
/// - Parameters:
///   - scores: Shape `[samples, classes]`, floating point: logits or probabilities.
///   - labels: Shape `[samples]`, int32 or int64.
///   - k: 1 or more; 1 is the accuracy.
/// - Throws: `argument` where `k` is less than 1, or as ``labelRanks(_:labels:)-(Tensor,_)``.
public func topKAccuracy(_ scores: Tensor, labels: Tensor, k: Int) throws -> Double {
  guard k >= 1 else {
    throw TidemillError(.argument, "top-k accuracy needs k of 1 or more, but \(k) was given.")
  }
  let ranks = try labelRanks(scores, labels: labels)
  return ratio(ranks.count { $0 < k }, ranks.count)
}
