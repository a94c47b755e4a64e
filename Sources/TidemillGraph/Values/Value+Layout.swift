extension Value {
  /// The same elements in another shape.
  ///
  /// - Parameter shape: As many elements as this value.
  public func reshaped(to shape: Shape) -> Value {
    shape == self.shape ? self : builder.apply(Reshape(shape: shape), self)
  }

  /// The axes in another order: axis `i` of the result is axis `permutation[i]`. Copies nothing.
  public func transposed(_ permutation: [Int]) -> Value {
    permutation == Array(0..<shape.rank)
      ? self : builder.apply(Transpose(permutation: permutation), self)
  }

  /// All axes in reverse order. Copies nothing.
  public func transposed() -> Value { transposed((0..<shape.rank).reversed()) }

  /// The last two axes swapped. Copies nothing.
  public func matrixTransposed() -> Value {
    guard shape.rank >= 2 else {
      return isValid
        ? builder.diagnose("matrixTransposed: \(type) has fewer than two axes.") : self
    }
    return transposed(Array(0..<shape.rank - 2) + [shape.rank - 1, shape.rank - 2])
  }

  /// Repeated to a larger shape by NumPy's rule. Copies nothing.
  public func broadcast(to shape: Shape) -> Value {
    shape == self.shape ? self : builder.apply(Broadcast(shape: shape), self)
  }

  /// The elements at `start, start + step, ...` of every axis. Copies nothing.
  ///
  /// - Parameters:
  ///   - ranges: One for each axis.
  ///   - steps: One for each axis, 1 or more; all 1 if left out.
  public func slice(_ ranges: [Range<Int>], steps: [Int]? = nil) -> Value {
    let steps = steps ?? ranges.map { _ in 1 }
    guard steps.count == ranges.count, steps.allSatisfy({ $0 > 0 }) else {
      return isValid
        ? builder.diagnose(
          "slice: there are \(ranges.count) ranges, but steps \(steps); each axis "
            + "needs one of 1 or more.") : self
    }
    guard ranges.allSatisfy({ $0.lowerBound >= 0 && $0.upperBound <= Shape.maximumBytes }) else {
      return isValid
        ? builder.diagnose("slice: the ranges \(ranges) reach outside of \(type).") : self
    }
    let extents = zip(ranges, steps).map { $0.isEmpty ? 0 : ($0.count - 1) / $1 + 1 }
    return builder.apply(
      Slice(
        // A single element has no next one, however far away.
        starts: ranges.map(\.lowerBound), steps: zip(steps, extents).map { $1 > 1 ? $0 : 1 },
        extents: extents), self)
  }

  /// The entries `range` of one axis, counted from the end where it is negative. Copies nothing.
  public func slice(axis: Int, _ range: Range<Int>) -> Value {
    guard let counted = counted(axis, "slice") else { return builder.invalid }
    var ranges = shape.dimensions.map { 0..<$0 }
    ranges[counted] = range
    return slice(ranges)
  }

  /// Zeros around the value.
  ///
  /// - Parameter widths: For each axis, how many before and after.
  public func padded(_ widths: [(before: Int, after: Int)]) -> Value {
    guard isValid else { return self }
    let possible = 0...Shape.maximumBytes
    guard widths.count == shape.rank,
      widths.allSatisfy({ possible.contains($0.before) && possible.contains($0.after) })
    else {
      return builder.diagnose(
        "pad: \(type) needs \(shape.rank) pairs of widths, none negative or beyond memory.")
    }
    let padded = zip(shape.dimensions, widths).map { $0 + $1.before + $1.after }
    return builder.apply(
      Pad(
        shape: Shape(padded), starts: widths.map(\.before), steps: widths.map { _ in 1 }), self)
  }

  /// Entries along an axis, picked by integers, whose axes take the axis' place. A negative axis counts
  /// from the end.
  ///
  /// `result[o, i, e] = self[o, indices[i], e]`
  ///
  /// An index outside of the axis stops the run with an error that names it.
  /// **Gradient**: added up at the picked entries, in the order of the indices.
  public func gather(_ indices: Value, axis: Int = 0) -> Value {
    builder.apply(Gather(axis: countedFromFront(axis)), self, indices)
  }

  /// Zeros with this value's entries added at positions along an axis: the reverse of ``gather(_:axis:)``.
  ///
  /// - Parameters:
  ///   - indices: Integers whose shape is that of the axes from `axis` on.
  ///   - axis: Of this value, the first that the indices stand for.
  ///   - entries: The extent of the result's axis.
  public func scatterAdded(at indices: Value, axis: Int = 0, entries: Int) -> Value {
    builder.apply(ScatterAdd(axis: countedFromFront(axis), entries: entries), self, indices)
  }

  /// For integers: a last axis of `classes`, 1 at the class and 0 elsewhere.
  public func oneHot(_ classes: Int, _ dtype: DType = .float32) -> Value {
    guard isValid else { return self }
    let shape = Shape(self.shape.dimensions + [classes])
    let positions = builder.iota(shape, axis: shape.rank - 1, self.dtype)
    let labels = reshaped(to: Shape(self.shape.dimensions + [1])).broadcast(to: shape)
    return (positions .== labels).cast(to: dtype)
  }
}

extension GraphBuilder {
  /// Tensors one after the other along an axis.
  ///
  /// - Parameters:
  ///   - values: At least one, equal in type and in all other axes.
  ///   - axis: The one that becomes longer; negative ones count from the end.
  public func concatenate(_ values: [Value], axis: Int = 0) -> Value {
    guard let first = values.first else { return diagnose("concatenate: there are no values.") }
    return apply(Concatenate(axis: first.countedFromFront(axis)), values)
  }

  /// Each element's position along an axis.
  public func iota(_ shape: Shape, axis: Int, _ dtype: DType = .int32) -> Value {
    shape.isValid
      ? apply(Iota(type: TensorType(shape, dtype), axis: axis))
      : diagnose("iota: the shape \(shape) is not possible.")
  }
}
