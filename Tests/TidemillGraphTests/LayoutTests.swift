import Foundation
import Testing
import TidemillGraph
import TidemillTestSupport

/// The same elements seen in another way, and tensors put together from parts.
@Suite struct LayoutTests {
  /// The elements that `source` names for each index of `shape`, 0 where it names none.
  private func picked(
    _ x: [Double], _ shape: [Int], _ source: ([Int]) -> Int?
  ) -> [Double] {
    var result: [Double] = []
    forEachIndex(shape) { index, _ in result.append(source(index).map { x[$0] } ?? 0) }
    return result
  }

  @Test(arguments: [
    [24], [2, 12], [4, 3, 2], [1, 2, 1, 12, 1], [3, 4, 2],
  ]) func reshape(shape: [Int]) throws {
    try checkOperation("reshape \(shape)", inputs: [.uniform([2, 3, 4])]) {
      $0[0].reshaped(to: Shape(shape)).squared()
    } oracle: {
      $0[0].map { $0 * $0 }
    }
    // Of a transposed value, where most take a copy.
    try checkOperation("reshape of a transpose", inputs: [.uniform([2, 3, 4])]) {
      $0[0].transposed([2, 0, 1]).reshaped(to: Shape(shape)).squared()
    } oracle: { x in
      picked(x[0], [4, 2, 3]) { ($0[1] * 3 + $0[2]) * 4 + $0[0] }.map { $0 * $0 }
    }
  }

  @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
  func transpose(permutation: [Int]) throws {
    let shape = [2, 3, 4]
    try checkOperation("transpose \(permutation)", inputs: [.uniform(Shape(shape))]) {
      $0[0].transposed(permutation).squared()
    } oracle: { x in
      picked(x[0].map { $0 * $0 }, permutation.map { shape[$0] }) { index in
        var source = [0, 0, 0]
        for (axis, from) in permutation.enumerated() { source[from] = index[axis] }
        return position(of: source, in: shape)
      }
    }
  }

  @Test(arguments: [
    ([3], [2, 3]), ([3, 1], [2, 3, 4]), ([1, 1], [5, 2]), ([], [3, 2]), ([2, 1, 4], [2, 3, 4]),
    ([1], [0]),
  ]) func broadcast(from: [Int], to: [Int]) throws {
    try checkOperation("broadcast \(from) \(to)", inputs: [.uniform(Shape(from))]) {
      $0[0].broadcast(to: Shape(to)).squared()
    } oracle: { x in
      picked(x[0].map { $0 * $0 }, to) { position(of: $0, in: from) }
    }
  }

  @Test(arguments: [
    ([0..<5, 0..<7], [1, 1]), ([1..<4, 2..<6], [1, 1]), ([0..<5, 1..<7], [2, 3]),
    ([4..<5, 6..<7], [1, 1]), ([0..<5, 3..<3], [1, 1]), ([5..<5, 0..<7], [1, 2]),
    ([1..<5, 0..<7], [3, 7]),
  ]) func slice(ranges: [Range<Int>], steps: [Int]) throws {
    try checkOperation("slice \(ranges) \(steps)", inputs: [.uniform([5, 7])]) {
      $0[0].slice(ranges, steps: steps).squared()
    } oracle: { x in
      stride(from: ranges[0].lowerBound, to: ranges[0].upperBound, by: steps[0]).flatMap { row in
        stride(from: ranges[1].lowerBound, to: ranges[1].upperBound, by: steps[1]).map { column in
          x[0][row * 7 + column] * x[0][row * 7 + column]
        }
      }
    }
  }

  @Test(arguments: [0, 1, 2]) func concatenate(axis: Int) throws {
    let shapes = [2, 1, 0, 6].map { extent in
      (0..<3).map { $0 == axis ? extent : [4, 5, 3][$0] }
    }
    try checkOperation(
      "concatenate \(axis)", inputs: shapes.map { .uniform(Shape($0)) }
    ) {
      $0[0].builder.concatenate($0, axis: axis).squared()
    } oracle: { x in
      picked([0], (0..<3).map { $0 == axis ? 9 : [4, 5, 3][$0] }) { _ in nil }.indices.map {
        element in
        var shape = [4, 5, 3]
        shape[axis] = 9
        var index = [
          element / (shape[1] * shape[2]), element / shape[2] % shape[1], element % shape[2],
        ]
        for (part, partShape) in shapes.enumerated() {
          if index[axis] < partShape[axis] {
            let value = x[part][position(of: index, in: partShape)]
            return value * value
          }
          index[axis] -= partShape[axis]
        }
        return .nan
      }
    }
  }

  /// The same value twice: both parts of the gradient add.
  @Test func concatenateWithItself() throws {
    let found = try numbers([float64([1, 2])]) { graph, v in
      let both = graph.concatenate([v[0], v[0]])
      return [both]
        + graph.gradient(of: (both * graph.iota([4], axis: 0, .float64)).sum(), withRespectTo: v)
    }
    #expect(found == [[1, 2, 1, 2], [2, 4]])
  }

  @Test func pad() throws {
    try checkOperation("pad", inputs: [.uniform([3, 4])]) {
      $0[0].padded([(before: 1, after: 2), (before: 0, after: 3)]).exp()
    } oracle: { x in
      picked(x[0], [6, 7]) { index in
        (1..<4).contains(index[0]) && index[1] < 4 ? (index[0] - 1) * 4 + index[1] : nil
      }.map { exp($0) }
    }
  }

  /// Layouts of layouts, down to one number and none.
  @Test func chains() throws {
    try checkOperation("chain", inputs: [.uniform([2, 3, 4])]) {
      $0[0].transposed([1, 2, 0]).slice([0..<3, 1..<4, 0..<2], steps: [2, 1, 1])
        .reshaped(to: [6, 2]).transposed().broadcast(to: [2, 2, 6]).reshaped(to: [24])
        .slice(axis: 0, 3..<21).padded([(before: 1, after: 0)]).sin()
    } oracle: { x in
      let turned = picked(x[0], [2, 3, 2]) { $0[2] * 12 + $0[0] * 2 * 4 + $0[1] + 1 }
      let rows = transposed(turned, 2)
      return ([0] + (rows + rows)[3..<21]).map { sin($0) }
    }
    try checkOperation("none", inputs: [.uniform([0, 3])]) {
      $0[0].transposed().reshaped(to: [0, 5]).padded([(before: 0, after: 0), (before: 1, after: 0)])
    } oracle: { _ in
      []
    }
  }
}
