/// The cheapest schedule of a small graph, by A* over what has been computed and what is live.
///
/// A step computes one operation after it has freed what stands in its way. Freed is only what a
/// step needs room for, or what nobody can need again, so nothing is lost. What is yet to be computed
/// for the first time, and what that needs of what is gone, bounds the rest.
///
/// **Source**: Hart, Nilsson, Raphael: A formal basis for the heuristic determination of minimum cost
/// paths, 1968.
struct ScheduleSearch {
  enum Outcome {
    /// The computations of a cheapest schedule, in order.
    case found([Int])
    /// There is no schedule.
    case none
    case aborted
  }

  private struct State: Hashable {
    var done: UInt64
    var live: UInt64
  }

  private struct Node {
    var state: State
    var cost: Int
    var before: Int32
    /// What was computed; -1 where something was freed.
    var computed: Int32
  }

  private let problem: RecomputeProblem
  private let operands: [UInt64]
  private let users: [UInt64]
  private let mostStates: Int
  private let deadline: Deadline

  /// - Parameter mostStates: When to give up.
  init?(_ problem: RecomputeProblem, mostStates: Int, deadline: Deadline) {
    guard problem.sizes.count <= 64 else { return nil }
    self.problem = problem
    self.mostStates = mostStates
    self.deadline = deadline
    operands = problem.operands.map { $0.reduce(0) { $0 | 1 << UInt64($1) } }
    users = problem.users.map { $0.reduce(0) { $0 | 1 << UInt64($1) } }
  }

  func run() -> Outcome {
    let count = problem.sizes.count
    let all: UInt64 = count == 64 ? .max : (1 << UInt64(count)) - 1
    var nodes = [Node(state: State(done: 0, live: 0), cost: 0, before: -1, computed: -1)]
    var best: [State: Int] = [nodes[0].state: 0]
    var queue = PriorityQueue()
    queue.push(0, priority: 0)
    while let (index, _) = queue.pop() {
      let node = nodes[index]
      guard best[node.state] == node.cost else { continue }
      if node.state.done == all { return .found(path(to: index, nodes)) }
      if nodes.count > mostStates || (index & 1023 == 0 && deadline.isPast) { return .aborted }
      expand(node.state) { state, computed in
        let cost = node.cost + (computed >= 0 ? problem.costs[computed] : 0)
        if let known = best[state], known <= cost { return }
        best[state] = cost
        nodes.append(
          Node(state: state, cost: cost, before: Int32(index), computed: Int32(computed)))
        queue.push(nodes.count - 1, priority: cost + remaining(state))
      }
    }
    return .none
  }

  private func path(to index: Int, _ nodes: [Node]) -> [Int] {
    var computed: [Int] = []
    var index = index
    while index >= 0 {
      if nodes[index].computed >= 0 { computed.append(Int(nodes[index].computed)) }
      index = Int(nodes[index].before)
    }
    return computed.reversed()
  }

  /// What is still to pay at the least: whoever is not live and needed by somebody of the same kind is
  /// computed once more, beginning with those that never were.
  private func remaining(_ state: State) -> Int {
    var needed: UInt64 = 0
    var sum = 0
    for operation in problem.order.reversed() {
      let bit: UInt64 = 1 << UInt64(operation)
      if state.done & bit == 0 || needed & ~state.live & bit != 0 {
        needed |= operands[operation]
        sum += problem.costs[operation]
      }
    }
    return sum
  }

  private func bytes(_ live: UInt64) -> Int {
    var sum = 0
    var bits = live
    while bits != 0 {
      sum += problem.sizes[bits.trailingZeroBitCount]
      bits &= bits - 1
    }
    return sum
  }

  /// What can be needed again: an operand, live or not, of what is missing, or of what is needed again.
  private func useful(_ done: UInt64) -> UInt64 {
    var needed: UInt64 = 0
    for operation in problem.order.reversed() {
      let bit: UInt64 = 1 << UInt64(operation)
      if done & bit == 0 || needed & bit != 0 { needed |= operands[operation] }
    }
    return needed
  }

  private func expand(_ state: State, _ visit: (State, Int) -> Void) {
    let useful = useful(state.done)
    let live = state.live & useful
    let used = bytes(live)
    var blocked = false
    for operation in problem.sizes.indices {
      let bit: UInt64 = 1 << UInt64(operation)
      if live & bit != 0 || operands[operation] & ~live != 0 { continue }
      if state.done & bit != 0 && useful & bit == 0 { continue }
      if used + problem.sizes[operation] > problem.budget {
        blocked = true
      } else {
        visit(State(done: state.done | bit, live: live | bit), operation)
      }
    }
    guard blocked else { return }
    var bits = live
    while bits != 0 {
      let bit = bits & (0 &- bits)
      bits &= bits - 1
      visit(State(done: state.done, live: live & ~bit), -1)
    }
  }
}

/// Numbers by priority, the least first.
struct PriorityQueue {
  private var items: [(priority: Int, item: Int)] = []

  mutating func push(_ item: Int, priority: Int) {
    items.append((priority, item))
    var child = items.count - 1
    while child > 0, items[child].priority < items[(child - 1) / 2].priority {
      items.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func pop() -> (item: Int, priority: Int)? {
    guard let first = items.first, let last = items.popLast() else { return nil }
    guard !items.isEmpty else { return (first.item, first.priority) }
    items[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < items.count && items[child].priority < items[least].priority { least = child }
      if least == parent { return (first.item, first.priority) }
      items.swapAt(least, parent)
      parent = least
    }
  }
}
