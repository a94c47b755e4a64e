import TidemillGraph

/// A tensor's elements as indices of classes, all in range.
struct ClassIndices {
  let indices: [Int]

  /// - Throws: `argument` where the tensor is not `[samples]` of integers, or an element is outside of `0 ..< classes`.
  init(_ tensor: Tensor, _ what: String, below classes: Int) throws {
    guard tensor.dtype.isInteger, tensor.shape.rank == 1 else {
      throw TidemillError(
        .argument,
        "Each \(what) is an int32 or int64 of shape [samples], but \(tensor.type) was given.")
    }
    indices =
      tensor.dtype == .int32
      ? try tensor.scalars(as: Int32.self).map(Int.init)
      : try tensor.scalars(as: Int64.self).map(Int.init)
    if let row = indices.firstIndex(where: { !(0..<classes).contains($0) }) {
      throw TidemillError(
        .argument,
        "The \(what) of sample \(row) is \(indices[row]), but there are \(classes) classes, from 0 on."
      )
    }
  }
}
