import Tidemill
import TidemillGraph

/// A random graph in the making: a pool of floating-point values, to which operations add.
struct GrowingGraph {
  var pool: [Value] = []
  var generator: SeededGenerator
  private let builder: GraphBuilder
  private let extents: [Int]
  private let largest: Int
  private let dtype: DType

  init(
    _ builder: GraphBuilder, _ generator: SeededGenerator, _ extents: [Int], _ largest: Int,
    _ dtype: DType
  ) {
    self.builder = builder
    self.generator = generator
    self.extents = extents
    self.largest = largest
    self.dtype = dtype
  }

  /// Adds one value, where it is not too large.
  mutating func grow() {
    // Late values more often: deep graphs rather than wide ones.
    let x =
      generator.chance(0.6)
      ? pool[pool.count - 1 - generator.index(below: min(4, pool.count))]
      : generator.element(pool)
    let value =
      switch generator.index(below: 12) {
      case 0...2: unary(x)
      case 3...5: binary(x, generator.element(pool))
      case 6, 7: layout(x)
      case 8: reduction(x)
      case 9: product(x)
      case 10: picked(x)
      default: chosen(x, generator.element(pool))
      }
    if value.shape.count <= largest && value.shape.rank <= 5 { pool.append(value) }
  }

  private mutating func unary(_ x: Value) -> Value {
    switch generator.index(below: 10) {
    case 0: x.tanh()
    case 1: x.sigmoid()
    case 2: x.sin()
    case 3: x.relu()
    case 4: x.abs()
    case 5: -x
    case 6: (x * 0.25).tanh().exp()
    case 7: (x.squared() + 1).log()
    case 8: x * generator.element([0.0, 1.0, 0.5, -1.5]) + generator.element([0.0, 0.25])
    default: 1 / (x.squared() + 0.5)
    }
  }

  /// Broadcast where the shapes fit, else with the other's mean.
  private mutating func binary(_ x: Value, _ other: Value) -> Value {
    let y = Shape.broadcast(x.shape, other.shape) == nil ? other.mean() : other
    return switch generator.index(below: 6) {
    case 0: x + y
    case 1: x - y
    case 2: x.tanh() * y
    case 3: max(x, y)
    case 4: min(x, y)
    default: x / (y.squared() + 1)
    }
  }

  private mutating func layout(_ x: Value) -> Value {
    let shape = x.shape.dimensions
    let axis = generator.index(below: max(shape.count, 1))
    switch generator.index(below: 6) {
    case 0: return x.reshaped(to: refactored(shape))
    case 1:
      return x.transposed(generator.shuffled(shape.count))
    case 2:
      var steps: [Int] = []
      let ranges = shape.map { extent -> Range<Int> in
        steps.append(1 + generator.index(below: 2))
        let low = generator.index(below: extent)
        return generator.chance(0.5)
          ? 0..<extent : low..<low + 1 + generator.index(below: extent - low)
      }
      return x.slice(ranges, steps: steps)
    case 3 where !shape.isEmpty:
      let end = 1 + generator.index(below: shape[axis])
      return builder.concatenate([x, x.slice(axis: axis, 0..<end) * 0.5], axis: axis)
    case 4:
      return x.padded(shape.map { _ in (generator.index(below: 2), generator.index(below: 3)) })
    default:
      return x.broadcast(to: Shape([generator.element(extents)] + shape))
    }
  }

  /// The same number of elements, flat, with axes joined, split or of extent 1.
  private mutating func refactored(_ shape: [Int]) -> Shape {
    var extents: [Int] = []
    for extent in shape {
      if generator.chance(0.3), let last = extents.popLast() {
        extents.append(last * extent)
      } else if generator.chance(0.2), extent % 2 == 0 {
        extents += [2, extent / 2]
      } else {
        extents.append(extent)
      }
      if generator.chance(0.15) { extents.append(1) }
    }
    return extents.count <= 6 ? Shape(extents) : [shape.reduce(1, *)]
  }

