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

/// The least cost of a schedule, by trying all single steps until nothing gets cheaper.
func exhaustiveCost(_ problem: RecomputeProblem) -> Int? {
  struct State: Hashable {
    var done: Set<Int> = []
    var live: Set<Int> = []
  }
  var costs: [State: Int] = [State(): 0]
  var changed: Set<State> = [State()]
  while !changed.isEmpty {
    var next: Set<State> = []
    for state in changed {
      let cost = costs[state] ?? 0
      func reach(_ other: State, _ cost: Int) {
        if cost < costs[other] ?? .max {
          costs[other] = cost
          next.insert(other)
        }
      }
      for value in state.live {
        reach(State(done: state.done, live: state.live.subtracting([value])), cost)
      }
      let used = state.live.reduce(0) { $0 + problem.sizes[$1] }
      for operation in problem.sizes.indices where !state.live.contains(operation) {
        guard used + problem.sizes[operation] <= problem.budget,
          state.live.isSuperset(of: problem.operands[operation])
        else { continue }
        reach(
          State(done: state.done.union([operation]), live: state.live.union([operation])),
          cost + problem.costs[operation])
      }
    }
    changed = next
  }
  return costs.filter { $0.key.done.count == problem.sizes.count }.values.min()
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
