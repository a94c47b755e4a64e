import TidemillPlanning

/// The least cost of a schedule, by going through all states in the order of their costs.
///
/// A state says of each operation whether it was never computed, is live, or is gone: a digit of a
/// number to the base of 3. Steps compute one operation or free one; nothing is left out.
///
/// - Returns: `nil` where there is no schedule.
func exhaustiveCost(_ problem: RecomputeProblem) -> Int? {
  let count = problem.sizes.count
  var power = [1]
  for _ in 0..<count { power.append((power.last ?? 1) * 3) }
  let operands = problem.operands.map { $0.reduce(UInt32(0)) { $0 | 1 << UInt32($1) } }
  let all: UInt32 = count == 32 ? .max : 1 << UInt32(count) - 1
  var costs = StateCosts(states: power[count])
  // States by cost; costs are small whole numbers.
  var queue: [[(key: Int, done: UInt32, live: UInt32, used: Int)]] = [[(0, 0, 0, 0)]]
  costs[0] = 0
  var cost = 0
  while cost < queue.count {
    while let state = queue[cost].popLast() {
      if state.done == all { return cost }
      guard costs[state.key] == Int32(cost) else { continue }
      func reach(_ key: Int, _ done: UInt32, _ live: UInt32, _ used: Int, _ cost: Int) {
        guard Int32(cost) < costs[key] else { return }
        costs[key] = Int32(cost)
        while queue.count <= cost { queue.append([]) }
        queue[cost].append((key, done, live, used))
      }
      for operation in 0..<count {
        let bit: UInt32 = 1 << UInt32(operation)
        let size = problem.sizes[operation]
        if state.live & bit != 0 {
          reach(
            state.key + power[operation], state.done, state.live ^ bit, state.used - size, cost)
        } else if state.used + size <= problem.budget,
          state.live & operands[operation] == operands[operation]
        {
          let isNew = state.done & bit == 0
          reach(
            state.key + (isNew ? 1 : -1) * power[operation], state.done | bit, state.live | bit,
            state.used + size, cost + problem.costs[operation])
        }
      }
    }
    cost += 1
  }
  return nil
}

/// The least known cost of each state: in a row where there are few states, by name where there are many.
private struct StateCosts {
  private var row: [Int32]
  private var named: [Int: Int32] = [:]

  init(states: Int) { row = states < 1 << 22 ? Array(repeating: .max, count: states) : [] }

  subscript(key: Int) -> Int32 {
    get { row.isEmpty ? named[key] ?? .max : row[key] }
    set { if row.isEmpty { named[key] = newValue } else { row[key] = newValue } }
  }
}
