import Foundation
import Tidemill
import TidemillGraph

/// Indices of a shape's elements in row-major order, one array that is counted up.
package func forEachIndex(_ shape: [Int], _ body: (_ index: [Int], _ position: Int) -> Void) {
  let count = shape.reduce(1, *)
  var index = [Int](repeating: 0, count: shape.count)
  for position in 0..<count {
    body(index, position)
    var axis = shape.count - 1
    while axis >= 0 {
      index[axis] += 1
      if index[axis] < shape[axis] { break }
      index[axis] = 0
      axis -= 1
    }
  }
}

/// The row-major position of an index in a shape that broadcasts: missing axes and extents of 1 count as 0.
package func position(of index: [Int], in shape: [Int]) -> Int {
  let skipped = index.count - shape.count
  var position = 0
  for axis in shape.indices {
    position = position * shape[axis] + (shape[axis] == 1 ? 0 : index[skipped + axis])
  }
  return position
}

/// `function` of all elements of two arrays that broadcast to `shape`.
package func broadcasting(
  _ lhs: [Double], _ lhsShape: [Int], _ rhs: [Double], _ rhsShape: [Int], to shape: [Int],
  _ function: (Double, Double) -> Double
) -> [Double] {
  var result: [Double] = []
  forEachIndex(shape) { index, _ in
    result.append(
      function(lhs[position(of: index, in: lhsShape)], rhs[position(of: index, in: rhsShape)]))
  }
  return result
}

extension SeededGenerator {
  package mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    let unit = Double(next() >> 11) * 0x1p-53
    return range.lowerBound + unit * (range.upperBound - range.lowerBound)
  }

  package mutating func element<T>(_ choices: [T]) -> T { choices[index(below: choices.count)] }

  package mutating func chance(_ probability: Double) -> Bool { uniform(0...1) < probability }
}

extension Tensor {
  /// Numbers rounded to any element type.
  package init(numbers: [Double], shape: Shape, _ dtype: DType) throws {
    switch dtype {
    case .float32: self = try Tensor(numbers.map { Float($0) }, shape: shape)
    case .float64: self = try Tensor(numbers, shape: shape)
    case .int32: self = try Tensor(numbers.map { Int32($0) }, shape: shape)
    case .int64: self = try Tensor(numbers.map { Int64($0) }, shape: shape)
    case .bfloat16: self = try Tensor(bfloat16: numbers.map { Float($0) }, shape: shape)
    default: self = try Tensor(numbers.map { $0 != 0 }, shape: shape)
    }
  }
}

/// `Σ lhsᵢ·rhsᵢ`
package func dot(_ lhs: [Double], _ rhs: [Double]) -> Double {
  var sum = 0.0
  for (left, right) in zip(lhs, rhs) { sum += left * right }
  return sum
}

/// The rows of a row-major matrix.
package func rows(_ matrix: [Double], _ columns: Int) -> [[Double]] {
  stride(from: 0, to: matrix.count, by: columns).map { Array(matrix[$0..<$0 + columns]) }
}

/// A row-major matrix with rows and columns swapped.
package func transposed(_ matrix: [Double], _ columns: Int) -> [Double] {
  (0..<columns).flatMap { column in rows(matrix, columns).map { $0[column] } }
}

/// `lhsᵢ·rhsⱼ`, row by row.
package func outer(_ lhs: [Double], _ rhs: [Double]) -> [Double] {
  lhs.flatMap { left in rhs.map { left * $0 } }
}

/// `1/(1 + e⁻ˣ)` by its definition.
package func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
