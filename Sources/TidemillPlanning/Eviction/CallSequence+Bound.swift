extension CallSequence {
  /// What runs beyond the first of each call cost at the least within a budget, for any order of the
  /// calls.
  ///
  /// Each value is an operation of a ``RecomputeProblem`` for itself. Of several that one group makes only
  /// the largest costs something, so nothing is counted twice. A cut is where what is live is known: at a
  /// call that makes all of its values alone.
  ///
  /// - Parameters:
  ///   - budget: In the unit of the sizes.
  ///   - deadline: When to take the best bound so far; 0 is one.
  package func extraCostBound(budget: Int, deadline: Deadline) -> Int {
    var operationOfValue = [Int](repeating: -1, count: sizes.count)
    var operationSizes: [Int] = []
    var costs: [Int] = []
    var edges: [(from: Int, to: Int)] = []
    var operationOfCall: [Int: Int] = [:]
    for group in groups {
      let values = group.writes.sorted { (-sizes[$0], $0) < (-sizes[$1], $1) }
      if group.calls.count == 1 { operationOfCall[group.calls[0]] = costs.count }
      for value in values.isEmpty ? [-1] : values {
        for operand in group.reads where operationOfValue[operand] >= 0 {
          edges.append((operationOfValue[operand], costs.count))
        }
        costs.append(value == values.first ?? -1 ? group.cost : 0)
        operationSizes.append(value < 0 ? 0 : sizes[value])
      }
      for (place, value) in values.enumerated() {
        operationOfValue[value] = costs.count - values.count + place
      }
    }
    guard
      let problem = try? RecomputeProblem(
        sizes: operationSizes, costs: costs, edges: edges, budget: budget)
    else { return 0 }
    var best = 0
    for call in cuts where !deadline.isPast {
      guard let operation = operationOfCall[call] else { continue }
      let room = budget - workingSet(call)
      best = max(
        best, CutBound(problem, cut: operation).solve(room: room, deadline: deadline).bound)
    }
    return best
  }

  /// Calls around the fullest and, wider apart, from there on.
  private var cuts: [Int] {
    let fullest = fullest
    let rest = calls.count - fullest
    let all = [0, 1, -1, 2, -2, 3].map { fullest + $0 } + (1..<8).map { fullest + rest * $0 / 8 }
    var seen: Set<Int> = []
    return all.filter { calls.indices.contains($0) && seen.insert($0).inserted }
  }
}
