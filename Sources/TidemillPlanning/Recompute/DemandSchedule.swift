import Foundation

/// Computes one operation of an order after the other, and first what it needs. Where room is lacking, a
/// value goes that is large, needed late, and cheap to make again.
///
/// What it makes fits by construction. A value may be made again more than once on the way to an
/// operation, which a ``StageState`` cannot say.
///
/// **Source**: Kirisame et al.: Dynamic tensor rematerialization, 2021; here what comes is known.
package struct DemandSchedule {
  /// How what goes is chosen.
  package struct Taste: Sendable {
    /// The power of what it costs to make it again.
    var cost = 1.0
    /// The power of how long nobody needs it.
    var distance = 1.0
    /// How far chance changes the choice.
    var noise = 0.0
    /// Of chance.
    var seed: UInt64 = 0

    package init() {}
  }

  private let graph: DemandGraph
  private let budget: Int
  private let deadline: Deadline
  private let taste: Taste
  private var generator: PlanningGenerator
  /// By operation: how many of its users were computed for the first time.
  private var usesOver: [Int]
  private var isLive: [Bool]
  private var liveList: [Int] = []
  private var liveSize = 0
  /// By operation: how many of those that are being made read it.
  private var pins: [Int]
  private var isSeen: [Bool]
  /// The computations.
  package private(set) var computed: [Int] = []
  /// Of all computations.
  package private(set) var cost = 0
  /// How many operations were computed for the first time.
  package private(set) var reached = 0

  package init(_ graph: DemandGraph, budget: Int, taste: Taste, deadline: Deadline) {
    self.graph = graph
    self.budget = budget
    self.taste = taste
    self.deadline = deadline
    generator = PlanningGenerator(seed: taste.seed)
    usesOver = Array(repeating: 0, count: graph.count)
    isLive = Array(repeating: false, count: graph.count)
    isSeen = isLive
    pins = usesOver
  }

  /// Longer and dearer schedules are of no use.
  private static let mostComputations = 1 << 20
  private static let mostCost = RecomputeProblem.mostTotal << 10

  /// Computes all operations.
  ///
  /// - Returns: Whether that fits, and was done before the deadline.
  package mutating func run() -> Bool {
    while reached < graph.count {
      guard make(reached) else { return false }
      for operand in graph.operands.range(reached) { usesOver[graph.operands[operand]] += 1 }
      reached += 1
    }
    return true
  }

  private mutating func make(_ target: Int) -> Bool {
    let before = computed.count
    // Where values push each other out, there is no end.
    let most = 2 * graph.count
    var path = [target]
    pin(target, 1)
    while let operation = path.last {
      if let missing = missing(operation) {
        path.append(missing)
        pin(missing, 1)
        continue
      }
      let size = graph.sizes[operation]
      while liveSize + size > budget {
        guard !deadline.isPast, let value = leastMissed() ?? pinned(besides: operation) else {
          return false
        }
        drop(value)
      }
      isLive[operation] = true
      liveList.append(operation)
      liveSize += size
      computed.append(operation)
      pin(operation, -1)
      path.removeLast()
      cost += graph.costs[operation]
      if computed.count > Self.mostComputations || cost > Self.mostCost { return false }
      if computed.count - before > most || deadline.isPast { return false }
    }
    return true
  }

  private mutating func pin(_ operation: Int, _ change: Int) {
    for place in graph.operands.range(operation) { pins[graph.operands[place]] += change }
  }

  /// Of the operands that are not there, the one that needs the most beside what it leaves.
  private func missing(_ operation: Int) -> Int? {
    var best: Int?
    for place in graph.operands.range(operation) {
      let operand = graph.operands[place]
      guard !isLive[operand] else { continue }
      if let known = best, graph.spared[known] >= graph.spared[operand] { continue }
      best = operand
    }
    return best
  }

  private mutating func drop(_ value: Int) {
    isLive[value] = false
    liveSize -= graph.sizes[value]
    if let index = liveList.firstIndex(of: value) {
      liveList.swapAt(index, liveList.count - 1)
      liveList.removeLast()
    }
  }

  /// A value that somebody waits for, but not the operation at hand; it will have to be made again.
  private mutating func pinned(besides operation: Int) -> Int? {
    let operands = Set(graph.operands.range(operation).map { graph.operands[$0] })
    let others = liveList.filter { graph.sizes[$0] > 0 && !operands.contains($0) }
    return others.isEmpty ? nil : others[generator.index(others.count)]
  }

  private static let mostTried = 64
  private static let mostSeen = 40

  /// The value that is missed the least, of some of those that nobody reads at the moment.
  private mutating func leastMissed() -> Int? {
    var best: (value: Int, score: Double)?
    let count = liveList.count
    let start = count > Self.mostTried ? generator.index(count) : 0
    var tried = 0
    for offset in 0..<count {
      let value = liveList[(start + offset) % count]
      let size = graph.sizes[value]
      if pins[value] > 0 || size == 0 { continue }
      let uses = graph.users.range(value)
      let distance =
        usesOver[value] == uses.count
        ? 2 * graph.count : graph.users[uses.lowerBound + usesOver[value]] - reached + 1
      var score =
        pow(Double(1 + costAgain(value)), taste.cost)
        / (Double(size) * pow(Double(distance), taste.distance))
      if taste.noise > 0 { score *= 1 + taste.noise * generator.fraction() }
      if score < best?.score ?? .infinity { best = (value, score) }
      tried += 1
      if tried >= Self.mostTried { break }
    }
    return best?.value
  }

  /// What making a value again costs, with all that is not there before it and behind it.
  private mutating func costAgain(_ value: Int) -> Int {
    var seen = [value]
    var cost = graph.costs[value]
    isSeen[value] = true
    var next = 0
    while next < seen.count, seen.count < Self.mostSeen {
      for place in graph.operands.range(seen[next]) {
        let operand = graph.operands[place]
        if isLive[operand] || isSeen[operand] { continue }
        isSeen[operand] = true
        seen.append(operand)
        cost += graph.costs[operand]
      }
      next += 1
    }
    let before = seen.count
    var behind = [value]
    next = 0
    while next < behind.count, seen.count < before + Self.mostSeen {
      for place in graph.users.range(behind[next]) {
        let user = graph.users[place]
        // From here on nothing was ever computed.
        if user >= reached { break }
        let isOver = usesOver[user] == graph.users.range(user).count
        if isOver || isLive[user] || isSeen[user] { continue }
        isSeen[user] = true
        seen.append(user)
        behind.append(user)
        cost += graph.costs[user]
      }
      next += 1
    }
    for value in seen { isSeen[value] = false }
    return cost
  }
}
