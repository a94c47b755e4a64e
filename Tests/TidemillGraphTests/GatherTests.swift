import Foundation
import Testing
import TidemillGraph
import TidemillTestSupport

/// Entries picked and added by integers.
@Suite struct GatherTests {
  @Test(arguments: [0, 1, 2], [DType.int32, .int64]) func gather(axis: Int, dtype: DType) throws {
    let shape = [4, 5, 3]
    // Repeated indices: their gradients add.
    let indices: [Double] = [0, 2, 1, 2, 2, 0]
    for indexShape: Shape in [[6], [2, 3], [3, 1, 2]] {
      try checkOperation(
        "gather \(axis) \(indexShape)",
        inputs: [.uniform(Shape(shape)), .fixed(indices, indexShape, dtype)]
      ) {
        $0[0].gather($0[1], axis: axis).squared()
      } oracle: { x in
        var result: [Double] = []
        forEachIndex((0..<3).map { $0 == axis ? 6 : shape[$0] }) { index, _ in
          var source = index
          source[axis] = Int(indices[index[axis]])
          let value = x[0][position(of: source, in: shape)]
          result.append(value * value)
        }
        return result
      }
    }
  }

  @Test(arguments: [0, 1, 2]) func scatterAdd(axis: Int) throws {
    let shape = (0..<3).map { $0 == axis ? 6 : [4, 5, 3][$0] }
    let indices: [Double] = [0, 6, 1, 6, 6, 0]
    try checkOperation(
      "scatterAdd \(axis)",
      inputs: [.uniform(Shape(shape)), .fixed(indices, [6], .int32)]
    ) {
      $0[0].scatterAdded(at: $0[1], axis: axis, entries: 7).exp()
    } oracle: { x in
      let target = (0..<3).map { $0 == axis ? 7 : shape[$0] }
      var result = [Double](repeating: 0, count: target.reduce(1, *))
      forEachIndex(shape) { index, element in
        var place = index
        place[axis] = Int(indices[index[axis]])
        result[position(of: place, in: target)] += x[0][element]
      }
      return result.map { exp($0) }
    }
  }

  /// No indices, a scalar index, and entries of no width.
  @Test func edges() throws {
    let table = try float64([1, 2, 3, 4, 5, 6], [3, 2])
    let none = try Tensor([Int32](), shape: [0])
    let one = Tensor(scalar: Int32(2))
    let found = try numbers([table, none, one]) { _, v in
      [
        v[0].gather(v[1]), v[0].gather(v[2]), v[0].slice([0..<3, 0..<0]).gather(v[2]),
        v[0].gather(v[1]).scatterAdded(at: v[1], entries: 2),
      ]
    }
    #expect(found == [[], [5, 6], [], [0, 0, 0, 0]])
  }

  /// An index outside stops the run with its element, value and range.
  @Test(arguments: [(3, 1), (-1, 0)]) func outside(index: Int32, element: Int) throws {
    var indices: [Int32] = [0, 0]
    indices[element] = index
    let tensor = try Tensor(indices)
    let text = try message {
      try numbers([float64([1, 2, 3]), tensor]) { graph, v in
        graph.scope("table") { [v[0].gather(v[1])] }
      }
    }
    #expect(text.contains("table/gather"))
    #expect(text.contains("element \(element) of the indices is \(index), but must be in 0 ..< 3"))
  }
}
