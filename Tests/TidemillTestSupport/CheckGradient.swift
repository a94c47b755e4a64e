import Tidemill
import TidemillCompiler
import TidemillGraph

/// Proves gradients of orders one and two in float64.
///
/// Order one: of a random projection of the result. Order two: of a random projection of that gradient.
/// Both against five-point central differences (error h⁴·f⁽⁵⁾/30) of what the same graph computes.
func checkGradient(
  _ place: String, _ inputs: [TestInput], _ numbers: [[Double]], _ set: InstructionSet,
  seed: UInt64,
  build: ([Value]) -> Value
) throws {
  let differentiated = inputs.indices.filter { inputs[$0].isDifferentiated }
  guard !differentiated.isEmpty else { return }
  var generator = SeededGenerator(seed: seed, stream: 1)
  let runner = try Runner(instructionSet: set) { graph in
    let operands = declare(inputs, .float64, in: graph)
    let variables = differentiated.map { operands[$0] }
    let first = try projection(build(operands), &generator, graph)
    let gradients = graph.gradient(of: first, withRespectTo: variables)
    var second = graph.fill(0, .scalar, .float64)
    for gradient in gradients { second = second + (try projection(gradient, &generator, graph)) }
    let seconds = graph.gradient(of: second, withRespectTo: variables)
    return [first, second] + gradients + seconds
  }
  let tensors = try zip(inputs, numbers).map { input, numbers in
    try Tensor(numbers: numbers, shape: input.shape, input.dtype(checking: .float64))
  }
  let results = try runner.run(tensors).map(\.doubles)
  for (position, input) in differentiated.enumerated() {
    for element in sampled(numbers[input].count, &generator) {
      let differences = try centralDifferences(runner, tensors, input, element)
      for order in 0...1 {
        let symbolic = results[2 + position + order * differentiated.count][element]
        let numeric = differences[order]
        guard abs(symbolic - numeric) <= 1e-6 * max(abs(symbolic), abs(numeric), 1e-2) else {
          throw CheckFailure(
            "\(place), gradient of order \(order + 1) by input \(input), element \(element): "
              + "\(symbolic), by differences \(numeric)")
        }
      }
    }
  }
}

/// `Σ wᵢ·xᵢ` with random weights.
private func projection(
  _ value: Value, _ generator: inout SeededGenerator, _ graph: GraphBuilder
) throws -> Value {
  let weights = (0..<value.shape.count).map { _ in generator.uniform(0.5...1.5) }
  return (value * graph.constant(try Tensor(weights, shape: value.shape))).sum()
}

/// All elements, or some of many.
private func sampled(_ count: Int, _ generator: inout SeededGenerator) -> [Int] {
  count <= 20 ? Array(0..<count) : Array(generator.shuffled(count).prefix(20))
}

/// Of the first two results by one element of an input.
private func centralDifferences(
  _ runner: Runner, _ tensors: [Tensor], _ input: Int, _ element: Int
) throws -> [Double] {
  let step = 0x1p-10
  var sums = [0.0, 0.0]
  for (offset, weight) in [(-2.0, 1.0), (-1, -8), (1, 8), (2, -1)] {
    var moved = tensors
    try moved[input].withMutableScalars(as: Double.self) { $0[element] += offset * step }
    let results = try runner.run(moved)
    for order in 0...1 { sums[order] += weight * (try results[order].item()) }
  }
  return sums.map { $0 / (12 * step) }
}
