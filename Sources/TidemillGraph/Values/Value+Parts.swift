extension Value {
  /// Parts of given extents along an axis, one after the other. Copies nothing.
  ///
  /// - Parameters:
  ///   - extents: None negative; their sum is the axis' extent.
  ///   - axis: Negative ones count from the last.
  /// - Returns: As many values as extents.
  public func split(_ extents: [Int], axis: Int = 0) -> [Value] {
    guard let counted = counted(axis, "split") else {
      return extents.map { _ in builder.invalid }
    }
    var start = 0
    var ranges: [Range<Int>] = []
    for extent in extents where extent >= 0 && extent <= shape[counted] - start {
      ranges.append(start..<start + extent)
      start += extent
    }
    guard ranges.count == extents.count, start == shape[counted] else {
      let wrong = builder.diagnose(
        "split: axis \(axis) of \(type) has \(shape[counted]) elements; parts of \(extents) are not "
          + "that many.")
      return extents.map { _ in wrong }
    }
    return ranges.map { slice(axis: counted, $0) }
  }

  /// Equal parts along an axis. Copies nothing.
  ///
  /// - Parameters:
  ///   - count: Divides the axis' extent.
  ///   - axis: Negative ones count from the last.
  public func split(into count: Int, axis: Int = 0) -> [Value] {
    let counted = countedFromFront(axis)
    let extent = counted >= 0 && counted < shape.rank ? shape[counted] : 0
    guard isValid, count > 0, count <= Swift.max(extent, 1), extent % count == 0 else {
      let wrong =
        isValid
        ? builder.diagnose(
          "split: axis \(axis) of \(type) does not have \(count) equal parts.") : self
      // As many as were asked for, so that taking one of them is no further mistake.
      return Array(repeating: wrong, count: Swift.min(Swift.max(count, 0), 1 << 16))
    }
    return split(Array(repeating: extent / count, count: count), axis: counted)
  }
}

extension GraphBuilder {
  /// Tensors of one type side by side along a new axis.
  ///
  /// - Parameters:
  ///   - values: At least one, all of one type.
  ///   - axis: The new one's position in the result; negative ones count from its last.
  /// - Returns: One axis more than the values have, with as many entries as there are values.
  public func stack(_ values: [Value], axis: Int = 0) -> Value {
    guard let first = values.first else { return diagnose("stack: there are no values.") }
    for (position, value) in values.enumerated() {
      guard owned(value, by: "stack") != nil else { return invalid }
      guard value.type == first.type else {
        return diagnose(
          "stack: value 0 is \(first.type), but value \(position) is \(value.type); all must be of "
            + "one type.")
      }
    }
    let counted = axis < 0 ? axis + first.shape.rank + 1 : axis
    guard counted >= 0, counted <= first.shape.rank else {
      return diagnose(
        "stack: values of \(first.type) have no place \(axis) for a new axis.")
    }
    var extents = first.shape.dimensions
    extents.insert(1, at: counted)
    let shape = Shape(extents)
    guard shape.isValid else {
      return diagnose("stack: \(first.type) has \(extents.count - 1) axes and cannot have another.")
    }
    return concatenate(values.map { $0.reshaped(to: shape) }, axis: counted)
  }
}
