import Foundation
import TidemillGraph

extension Interpreter {
  /// Operations that compute each element from those at the same position.
  static func elementwise(_ node: Node, _ x: [[Double]]) -> [Double]? {
    switch node.operation {
    case is Select:
      return x[0].indices.map { x[0][$0] != 0 ? x[1][$0] : x[2][$0] }
    case let comparison as Comparison:
      return zip(x[0], x[1]).map { holds(comparison.relation, $0, $1) ? 1 : 0 }
    case let logic as Logic:
      switch logic.connective {
      case .not: return x[0].map { 1 - $0 }
      case .and: return zip(x[0], x[1]).map { $0 * $1 }
      case .or: return zip(x[0], x[1]).map { Swift.max($0, $1) }
      }
    case let cast as Cast:
      if cast.dtype == .bool { return x[0].map { $0 == 0 ? 0 : 1 } }
      return cast.dtype.isInteger ? x[0].map { $0.rounded(.towardZero) } : x[0]
    case let iota as Iota:
      var result: [Double] = []
      forEachIndex(iota.type.shape.dimensions) { index, _ in result.append(Double(index[iota.axis]))
      }
      return result
    case let operation as any ElementwiseOperation:
      if x.count == 1 { return unary(operation.name).map { x[0].map($0) } }
      return binary(operation.name).map { function in zip(x[0], x[1]).map { function($0, $1) } }
    default:
      return nil
    }
  }

  private static func holds(_ relation: Comparison.Relation, _ x: Double, _ y: Double) -> Bool {
    switch relation {
    case .equal: x == y
    case .notEqual: x != y
    case .less: x < y
    case .lessOrEqual: x <= y
    case .greater: x > y
    case .greaterOrEqual: x >= y
    }
  }

  private static func unary(_ name: String) -> ((Double) -> Double)? {
    switch name {
    case "negate": { -$0 }
    case "abs": { Swift.abs($0) }
    case "sign": { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }
    case "floor": { $0.rounded(.down) }
    case "round": { $0.rounded(.toNearestOrEven) }
    case "sqrt": { $0.squareRoot() }
    case "rsqrt": { 1 / $0.squareRoot() }
    case "exp": { exp($0) }
    case "expm1": { expm1($0) }
    case "log": { log($0) }
    case "log1p": { log1p($0) }
    case "tanh": { tanh($0) }
    case "sigmoid": { logistic($0) }
    case "softplus": { Swift.max($0, 0) + log1p(exp(-Swift.abs($0))) }
    case "erf": { erf($0) }
    case "sin": { sin($0) }
    case "cos": { cos($0) }
    default: nil
    }
  }

  private static func binary(_ name: String) -> ((Double, Double) -> Double)? {
    switch name {
    case "add": { $0 + $1 }
    case "subtract": { $0 - $1 }
    case "multiply": { $0 * $1 }
    case "divide": { $0 / $1 }
    case "maximum", "relu": { Swift.max($0, $1) }
    case "minimum": { Swift.min($0, $1) }
    case "power": { pow($0, $1) }
    default: nil
    }
  }
}
