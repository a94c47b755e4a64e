import Foundation
import TidemillGraph

extension Interpreter {
  /// Operations that sum or compare along axes.
  static func contraction(
    _ operation: any TidemillGraph.Operation, _ x: [[Double]], _ shapes: [[Int]]
  ) -> [Double]? {
    switch operation {
    case let reduce as Reduce:
      return reduced(x[0], shapes[0], reduce)
    case is MatrixMultiply:
      return product(x, shapes)
    case let row as RowFunction:
      let columns = shapes[0][shapes[0].count - 1]
      return rows(x[0], columns).flatMap { values -> [Double] in
        let sum = logSumExp(values)
        switch row.function {
        case .softmax: return values.map { exp($0 - sum) }
        case .logSoftmax: return values.map { $0 - sum }
        case .logSumExp: return [sum]
        case .argmax: return [Double(values.firstIndex(of: values.max() ?? 0) ?? 0)]
        }
      }
    case is SoftmaxCrossEntropy:
      return zip(rows(x[0], shapes[0][1]), x[1]).map { logSumExp($0) - $0[Int($1)] }
    case is SoftmaxCrossEntropyGradient:
      return rows(x[0], shapes[0][1]).enumerated().flatMap { row, values in
        values.enumerated().map { column, value in
          let hit = Int(x[1][row]) == column ? 1.0 : 0
          return x[2][row] * (exp(value - logSumExp(values)) - hit)
        }
      }
    default:
      return nil
    }
  }

  private static func logSumExp(_ row: [Double]) -> Double {
    let most = row.max() ?? 0
    return most + log(row.reduce(0) { $0 + exp($1 - most) })
  }

  private static func reduced(_ x: [Double], _ shape: [Int], _ reduce: Reduce) -> [Double] {
    let kept = shape.indices.map { reduce.axes.contains($0) ? 1 : shape[$0] }
    let first: Double =
      switch reduce.function {
      case .max: -.infinity
      case .min: .infinity
      case .sum: 0
      }
    var result = [Double](repeating: first, count: kept.reduce(1, *))
    forEachIndex(shape) { index, element in
      let target = position(of: index, in: kept)
      switch reduce.function {
      case .max: result[target] = Swift.max(result[target], x[element])
      case .min: result[target] = Swift.min(result[target], x[element])
      case .sum: result[target] += x[element]
      }
    }
    return result
  }

  private static func product(_ x: [[Double]], _ shapes: [[Int]]) -> [Double] {
    let rank = shapes[0].count
    let (m, k, n) = (shapes[0][rank - 2], shapes[0][rank - 1], shapes[1][rank - 1])
    var result: [Double] = []
    for batch in 0..<shapes[0].dropLast(2).reduce(1, *) {
      for row in 0..<m {
        for column in 0..<n {
          var sum = 0.0
          for inner in 0..<k {
            sum += x[0][(batch * m + row) * k + inner] * x[1][(batch * k + inner) * n + column]
          }
          result.append(sum)
        }
      }
    }
    return result
  }
}
