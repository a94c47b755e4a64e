import Tidemill
import TidemillCompiler
import TidemillGraph

/// Graphs whose plans within a budget are of a kind of their own.
package enum PlanningGraphs {
  /// Six layers whose weights are updated at the end of products; by small blocks these are deeper than one.
  package static func updates() throws -> Graph {
    let weights = try (0..<6).map { try parameter("w\($0)", Tensor(zeros: [512, 512])) }
    let builder = GraphBuilder()
    var x = builder.input("x", [512, 512])
    let values = weights.map { builder.read($0) }
    for value in values { x = x.matmul(value).relu() }
    let gradients = builder.gradient(of: x.squared().mean(), withRespectTo: values)
    for (weight, (value, gradient)) in zip(weights, zip(values, gradients)) {
      builder.assign(weight, value - gradient)
    }
    return try builder.graph(outputs: [x.sum()])
  }

  /// Gradients of four towers whose layers are written down in turns; inputs are `x` and the weights, all 64 by 64.
  package static func towers(layers: Int) throws -> Graph {
    let builder = GraphBuilder()
    let x = builder.input("x", [64, 64])
    let weights = (0..<4).map { tower in
      (0..<layers).map { builder.input("w\(tower)_\($0)", [64, 64]) }
    }
    var values = (0..<4).map { x * Double($0 + 2) }
    for layer in 0..<layers {
      for tower in 0..<4 { values[tower] = values[tower].matmul(weights[tower][layer]).tanh() }
    }
    let ends = values.map { $0.sum() }
    let loss = ends.dropFirst().reduce(ends[0]) { $0 + $1 }
    let gradients = builder.gradient(of: loss, withRespectTo: weights.flatMap { $0 })
    return try builder.graph(outputs: gradients.map { $0.sum() })
  }
}
