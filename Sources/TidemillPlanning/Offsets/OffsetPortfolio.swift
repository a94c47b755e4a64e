/// Solves a packing problem by several methods: greedy ones first, then searches in passes, each
/// twice as long as the one before.
///
/// The result depends on the time only where the deadline ends the search: what is tried is the same
/// for any number of threads, and of what succeeds in a pass the first counts.
final class OffsetPortfolio {
  private let problem: OffsetProblem
  private let capacity: Int
  private let threads: Int
  private let deadline: Deadline
  private let mostPasses: Int
  private var views: [PackingView]
  private var best = OffsetPacking(offsets: [], height: .max, lowerBound: 0)

  /// - Parameters:
  ///   - capacity: A height that is low enough.
  ///   - mostPasses: How many follow the greedy placements.
  init(
    _ problem: OffsetProblem, capacity: Int, threads: Int, deadline: Deadline,
    mostPasses: Int = .max
  ) {
    self.problem = problem
    self.mostPasses = mostPasses
    self.capacity = capacity
    self.threads = threads
    self.deadline = deadline
    views = [PackingView(problem)]
    best.lowerBound = problem.livePeak
  }

  func run() -> OffsetPacking {
    if mostPasses > 0 { sweep(views[0]) }
    if !isDone { take(views[0].place(goal: goal, threads: threads, deadline: deadline)) }
    if !isDone && mostPasses > 0 { addBoxes() }
    if !isDone && mostPasses > 0 {
      let least = views.map(\.sweptHeight).min() ?? .max
      for view in views where view.isLarge && view.sweptHeight > least { view.dropSweeps() }
      for view in views { view.prepare(height: best.height, deadline: deadline) }
    }
    var nodes = Self.firstNodes
    var passes = 0
    while !isDone && passes < mostPasses && !deadline.isPast {
      pass(nodes)
      nodes *= 2
      passes += 1
    }
    return best
  }

  private static let firstNodes = 500
  /// Where no deadline ends it, a sweep of many that live at a time ends after about a second.
  private static let workOfPasses = 300_000_000
  /// Of the nodes that the goal gets, a height between it and the best gets one in so many.
  private static let shareBetween = 16
  /// Making boxes takes one in so many of the seconds that are left, at the most.
  private static let shareOfBoxes = 8.0
  /// Parts of boxes: those of two are rarely there by chance, those of more are needed at times.
  private static let parts = [2, 4]

  /// What to look for: what is asked for where it may be there, or the least that may be.
  private var goal: Int { max(capacity, best.lowerBound) }
  private var isDone: Bool { best.height <= goal }

  /// Views with boxes come first: what they can find they find soon.
  private func addBoxes() {
    var least = problem.buffers.count
    for parts in Self.parts where !isDone && !deadline.isPast {
      if let view = addBoxes(parts, below: least) { least = view.problem.buffers.count }
      guard parts == Self.parts[0], !isDone, !deadline.isPast else { continue }
      // Where equal sizes are by chance, few more boxes come of it.
      if let view = addBoxes(parts, isFilled: true, below: least / 2), view.isLarge { return }
    }
  }

  private func addBoxes(_ parts: Int, isFilled: Bool = false, below least: Int) -> PackingView? {
    let end = Deadline.min(deadline, Deadline(seconds: deadline.secondsLeft / Self.shareOfBoxes))
    let view = PackingView(
      problem, parts: parts, filling: isFilled ? goal : nil, below: least, deadline: end)
    guard let view else { return nil }
    sweep(view)
    if !isDone { take(view.place(goal: goal, threads: threads, deadline: deadline)) }
    views.insert(view, at: 0)
    return view
  }

  private func sweep(_ view: PackingView) {
    let work = mostPasses == .max ? .max : Self.workOfPasses
    let found = view.sweep(goal: goal, work: work, threads: threads, deadline: deadline)
    if let found { take(found) }
  }

  private func take(_ found: PackingView.Packing) {
    guard found.height < best.height else { return }
    best.offsets = found.offsets
    best.height = found.height
  }

  // MARK: Search

  /// Tries the goal, and shorter each of some heights between it and the best, by halves.
  private func pass(_ nodes: Int) {
    let first = goal
    attempt(first, nodes: nodes)
    var low = max(first, best.lowerBound - 1)
    while !isDone, best.height - low > max(1, best.height / 1000), !deadline.isPast {
      let middle = low + (best.height - low) / 2
      attempt(middle, nodes: max(1, nodes / Self.shareBetween))
      if best.height > middle { low = middle }
    }
    // Heights that are out of reach for certain leave one that is next to the best.
    if !isDone, low + 1 < best.height, best.height - low <= max(1, best.height / 1000) {
      attempt(best.height - 1, nodes: nodes / Self.shareBetween)
    }
  }

  private func attempt(_ height: Int, nodes: Int) {
    let isGoal = height == goal
    let all = views.flatMap { view in
      view.jobs(
        for: height, isGoal: isGoal, below: best.height, nodes: nodes, deadline: deadline)
    }
    // Searches over orders go on from where they were, so each is run for any number of threads.
    let jobs = all.filter { !$0.isExact } + all.filter(\.isExact)
    let results = Results(count: jobs.count)
    let winner = Race.first(of: jobs.count, threads: threads) { index in
      let job = jobs[index]
      let outcome = job.run()
      results.set(outcome, at: index)
      if !job.isExact { return isGoal && outcome == .found }
      return outcome == .found || (outcome == .none && job.view.isWhole)
    }
    for (index, job) in jobs.enumerated().prefix((winner ?? jobs.count - 1) + 1) {
      if job.isExact && results[index] == .none { job.view.exclude(height) }
      if !job.isExact && job.height < best.height { take(job.packing) }
    }
    guard let winner, jobs[winner].isExact else { return }
    if results[winner] == .found { take(jobs[winner].packing) } else { raise(above: height) }
  }

  /// There is nothing as low as this.
  private func raise(above height: Int) {
    let grain = views.last?.grain ?? 1
    best.lowerBound = max(best.lowerBound, (height / grain + 1) * grain)
  }
}
