/// What a schedule must compute again after the first computation of one operation, the *cut*.
///
/// All that the cut depends on has been computed by then, nothing that depends on it. So a value
/// that is read by an operation of the latter kind either is live at the cut, where what is live must
/// fit into the budget beside the cut's working set, or is computed again later; and whoever is
/// computed again needs its operands in the same way. The least cost of that, with the budget as a
/// price λ on each byte, is a minimum cut; for any λ it bounds the true cost from below.
struct CutBound {
  /// What is live at the cut, what is computed again after it, and the bound on the latter's cost.
  struct Solution {
    var bound: Int
    var kept: [Int]
    var again: [Int]
    var keptBytes: Int
    /// Of a byte, in the unit of costs.
    var price = 0.0
  }

  private let problem: RecomputeProblem
  private let cut: Int
  /// Those that the cut depends on but does not read: position by operation, or -1.
  private var position: [Int]
  private var members: [Int] = []
  private var isNeeded: [Bool] = []
  /// Costs are multiplied by two to this, so that prices are whole numbers.
  private let shift: Int

  init(_ problem: RecomputeProblem, cut: Int) {
    self.problem = problem
    self.cut = cut
    let before = Self.reached(from: cut, problem.operands)
    let after = Self.reached(from: cut, problem.users)
    position = [Int](repeating: -1, count: problem.sizes.count)
    let read = Set(problem.operands[cut])
    for operation in problem.order where before[operation] && !read.contains(operation) {
      position[operation] = members.count
      members.append(operation)
      isNeeded.append(problem.users[operation].contains { after[$0] })
    }
    shift = max(0, min(30, problem.baseCost.leadingZeroBitCount - 5))
  }

  private static func reached(from start: Int, _ edges: [[Int]]) -> [Bool] {
    var isReached = [Bool](repeating: false, count: edges.count)
    var stack = edges[start]
    while let operation = stack.popLast() {
      if isReached[operation] { continue }
      isReached[operation] = true
      stack += edges[operation]
    }
    return isReached
  }

  private static let rounds = 40

  /// The largest bound over prices that are tried until the deadline, and the solutions below and above the best price.
  ///
  /// - Parameters:
  ///   - room: What may be live at the cut beside its working set.
  ///   - deadline: When to take the best bound so far.
  func solve(room: Int, deadline: Deadline) -> (bound: Int, solutions: [Solution]) {
    guard let free = solution(price: 0, room: room, deadline) else { return (0, []) }
    guard free.keptBytes > room else { return (0, [free]) }
    let total = members.reduce(1) { $0 + problem.sizes[$1] }
    var (low, high) = (0, max(1, (1 << 60) / total))
    var best = 0
    var solutions: [Solution] = []
    // The bound is concave in the price, and its slope is what is kept beyond the room.
    for _ in 0..<Self.rounds where high - low > 1 && !deadline.isPast {
      let price = low < 1 << 20 && high > 1 << 40 ? 1 << 20 : low + (high - low) / 2
      guard let found = solution(price: price, room: room, deadline) else { break }
      best = max(best, found.bound)
      solutions.append(found)
      if found.keptBytes > room { low = price } else { high = price }
    }
    return (best, solutions)
  }

  /// Mixtures of the two solutions next to the best price, of which one keeps too much and the other
  /// too little: layers that are alike all change at one price, but not all of them have to.
  ///
  /// Up to some operation the first holds, from there on the second, or the other way round; as much is
  /// kept as there is room for.
  func mixtures(_ solutions: [Solution], room: Int) -> [[Int]] {
    guard let much = solutions.last(where: { $0.keptBytes > room }),
      let little = solutions.last(where: { $0.keptBytes <= room })
    else { return [] }
    let (generous, thrifty) = (Set(much.kept), Set(little.kept))
    let (muchAgain, littleAgain) = (Set(much.again), Set(little.again))
    return [members, members.reversed()].map { order in
      var bytes = little.keptBytes
      var split = 0
      while split < order.count {
        let size = problem.sizes[order[split]]
        let change =
          (generous.contains(order[split]) ? size : 0) - (thrifty.contains(order[split]) ? size : 0)
        if bytes + change > room { break }
        bytes += change
        split += 1
      }
      return order[..<split].filter(muchAgain.contains)
        + order[split...].filter(littleAgain.contains)
    }
  }

  /// The least cost at a price for each byte that is kept.
  private func solution(price: Int, room: Int, _ deadline: Deadline) -> Solution? {
    guard
      let found = solve(
        keeping: members.map { price * problem.sizes[$0] },
        again: members.map { problem.costs[$0] << shift }, deadline)
    else { return nil }
    let (priceOfRoom, overflow) = price.multipliedReportingOverflow(by: max(0, room))
    let scaled = overflow ? 0 : found.least - priceOfRoom
    // Costs are whole numbers, so the next larger one is a bound as well.
    var solution = found.solution
    solution.price = Double(price) / Double(1 << shift)
    solution.bound = scaled <= 0 ? 0 : (scaled + (1 << shift) - 1) >> shift
    return solution
  }

  /// Who is computed again where both have prices of their own, in the unit of costs.
  ///
  /// - Parameters:
  ///   - keeping: By operation, what it costs to keep its value.
  ///   - again: By operation, what it costs to compute it again.
  ///   - deadline: When to give up, with `nil`.
  func again(keeping: [Double], again: [Double], deadline: Deadline) -> [Int]? {
    let unit = Double(1 << shift)
    let most = Double(1 << 60) / Double(max(1, 2 * members.count))
    return solve(
      keeping: members.map { Int(min(most, keeping[$0] * unit)) },
      again: members.map { Int(min(most, again[$0] * unit)) }, deadline
    )?.solution.again
  }

  private func solve(
    keeping: [Int], again: [Int], _ deadline: Deadline
  ) -> (solution: Solution, least: Int)? {
    // Nodes: available, for each member; computed again, for each.
    let count = members.count
    var network = MinimumCut(nodes: 2 * count)
    var offset = 0
    for (index, operation) in members.enumerated() {
      network.connect(index, network.sink, keeping[index])
      if isNeeded[index] { network.connect(network.source, index, MinimumCut.unbounded) }
      guard again[index] < keeping[index] else { continue }
      offset += keeping[index] - again[index]
      network.connect(network.source, count + index, keeping[index] - again[index])
      network.connect(count + index, index, MinimumCut.unbounded)
      for operand in problem.operands[operation] where position[operand] >= 0 {
        network.connect(count + index, position[operand], MinimumCut.unbounded)
      }
    }
    guard let capacity = network.solve(deadline: deadline) else { return nil }
    let least = capacity - offset
    var solution = Solution(bound: 0, kept: [], again: [], keptBytes: 0)
    for (index, operation) in members.enumerated() where network.isTaken(index) {
      if network.isTaken(count + index) {
        solution.again.append(operation)
      } else {
        solution.kept.append(operation)
        solution.keptBytes += problem.sizes[operation]
      }
    }
    return (solution, least)
  }
}
