/// A block of memory that a program computes with; the plan decides where it lies.
package struct BufferID: Hashable, Sendable {
  package let index: Int
  package init(_ index: Int) { self.index = index }
}

/// Elements of a buffer, addressed by strides: how a kernel call names what it reads and writes.
///
/// Reshapes, transposes, slices and broadcasts are views of the same buffer and cost nothing.
package struct View: Hashable, Sendable {
  package var buffer: BufferID
  /// Of the first element, in elements.
  package var offset: Int
  package var shape: [Int]
  /// In elements; 0 repeats.
  package var strides: [Int]
  package var dtype: DType

  package init(contiguous buffer: BufferID, _ type: TensorType) {
    self.buffer = buffer
    offset = 0
    shape = type.shape.dimensions
    strides = type.shape.rowMajorStrides
    dtype = type.dtype
  }

  package var count: Int { shape.reduce(1, *) }

  /// Whether the elements lie one after the other in row-major order.
  package var isContiguous: Bool {
    var expected = 1
    for axis in stride(from: shape.count - 1, through: 0, by: -1) where shape[axis] != 1 {
      if strides[axis] != expected { return false }
      expected *= shape[axis]
    }
    return true
  }

  /// The same elements of another buffer.
  func replacing(_ replacement: (BufferID) -> BufferID) -> View {
    var view = self
    view.buffer = replacement(buffer)
    return view
  }

  /// The fewest bytes that move where all elements are touched: what repeats, once.
  package var distinctBytes: Int {
    zip(shape, strides).reduce(dtype.size) { $0 * ($1.1 == 0 ? 1 : $1.0) }
  }

  package func transposed(_ permutation: [Int]) -> View {
    var view = self
    view.shape = permutation.map { shape[$0] }
    view.strides = permutation.map { strides[$0] }
    return view
  }

  /// Requires a shape that this one broadcasts to.
  package func broadcast(to target: Shape) -> View {
    var view = self
    let missing = target.rank - shape.count
    view.shape = target.dimensions
    view.strides = (0..<target.rank).map { axis in
      guard axis >= missing, shape[axis - missing] == target[axis] else { return 0 }
      return strides[axis - missing]
    }
    return view
  }

  package func sliced(starts: [Int], steps: [Int], extents: [Int]) -> View {
    var view = self
    view.shape = extents
    for axis in shape.indices {
      view.offset += extents.contains(0) ? 0 : starts[axis] * strides[axis]
      view.strides[axis] = strides[axis] * steps[axis]
    }
    return view
  }

  /// The entries `range` along one axis.
  package func sliced(axis: Int, _ range: Range<Int>) -> View {
    var view = self
    view.offset += range.isEmpty ? 0 : range.lowerBound * strides[axis]
    view.shape[axis] = range.count
    return view
  }

  /// The same elements in another shape, or `nil` where strides cannot say so and a copy is needed.
  package func reshaped(to target: Shape) -> View? {
    guard count > 0 else {
      var view = self
      view.shape = target.dimensions
      view.strides = target.rowMajorStrides
      return view
    }
    var strides = [Int](repeating: 0, count: target.rank)
    // Walk both shapes from the last axis, matching groups of axes of equal product.
    let old = shape.indices.filter { shape[$0] != 1 }
    var from = old.count - 1
    var to = target.rank - 1
    while to >= 0 {
      if target[to] == 1 {
        to -= 1
        continue
      }
      guard from >= 0 else { return nil }
      var run = shape[old[from]]
      let inner = self.strides[old[from]]
      var product = 1
      var pending: [Int] = []
      while product != run {
        if product < run {
          guard to >= 0 else { return nil }
          pending.append(to)
          product *= target[to]
          to -= 1
        } else {
          guard from > 0,
            self.strides[old[from - 1]] == self.strides[old[from]] * shape[old[from]]
          else { return nil }
          from -= 1
          run *= shape[old[from]]
        }
      }
      var next = inner
      for axis in pending {
        strides[axis] = next
        next *= target[axis]
      }
      from -= 1
    }
    var view = self
    view.shape = target.dimensions
    view.strides = strides
    return view
  }
}
