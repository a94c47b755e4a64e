/// The best bound over cuts, and schedules made from what cuts keep.
struct CutSeeds {
  /// What has to be computed again costs at least this.
  private(set) var bound = 0
  /// Bits of a ``StageState``, the most promising first: those of low cost, and of little that they
  /// lack room for.
  private(set) var pool: [(bits: [UInt64], value: Double)] = []
  /// The computations of the cheapest that fits.
  private(set) var schedule: [Int]?

  /// The operation at which the bound is the best.
  private var bestCut = 0
  private let problem: RecomputeProblem
  private let order: [Int]
  private let users: [[Int32]]
  private let state: StageState
  private let mostInPool: Int
  /// The cheapest that fits, which may not be among the most promising.
  private var fitting: (bits: [UInt64], value: Double)?
  /// The least size of a schedule that was seen.
  private(set) var lowestPeak = Int.max

  /// - Parameters:
  ///   - scanned: An order whose neighbours are tried as cuts; a bound holds in every order.
  ///   - schedules: Computations that are known, the first of each operation in the order.
  ///   - other: Seeds whose bound and best cut are taken.
  init(
    _ problem: RecomputeProblem, order: [Int], cutsFrom scanned: [Int]? = nil,
    known schedules: [[Int]] = [], after other: CutSeeds? = nil, deadline: Deadline
  ) {
    self.problem = problem
    self.order = order
    state = StageState(problem, order: order)
    // All of them stay below 128 MiB, and so does what is made from them.
    mostInPool = max(4, min(24, (1 << 24) / max(1, state.count * state.words)))
    users = problem.users(in: order)
    // The seeds may take a third of the time, the bounds half of that.
    let total = deadline.secondsLeft
    let forBounds = Deadline(seconds: total / 6)
    let forSeeds = Deadline(seconds: total / 3)
    guard !order.isEmpty else { return }
    let fullest = order.indices.max { state.peak($0) < state.peak($1) } ?? 0
    consider(deadline)
    let place = order.inverse
    for computed in schedules where state.take(computed.map { place[$0] }, deadline: deadline) {
      consider(deadline)
    }
    if let other {
      (bound, bestCut) = (other.bound, other.bestCut)
    } else {
      findBestCut(order[fullest], scanned ?? order, forBounds)
    }
    let best = place[bestCut]
    let cuts = best == fullest ? [best] : [best, fullest]
    for cut in cuts { plant(cut, forSeeds) }
    for cut in cuts { price(cut, Deadline(seconds: forSeeds.secondsLeft + total / 12)) }
    poolFitting()
  }

  private mutating func poolFitting() {
    if let fitting, !pool.contains(where: { $0.value == fitting.value }) { pool.append(fitting) }
  }

  /// What costs in a schedule that needs more than the budget.
  static func penalty(_ problem: RecomputeProblem) -> Double {
    let cost = Double(max(1, problem.baseCost))
    return 0.4 * cost / Double(max(1, problem.sizes.reduce(0, +)))
  }

  // MARK: Bounds

  /// Tries places from a coarse grid to a fine one around the best.
  private mutating func findBestCut(_ fullest: Int, _ order: [Int], _ deadline: Deadline) {
    let fullest = order.firstIndex(of: fullest) ?? 0
    var bounds: [Int: Int] = [:]
    var best = fullest
    var step = max(1, order.count / 24)
    var wanted = [fullest] + Array(stride(from: 0, to: order.count, by: step))
    while !wanted.isEmpty {
      for cut in wanted where bounds[cut] == nil && !deadline.isPast {
        let room = problem.budget - problem.workingSet(order[cut])
        let found = CutBound(problem, cut: order[cut]).solve(room: room, deadline: deadline).bound
        bounds[cut] = found
        if found > bounds[best, default: -1] { best = cut }
      }
      if step == 1 { break }
      step = max(1, step / 3)
      wanted = [-2, -1, 1, 2].map { best + $0 * step }.filter(order.indices.contains)
    }
    bound = bounds[best] ?? 0
    bestCut = order[best]
  }

  // MARK: Seeds

