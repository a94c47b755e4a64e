/// A random matrix whose rows or columns, whichever are fewer, are orthonormal, in row-major order.
///
/// Gram and Schmidt's method on normal numbers, which gives every such matrix the same chance. What lies along earlier
/// vectors is taken away twice, after which vectors are orthogonal to rounding.
///
/// **Source**: Giraud, Langou, Rozložník: The loss of orthogonality in the Gram-Schmidt orthogonalization process, 2005.
func orthogonalMatrix(
  rows: Int, columns: Int, from generator: inout SeededGenerator
) -> [Double] {
  let (count, length) = (min(rows, columns), max(rows, columns))
  var vectors: [[Double]] = []
  vectors.reserveCapacity(count)
  while vectors.count < count {
    var vector = (0..<length).map { _ in generator.normal() }
    for _ in 0..<2 {
      for earlier in vectors { vector.takeAway(along: earlier) }
    }
    let norm = product(vector, vector).squareRoot()
    // All but impossible; the vector lay in the space of the earlier ones.
    guard norm > 1e-8 else { continue }
    vectors.append(vector.map { $0 / norm })
  }
  guard rows > columns else { return vectors.flatMap { $0 } }
  return (0..<rows).flatMap { row in vectors.map { $0[row] } }
}

extension [Double] {
  /// Subtracts the projection on a vector of length 1.
  fileprivate mutating func takeAway(along other: [Double]) {
    let share = product(self, other)
    withUnsafeMutableBufferPointer { mine in
      other.withUnsafeBufferPointer { other in
        for index in mine.indices { mine[index] -= share * other[index] }
      }
    }
  }
}

/// `Σ xᵢ·yᵢ` of vectors of one length, in eight sums side by side.
private func product(_ x: [Double], _ y: [Double]) -> Double {
  x.withUnsafeBufferPointer { x in
    y.withUnsafeBufferPointer { y in
      var sums = SIMD8<Double>()
      let whole = x.count / 8 * 8
      for start in stride(from: 0, to: whole, by: 8) {
        for lane in 0..<8 { sums[lane] += x[start + lane] * y[start + lane] }
      }
      var sum = sums.sum()
      for index in whole..<x.count { sum += x[index] * y[index] }
      return sum
    }
  }
}
