import TidemillPlanning

/// A random graph of a few operations.
func randomGraph(_ random: inout TestGenerator, count: Int, budget: Int) throws -> RecomputeProblem
{
  var edges: [(from: Int, to: Int)] = []
  for to in 0..<count {
    for from in 0..<to where Int.random(in: 0..<5, using: &random) < (from == to - 1 ? 3 : 1) {
      edges.append((from, to))
    }
  }
  // Names that are in no order.
  let names = Array(0..<count).shuffled(using: &random)
  return try RecomputeProblem(
    sizes: (0..<count).map { _ in Int.random(in: 0...5, using: &random) },
    costs: (0..<count).map { _ in Int.random(in: 0...9, using: &random) },
    edges: edges.map { (names[$0.from], names[$0.to]) }, budget: budget)
}

/// A chain of steps and their reverse: x(0) … x(l-1), and where `readsOutput` x(l); b(l) … b(1), where
/// b(i) reads x(i-1), b(i+1), and where `readsOutput` x(i).
func reversedChain(
  _ length: Int, sizes: [Int], costs: [Int], readsOutput: Bool = false, budget: Int
) throws -> RecomputeProblem {
  let forward = readsOutput ? length + 1 : length
  var edges = (1..<max(1, forward)).map { (from: $0 - 1, to: $0) }
  for step in stride(from: length, through: 1, by: -1) {
    let node = forward + length - step
    edges.append((step - 1, node))
    if readsOutput { edges.append((step, node)) }
    if step < length { edges.append((node - 1, node)) }
  }
  return try RecomputeProblem(sizes: sizes, costs: costs, edges: edges, budget: budget)
}