  /// What a cut keeps, where it is given more room than there is or less.
  private mutating func plant(_ cut: Int, _ deadline: Deadline) {
    let room = problem.budget - problem.workingSet(order[cut])
    let bound = CutBound(problem, cut: order[cut])
    for percent in [100, 97, 94, 90, 85, 80, 75, 70, 60, 50, 40, 30] where !deadline.isPast {
      let part = room / 100 * percent
      let solutions = bound.solve(room: part, deadline: deadline).solutions
      for again in solutions.suffix(4).map(\.again) + bound.mixtures(solutions, room: part)
      where !deadline.isPast {
        let again = Set(again)
        CutSeed.apply(to: state, users: users, cut: cut, again: order.map(again.contains))
        consider(deadline)
      }
    }
  }

  /// A price for room at each stage from the cut on, higher where there is too little of it.
  ///
  /// A value that is kept pays from the cut to its last use, one that is computed again from where it
  /// was first needed in the last round.
  private mutating func price(_ cut: Int, _ deadline: Deadline) {
    let count = order.count
    let bound = CutBound(problem, cut: order[cut])
    let room = problem.budget - problem.workingSet(order[cut])
    guard let unit = bound.solve(room: room, deadline: deadline).solutions.last?.price, unit > 0
    else { return }
    for pace in [0.03, 0.1, 0.3] {
      var prices = [Double](repeating: 0, count: count)
      prices[cut] = unit
      var needs = users.map { $0.first { $0 > cut }.map(Int.init) ?? .max }
      for round in 1...Self.pricings where !deadline.isPast {
        var sums = [0.0]
        for price in prices { sums.append((sums.last ?? 0) + price) }
        var keeping = [Double](repeating: 0, count: count)
        var again = keeping
        for value in 0..<count {
          let size = Double(state.sizes[value])
          let last = users[value].last.map(Int.init) ?? cut
          let first = needs[value]
          keeping[order[value]] = size * (sums[max(cut, last) + 1] - sums[cut])
          again[order[value]] =
            Double(problem.costs[order[value]])
            + (first <= last ? size * (sums[last + 1] - sums[first]) : 0)
        }
        guard
          let chosen = bound.again(keeping: keeping, again: again, deadline: deadline).map(Set.init)
        else { return }
        let found = CutSeed.apply(
          to: state, users: users, cut: cut, again: order.map(chosen.contains))
        for value in 0...cut where chosen.contains(order[value]) { needs[value] = found[value] }
        consider(deadline)
        let step = unit * pace / Double(round).squareRoot()
        for stage in cut..<count {
          let lack = Double(state.peak(stage) - problem.budget) / Double(max(1, problem.budget))
          prices[stage] = max(0, prices[stage] + step * lack)
        }
      }
    }
  }

  private static let pricings = 40

  /// Where nothing fits, values are kept to the next use where that is near, and else computed again; for
  /// ever shorter meanings of near, until something fits.
  mutating func findAny(_ deadline: Deadline) {
    var most = order.count
    while most >= 1, fitting == nil, !deadline.isPast {
      for value in order.indices {
        var last = value
        for user in users[value] {
          if last < user {
            state.put(value, (last + 1)..<(Int(user) + 1), keeps: Int(user) - last <= most)
          }
          last = Int(user)
        }
        state.put(value, (last + 1)..<max(last + 1, order.count), keeps: false)
      }
      consider(deadline)
      most /= 2
    }
    poolFitting()
  }

  /// Works out the bits at hand, and keeps them where they are of use.
  private mutating func consider(_ deadline: Deadline) {
    guard state.update(deadline: deadline) else { return }
    lowestPeak = min(lowestPeak, order.indices.reduce(0) { max($0, state.peak($1)) })
    if state.excess == 0, Double(state.cost) < fitting?.value ?? .infinity,
      let computed = state.computations(deadline: deadline)
    {
      fitting = (state.snapshot(), Double(state.cost))
      schedule = computed.map { order[$0] }
    }
    let value = Double(state.cost) + Self.penalty(problem) * Double(state.excess)
    let isFull = pool.count == mostInPool
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
