import TidemillGraph

extension Interpreter {
  /// Operations that move elements.
  static func layout(_ operation: any Operation, _ x: [[Double]], _ shapes: [[Int]]) -> [Double]? {
    switch operation {
    case is Reshape, is StopGradient:
      return x[0]
    case let transpose as Transpose:
      return pick(x[0], transpose.permutation.map { shapes[0][$0] }) { index in
        var source = index
        for (axis, from) in transpose.permutation.enumerated() { source[from] = index[axis] }
        return position(of: source, in: shapes[0])
      }
    case let broadcast as Broadcast:
      return pick(x[0], broadcast.shape.dimensions) { position(of: $0, in: shapes[0]) }
    case let slice as Slice:
      return pick(x[0], slice.extents) { index in
        let source = index.indices.map { slice.starts[$0] + index[$0] * slice.steps[$0] }
        return place(source, shapes[0])
      }
    case let pad as Pad:
      var result = [Double](repeating: 0, count: pad.shape.count)
      forEachIndex(shapes[0]) { index, element in
        let target = index.indices.map { pad.starts[$0] + index[$0] * pad.steps[$0] }
        result[place(target, pad.shape.dimensions)] = x[0][element]
      }
      return result
    case let concatenate as Concatenate:
      return concatenated(x, shapes, concatenate.axis)
    case let gather as Gather:
      return gathered(x, shapes, gather.axis)
    case let scatter as ScatterAdd:
      return scattered(x, shapes, scatter)
    default:
      return nil
    }
  }

  private static func pick(
    _ x: [Double], _ shape: [Int], _ source: ([Int]) -> Int
  ) -> [Double] {
    var result: [Double] = []
    forEachIndex(shape) { index, _ in result.append(x[source(index)]) }
    return result
  }

  /// Without any broadcasting.
  private static func place(_ index: [Int], _ shape: [Int]) -> Int {
    zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }
  }

  private static func concatenated(_ x: [[Double]], _ shapes: [[Int]], _ axis: Int) -> [Double] {
    var shape = shapes[0]
    shape[axis] = shapes.reduce(0) { $0 + $1[axis] }
    var result = [Double](repeating: 0, count: shape.reduce(1, *))
    var start = 0
    for (part, partShape) in shapes.enumerated() {
      forEachIndex(partShape) { index, element in
        var target = index
        target[axis] += start
        result[place(target, shape)] = x[part][element]
      }
      start += partShape[axis]
    }
    return result
  }

  private static func gathered(_ x: [[Double]], _ shapes: [[Int]], _ axis: Int) -> [Double] {
    let (table, indices) = (shapes[0], shapes[1])
    let end = axis + indices.count
    return pick(x[0], table[..<axis] + indices + table[(axis + 1)...]) { index in
      let entry = Int(x[1][place(Array(index[axis..<end]), indices)])
      return place(index[..<axis] + [entry] + index[end...], table)
    }
  }

  private static func scattered(
    _ x: [[Double]], _ shapes: [[Int]], _ scatter: ScatterAdd
  ) -> [Double] {
    let end = scatter.axis + shapes[1].count
    let shape = shapes[0][..<scatter.axis] + [scatter.entries] + shapes[0][end...]
    var result = [Double](repeating: 0, count: shape.reduce(1, *))
    forEachIndex(shapes[0]) { index, element in
      let entry = Int(x[1][place(Array(index[scatter.axis..<end]), shapes[1])])
      result[place(index[..<scatter.axis] + [entry] + index[end...], Array(shape))] += x[0][element]
    }
    return result
  }
}
