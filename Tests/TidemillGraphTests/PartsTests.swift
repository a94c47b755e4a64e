import Foundation
import Testing
import TidemillGraph
import TidemillTestSupport

/// Parts along an axis, and values side by side.
@Suite struct PartsTests {
  /// Parts in another order are put together again; an empty part is one too.
  @Test(arguments: [0, 1, 2, -1, -3]) func split(axis: Int) throws {
    let shape = [4, 7, 5]
    let counted = axis < 0 ? axis + 3 : axis
    let extents = [1, 0, shape[counted] - 3, 2]
    try checkOperation("split \(axis)", inputs: [.uniform(Shape(shape))]) {
      let parts = $0[0].split(extents, axis: axis)
      return $0[0].builder.concatenate([parts[3].exp(), parts[1], parts[2], parts[0]], axis: axis)
    } oracle: { x in
      let oracle = Cube(shape: shape, numbers: x[0])
      return oracle.moved(counted) { place in
        let last = shape[counted]
        if place < 2 { return (last - 2 + place, { exp($0) }) }
        return place == last - 1 ? (0, { $0 }) : (place - 1, { $0 })
      }
    }
  }

  @Test func equalParts() throws {
    try checkOperation("split into 3", inputs: [.uniform([2, 6])]) {
      let parts = $0[0].split(into: 3, axis: -1)
      return parts[0] * parts[1] - parts[2]
    } oracle: { x in
      rows(x[0], 6).flatMap { [$0[0] * $0[2] - $0[4], $0[1] * $0[3] - $0[5]] }
    }
    let found = try numbers([float64([], [0, 3])]) { _, v in v[0].split(into: 1) }
    #expect(found == [[]])
  }

  @Test(arguments: [0, 1, 2, -1, -2, -3]) func stack(axis: Int) throws {
    let place = axis < 0 ? axis + 3 : axis
    try checkOperation(
      "stack \(axis)",
      inputs: [.uniform([2, 3]), .uniform([2, 3]), .uniform([2, 3]), .uniform([2, 3])]
    ) {
      $0[0].builder.stack($0, axis: axis).squared()
    } oracle: { x in
      var result: [Double] = []
      var shape = [2, 3]
      shape.insert(4, at: place)
      forEachIndex(shape) { index, _ in
        var source = index
        let operand = source.remove(at: place)
        let value = x[operand][source[0] * 3 + source[1]]
        result.append(value * value)
      }
      return result
    }
  }

  @Test func stackOfScalarsAndOfNothing() throws {
    let found = try numbers([float64(2), float64(3), float64([], [0, 2])]) { graph, v in
      [graph.stack([v[0], v[1], v[0]]), graph.stack([v[2], v[2]], axis: 1), graph.stack([v[0]])]
    }
    #expect(found == [[2, 3, 2], [], [2]])
  }
}

/// Numbers with three axes, moved along one of them.
private struct Cube {
  let shape: [Int]
  let numbers: [Double]

  func moved(_ axis: Int, _ source: (Int) -> (Int, (Double) -> Double)) -> [Double] {
    var result: [Double] = []
    forEachIndex(shape) { index, _ in
      let (from, function) = source(index[axis])
      var place = index
      place[axis] = from
      result.append(function(numbers[position(of: place, in: shape)]))
    }
    return result
  }
}
