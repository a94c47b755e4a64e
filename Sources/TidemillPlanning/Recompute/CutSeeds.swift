/// The best bound over cuts, and schedules made from what cuts keep.
struct CutSeeds {
  /// What has to be computed again costs at least this.
  private(set) var bound = 0
  /// Bits of a ``StageState``, the most promising first: those of low cost, and of little that they
  /// lack room for.
  private(set) var pool: [(bits: [UInt64], value: Double)] = []
  /// Computations of those that fit.
  private(set) var schedules: [[Int]] = []

  private let problem: RecomputeProblem
  private let order: [Int]
  private let users: [[Int32]]
  private let state: StageState
  private static let mostInPool = 6
  /// The cheapest that fits, which may not be among the most promising.
  private var fitting: (bits: [UInt64], value: Double)?
  /// The least size of a schedule that was seen.
  private(set) var lowestPeak = Int.max

  init(_ problem: RecomputeProblem, order: [Int], deadline: Deadline) {
    self.problem = problem
    self.order = order
    state = StageState(problem, order: order)
    var place = [Int](repeating: 0, count: order.count)
    for (index, operation) in order.enumerated() { place[operation] = index }
    users = order.map { problem.users[$0].map { Int32(place[$0]) }.sorted() }
    // The seeds may take a third of the time, the bounds half of that.
    let total = deadline.secondsLeft
    let forBounds = Deadline(seconds: total / 6)
    let forSeeds = Deadline(seconds: total / 3)
    let fullest = order.indices.max { state.peak($0) < state.peak($1) } ?? 0
    consider()
    let cuts = bestCuts(fullest, forBounds)
    for cut in cuts { plant(cut, forSeeds) }
    dropLong()
    if let fitting { pool.append(fitting) }
  }

  /// What costs in a schedule that needs more than the budget.
  static func penalty(_ problem: RecomputeProblem) -> Double {
    let cost = Double(max(1, problem.baseCost))
    return 0.4 * cost / Double(max(1, problem.sizes.reduce(0, +)))
  }

  // MARK: Bounds

  /// Stages from a coarse grid to a fine one around the best.
  private mutating func bestCuts(_ fullest: Int, _ deadline: Deadline) -> [Int] {
    var bounds: [Int: Int] = [:]
    var best = fullest
    var step = max(1, order.count / 24)
    var wanted = [fullest] + Array(stride(from: 0, to: order.count, by: step))
    while !wanted.isEmpty {
      for cut in wanted where bounds[cut] == nil && !deadline.isPast {
        let room = problem.budget - problem.workingSet(order[cut])
        let found = CutBound(problem, cut: order[cut]).solve(room: room).bound
        bounds[cut] = found
        if found > bounds[best, default: -1] { best = cut }
      }
      if step == 1 { break }
      step = max(1, step / 3)
      wanted = [-2, -1, 1, 2].map { best + $0 * step }.filter(order.indices.contains)
    }
    bound = bounds[best] ?? 0
    return best == fullest ? [best] : [best, fullest]
  }

  // MARK: Seeds

  /// What a cut keeps, where it is given more room than there is or less.
  private mutating func plant(_ cut: Int, _ deadline: Deadline) {
    let room = problem.budget - problem.workingSet(order[cut])
    let bound = CutBound(problem, cut: order[cut])
    for percent in [100, 97, 94, 90, 85, 80, 75, 70, 60, 50, 40, 30] where !deadline.isPast {
      for solution in bound.solve(room: room / 100 * percent).solutions.suffix(4) {
        let again = Set(solution.again)
        CutSeed.apply(to: state, users: users, cut: cut, again: order.map(again.contains))
        consider()
      }
    }
  }

  /// Values are kept to the next use where that is near, and else computed again; for ever shorter
  /// meanings of near.
  private mutating func dropLong() {
    var flipped: [StageState.Flip] = []
    var most = order.count
    while most >= 1 {
      for value in 0..<max(0, order.count - 1) {
        var last = value
        for user in users[value] {
          if last < user {
            state.set(
              value, (last + 1)..<(Int(user) + 1), keeps: Int(user) - last <= most, &flipped)
          }
          last = Int(user)
        }
        if last + 1 < order.count {
          state.set(value, (last + 1)..<order.count, keeps: false, &flipped)
        }
        flipped.removeAll(keepingCapacity: true)
      }
      consider()
      most /= 2
    }
  }

  private mutating func consider() {
    lowestPeak = min(lowestPeak, order.indices.reduce(0) { max($0, state.peak($1)) })
    if state.excess == 0, Double(state.cost) < fitting?.value ?? .infinity {
      fitting = (state.snapshot(), Double(state.cost))
      schedules.append(state.computations().map { order[$0] })
    }
    let value = Double(state.cost) + Self.penalty(problem) * Double(state.excess)
    let isFull = pool.count == Self.mostInPool
    if isFull && value >= pool[pool.count - 1].value || pool.contains(where: { $0.value == value })
    {
      return
    }
    if isFull { pool.removeLast() }
    let place = pool.firstIndex { $0.value > value } ?? pool.count
    pool.insert((state.snapshot(), value), at: place)
  }
}

extension RecomputeProblem {
  /// What every schedule within the budget costs at the least, from the best of many cuts.
  package func cutBound(deadline: Deadline) -> Int {
    baseCost + CutSeeds(self, order: order, deadline: deadline).bound
  }
}
