/// Schedules for all budgets between the least and what is live where nothing is dropped.
///
/// Heights on a fixed grid are planned, each with the same work, whatever the budget that is asked for.
/// So of two budgets the larger one has all that the smaller one has, and never costs more.
package struct EvictionLadder: Sendable {
  /// Those that no other one beats in both, by rising peak and falling cost.
  package private(set) var rungs: [CallSchedule]

  private static let heights = 48
  private static let stride = 19
  /// Rounds of search at each height.
  private static let rounds = 128
  /// Steps of innermost loops for all heights together.
  private static let work = 1 << 27

  /// Plans all heights: each by the standard rules first, then by changes of its best.
  ///
  /// - Parameters:
  ///   - effort: How often the standard work is done; 1 for about a second at most.
  ///   - programs: How many are planned; of more than two each gets less of the work.
  ///   - threads: How many threads search; the result is the same for any number.
  ///   - deadline: When to take what there is.
  package init(
    _ sequence: CallSequence, effort: Int = 1, programs: Int = 1, threads: Int = 1,
    deadline: Deadline = .never
  ) {
    let base = CallSchedule(Array(sequence.calls.indices), of: sequence)
    let floor = sequence.floor.size
    let span = base.peak - floor
    guard span > 0 else {
      rungs = [base]
      return
    }
    let fullest = sequence.fullest
    let searches = (0..<Self.heights).map { index in
      let part = span / Self.heights * index + span % Self.heights * index / Self.heights
      return HeightSearch(
        sequence, fullest: fullest, limit: floor + part, seed: UInt64(index),
        mostWork: Self.work / Self.heights * effort / max(1, programs / 2))
    }
    func each(_ work: @escaping @Sendable (HeightSearch) -> Void) {
      _ = Race.first(of: Self.heights, threads: threads) { index in
        // Far apart ones follow each other, for where the time runs out.
        if !deadline.isPast { work(searches[index * Self.stride % Self.heights]) }
        return false
      }
    }
    for rule in EvictionRule.standard(values: sequence.sizes.count) {
      each { $0.attempt(rule) }
    }
    each { $0.improve(rounds: Self.rounds * effort, deadline: deadline) }
    rungs = Self.best([base] + searches.flatMap(\.found))
  }

  private static func best(_ all: [CallSchedule]) -> [CallSchedule] {
    let sorted = all.enumerated().sorted { a, b in
      (a.element.peak, a.element.extraCost, a.offset)
        < (b.element.peak, b.element.extraCost, b.offset)
    }
    var rungs: [CallSchedule] = []
    for (_, schedule) in sorted where schedule.extraCost < rungs.last?.extraCost ?? .max {
      rungs.append(schedule)
    }
    return rungs
  }
}

extension CallSequence {
  /// The call at which the most is live where every call runs once.
  var fullest: Int {
    var changes = [Int](repeating: 0, count: calls.count + 1)
    for (index, group) in groups.enumerated() {
      for value in group.writes {
        let last = max(groups[index].calls.last ?? 0, uses[value].last ?? 0)
        changes[firstWriter[value]] += sizes[value]
        changes[last + 1] -= sizes[value]
      }
    }
    var (live, most, fullest) = (0, -1, 0)
    for call in calls.indices {
      live += changes[call]
      if live > most { (most, fullest) = (live, call) }
    }
    return fullest
  }
}

/// Cheap schedules of one height: standard rules first, then small changes of the best.
///
/// One thread at a time uses it.
private final class HeightSearch: @unchecked Sendable {
  private let sequence: CallSequence
  private let run: EvictionRun
  private let limit: Int
  private let mostWork: Int
  private var generator: PlanningGenerator
  private var best: (rule: EvictionRule, cost: Int)?
  /// All that were the best when they were found.
  private(set) var found: [CallSchedule] = []

  init(_ sequence: CallSequence, fullest: Int, limit: Int, seed: UInt64, mostWork: Int) {
    self.sequence = sequence
    self.limit = limit
    self.mostWork = mostWork
    run = EvictionRun(sequence, fullest: fullest)
    generator = PlanningGenerator(seed: seed)
  }

  /// Tries a rule, if there is work left for it.
  func attempt(_ rule: EvictionRule) {
    guard run.work < mostWork,
      let runs = run.run(limit: limit, rule: rule, mostCost: best?.cost ?? Self.mostCost)
    else { return }
    let cost = runs.reduce(-sequence.baseCost) { $0 + sequence.calls[$1].cost }
    if cost < best?.cost ?? .max { found.append(CallSchedule(runs, of: sequence)) }
    best = (rule, cost)
  }

  private static let mostCost = 1 << 60

  func improve(rounds: Int, deadline: Deadline) {
    for _ in 0..<rounds where run.work < mostWork && !deadline.isPast {
      guard let best, best.cost > 0 else { return }
      attempt(best.rule.changed(&generator))
    }
  }
}