  private mutating func reduction(_ x: Value) -> Value {
    let axes = x.shape.dimensions.indices.filter { _ in generator.chance(0.5) }
    let keeps = generator.chance(0.5)
    switch generator.index(below: 5) {
    case 0: return x.mean(axes: axes, keepingAxes: keeps)
    case 1: return x.max(axes: axes, keepingAxes: keeps)
    case 2: return x.min(axes: axes, keepingAxes: keeps)
    case 3 where x.shape.rank > 0: return x.softmax(axis: generator.index(below: x.shape.rank))
    case 4 where x.shape.rank > 0: return x.logSumExp()
    default: return x.mean()
    }
  }

  /// With its own transpose, a constant, or a vector; scaled to stay small.
  private mutating func product(_ x: Value) -> Value {
    guard x.shape.rank >= 1 else { return x * 2 }
    let inner = x.shape.dimensions[x.shape.rank - 1]
    let scaled = x * (1 / Double(max(inner, 1)))
    if x.shape.rank >= 2 && generator.chance(0.4) {
      return generator.chance(0.5)
        ? scaled.matmul(x.matrixTransposed()) : scaled.matrixTransposed().matmul(x)
    }
    let columns = generator.element(extents)
    let weights =
      (builder.iota([inner, columns], axis: 0, dtype) * 0.7
      + builder.iota([inner, columns], axis: 1, dtype) * 1.3).sin()
    return generator.chance(0.3)
      ? scaled.matmul(weights.slice([0..<inner, 0..<1]).reshaped(to: [inner]))
      : scaled.matmul(weights)
  }

  private mutating func picked(_ x: Value) -> Value {
    guard x.shape.rank >= 1 else { return x.oneMore() }
    let axis = generator.index(below: x.shape.rank)
    let extent = x.shape.dimensions[axis]
    guard extent > 0 else { return x }
    let count = 1 + generator.index(below: 6)
    let indices = (0..<count).map { _ in Int32(generator.index(below: extent)) }
    guard let tensor = try? Tensor(indices) else { return x }
    let gathered = x.gather(builder.constant(tensor), axis: axis)
    return generator.chance(0.5)
      ? gathered
      : gathered.scatterAdded(at: builder.constant(tensor), axis: axis, entries: extent + 1)
  }

  private mutating func chosen(_ x: Value, _ other: Value) -> Value {
    let y = Shape.broadcast(x.shape, other.shape) == nil ? other.mean() : other
    return generator.chance(0.5) ? select(x .> y, x, y * 0.5) : (x .<= y).cast(to: dtype) * x
  }

  /// Outputs, guards, assignments, a gradient.
  mutating func finish(_ parameters: [Parameter]) -> [Value] {
    var outputs = (0..<1 + generator.index(below: 3)).map { _ in
      pool[pool.count - 1 - generator.index(below: min(6, pool.count))]
    }
    if generator.chance(0.2) { outputs.append(generator.element(pool)) }
    if generator.chance(0.3) { builder.requireFinite(outputs[0], "output 0") }
    if seed(oneIn: 3) {
      let loss = outputs.map { $0.mean() }.reduce(outputs[0].mean()) { $0 + $1 }
      let variables = [pool[0], pool[1]] + parameters.map { builder.read($0) }
      let gradients = builder.gradient(of: loss, withRespectTo: variables)
      outputs += gradients.prefix(2)
      for (parameter, gradient) in zip(parameters, gradients.dropFirst(2)) {
        builder.assign(parameter, builder.read(parameter) - gradient * 0.1)
      }
    } else {
      assign(parameters)
    }
    return outputs
  }

  private mutating func seed(oneIn count: Int) -> Bool { generator.index(below: count) == 0 }

  private mutating func assign(_ parameters: [Parameter]) {
    let reads = parameters.map { builder.read($0) }
    if generator.chance(0.3) {
      builder.assign(parameters[0], reads[1])
      builder.assign(parameters[1], generator.chance(0.5) ? reads[0] : reads[0] + reads[1])
    } else {
      for index in 0..<2 where generator.chance(0.6) {
        let fitting = pool.filter { $0.shape == reads[index].shape }
        builder.assign(
          parameters[index],
          generator.chance(0.5) ? generator.element(fitting) : reads[index] * 0.5 + 1)
      }
    }
    if generator.chance(0.5) {
      builder.assign(parameters[2], reads[2] + generator.element(pool).mean())
    }
  }
}

extension Value {
  /// With an axis of extent 1 in front.
  fileprivate func oneMore() -> Value { reshaped(to: Shape([1] + shape.dimensions)) }
}
