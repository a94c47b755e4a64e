/// Bytes of a place in memory: `rows` runs of `runBytes`, `pitch` bytes apart.
///
/// What a task touches. Where a view is more complicated than rows, the region is the span from its
/// first byte to its last: too much, never too little.
package struct Region: Hashable, Sendable {
  package var start: Int
  package var runBytes: Int
  package var pitch: Int
  package var rows: Int

  package var end: Int { start + (rows - 1) * pitch + runBytes }
  /// Those of its runs, not those between them.
  package var byteCount: Int { rows * runBytes }
  package var isEmpty: Bool { rows == 0 || runBytes == 0 }
  package var isDense: Bool { rows == 1 || pitch == runBytes }

  package init(start: Int, runBytes: Int, pitch: Int, rows: Int) {
    (self.start, self.runBytes, self.pitch, self.rows) = (start, runBytes, pitch, rows)
  }

  /// The bytes of a view of a buffer that begins at `base`.
  package init(_ view: View, base: Int) {
    let size = view.dtype.size
    guard view.count > 0 else {
      self.init(start: base, runBytes: 0, pitch: 0, rows: 0)
      return
    }
    if view.isContiguous, view.count > 1 {
      self.init(
        start: base + view.offset * size, runBytes: view.count * size, pitch: 0, rows: 1)
      return
    }
    // Axes that move, innermost first; those that continue one another are one.
    var axes: [(extent: Int, stride: Int)] = []
    let moving = view.shape.indices.filter { view.shape[$0] > 1 && view.strides[$0] != 0 }
    for axis in moving.sorted(by: { abs(view.strides[$0]) < abs(view.strides[$1]) }) {
      let (extent, stride) = (view.shape[axis], view.strides[axis])
      if let last = axes.last, stride == last.stride * last.extent {
        axes[axes.count - 1].extent *= extent
      } else {
        axes.append((extent, stride))
      }
    }
    let start = base + view.offset * size
    let dense = axes.first.map { $0.stride == 1 } ?? true
    switch (axes.count, dense) {
    case (0, _):
      self.init(start: start, runBytes: size, pitch: size, rows: 1)
    case (1, true):
      self.init(start: start, runBytes: axes[0].extent * size, pitch: 0, rows: 1)
    case (1, false) where axes[0].stride > 1:
      // As a column of a matrix.
      self.init(
        start: start, runBytes: size, pitch: axes[0].stride * size, rows: axes[0].extent)
    case (2, true) where axes[1].stride > axes[0].extent:
      self.init(
        start: start, runBytes: axes[0].extent * size, pitch: axes[1].stride * size,
        rows: axes[1].extent)
    default:
      let low = axes.reduce(0) { $0 + min(0, ($1.extent - 1) * $1.stride) }
      let high = axes.reduce(0) { $0 + max(0, ($1.extent - 1) * $1.stride) }
      self.init(
        start: start + low * size, runBytes: (high - low + 1) * size, pitch: 0, rows: 1)
    }
  }

  /// Whether the two share a byte; may say yes where two different pitches interleave without touching.
  package func overlaps(_ other: Region) -> Bool {
    guard !isEmpty, !other.isEmpty, start < other.end, other.start < end else { return false }
    if rows == 1 && other.rows == 1 { return true }
    if rows > 1 && other.rows > 1 {
      guard pitch == other.pitch else { return true }
      // Same pitch: compare the positions of the runs within a row.
      let distance = ((other.start - start) % pitch + pitch) % pitch
      return distance < runBytes || distance + other.runBytes > pitch
    }
    let (wide, run) = rows > 1 ? (self, other) : (other, self)
    // A single run against rows: it misses only if it lies within one gap.
    let into = run.start - wide.start
    guard into >= 0 else { return true }
    let row = into / wide.pitch
    let within = into - row * wide.pitch
    return within < wide.runBytes || within + run.runBytes > wide.pitch
  }
}
