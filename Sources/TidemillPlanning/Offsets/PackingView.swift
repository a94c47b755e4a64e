/// A problem as some methods of a portfolio see it: as it is, or with boxes in place of buffers.
final class PackingView {
  typealias Packing = (offsets: [Int], height: Int)

  let problem: OffsetProblem
  private let fit: FirstFit
  private let orders: BufferOrders
  /// What to open; `nil` where buffers are as they are.
  private let boxes: (set: BoxSet, indices: [Int])?
  private var improvers: [OrderSearch] = []
  private var sweeps: [SweepSearch] = []
  private var searches: SearchGroup?
  /// Exact searches have shown that this height is out of reach.
  private(set) var outOfReach = -1

  /// An exact search takes time in proportion to the buffers for each step.
  private static let mostForSearch = 2_000

  /// How many differ by their random numbers.
  private static let sweeps = 2
  /// For each order of an ``OrderSearch``, states that sweeps take to the end: fewer where there are exact
  /// searches, which are better at few buffers.
  private static let statesForOrder = (beside: 1, alone: 32)

  private init(_ problem: OffsetProblem, boxes: (set: BoxSet, indices: [Int])?) {
    self.problem = problem
    self.boxes = boxes
    let sections = Sections(problem.buffers)
    fit = FirstFit(buffers: problem.buffers, sections: sections)
    orders = BufferOrders(problem.buffers, sections)
  }

  /// Buffers as they are.
  convenience init(_ problem: OffsetProblem) { self.init(problem, boxes: nil) }

  /// With boxes of so many parts, as ``BoxMerger`` makes them; `nil` where there are none.
  ///
  /// - Parameters:
  ///   - room: What may live at a time where holes are filled, see ``BoxFiller``.
  ///   - most: There have to be fewer buffers and boxes.
  convenience init?(
    _ problem: OffsetProblem, parts: Int, filling room: Int?, below most: Int, deadline: Deadline
  ) {
    let set = BoxSet(problem, Sections(problem.buffers), deadline: deadline)
    // Elsewhere most of what would be filled is so by chance.
    if room != nil && !Self.isCut(set) { return nil }
    var merger = BoxMerger(set, filling: room, deadline: deadline)
    merger.run(parts: parts)
    guard let (left, indices) = merger.set.remaining(), indices.count < most else {
      return nil
    }
    self.init(left, boxes: (merger.set, indices))
  }

  /// Whether what has no solution here has none at all.
  var isWhole: Bool { boxes == nil }

  /// Whether there are too many buffers for exact searches.
  var isLarge: Bool { problem.buffers.count > Self.mostForSearch }

  /// In bytes, what heights that a search can tell are multiples of.
  var grain: Int { searches?.model.grain ?? 1 }

  /// Offsets of all buffers of the portfolio's problem; of no use, and so of no height, where boxes do not open.
  private func opened(_ packing: Packing) -> Packing {
    guard let boxes else { return packing }
    guard let offsets = boxes.set.offsets(packing.offsets, boxes.indices) else { return ([], .max) }
    let buffers = boxes.set.problem.buffers
    // What is uppermost may be a filler.
    return (
      offsets, zip(offsets, buffers).reduce(0) { $1.1.size > 0 ? max($0, $1.0 + $1.1.size) : $0 }
    )
  }

  // MARK: Greedy

  /// First fit in several orders; the best starts of ``OrderSearch`` are kept, but of many buffers only
  /// where sweeps are not better.
  func place(goal: Int, threads: Int, deadline: Deadline) -> Packing {
    let starts = Placements(BufferOrders.forFirstFit.count)
    let winner = Race.first(of: starts.count, threads: threads) { [fit, orders] index in
      if index > 0 && deadline.isPast { return false }
      let order = orders.sorted(by: BufferOrders.forFirstFit[index])
      let packing = fit.packing(in: order)
      starts.set(order, packing, at: index)
      return packing.height <= goal
    }
    let found = starts.all.prefix((winner ?? starts.count - 1) + 1).compactMap { $0 }
      .enumerated().sorted { ($0.1.packing.height, $0.0) < ($1.1.packing.height, $1.0) }.map(\.1)
    improvers = found.prefix(2).enumerated().map { seed, start in
      OrderSearch(fit, order: start.order, packing: start.packing, seed: UInt64(seed))
    }
    let height = found.first?.packing.height ?? .max
    if !sweeps.contains(where: { $0.best.height < height }) {
      sweeps = []
    } else if isLarge {
      improvers = []
    }
    return opened(found.first?.packing ?? ([], .max))
  }

  /// The first sweeps; `nil` where there are none. They go on where first fit is not as good.
  ///
  /// - Parameter work: What each may do in all, see ``SweepSearch``.
  func sweep(goal: Int, work: Int, threads: Int, deadline: Deadline) -> Packing? {
    guard let sweep = TimeSweep(problem, fit.sections) else { return nil }
    sweeps = (0..<Self.sweeps).map { SweepSearch(sweep, seed: UInt64($0), work: work) }
    let states = isCoarse ? Self.firstStates : 1
    let winner = Race.first(of: sweeps.count, threads: threads) { [sweeps] index in
      sweeps[index].search(states: states, target: goal, deadline: deadline)
    }
    let found = sweeps.prefix((winner ?? sweeps.count) + 1).map(\.best)
    guard let best = found.min(by: { $0.height < $1.height }), best.height < .max else {
      return nil
    }
    return opened(best)
  }

  /// For a sweep of a single state, and two that are wider.
  private static let firstStates = 17

  /// Whether much is born at a time, so that there is much to choose from, and what is there before it and
  /// after it does not say where it belongs.
  private var isCoarse: Bool {
    let sections = fit.sections
    guard problem.buffers.count > 2 * sections.count else { return false }
    return !Self.isCut(BoxSet(problem, sections))
  }

  /// Whether what is born takes the place of what dies at many times.
  private static func isCut(_ set: BoxSet) -> Bool {
    set.certainTimes * shareOfCertain >= set.times
  }

  private static let shareOfCertain = 16

  // MARK: Search

  /// Makes what an exact search needs, where there is one for so many buffers.
  func prepare(height: Int, deadline: Deadline) {
    guard !isLarge,
      let model = SectionModel(problem, height: height)
    else { return }
    var generator = PlanningGenerator(seed: 1)
    let sorted = BufferOrders.forSearch.map { orders.sorted(by: $0) }
    let random = (0..<4).map { _ in orders.random(&generator) }
    searches = SearchGroup(model, orders: sorted + random, deadline: deadline)
  }

  /// What may find a packing of this height, by so many nodes of a search each.
  ///
  /// - Parameter known: What is not lower is of no use.
  func jobs(
    for height: Int, isGoal: Bool, below known: Int, nodes: Int, deadline: Deadline
  ) -> [Job] {
    let steps = max(1, nodes / (searches == nil ? 256 : 16))
    let ordering = improvers.map { improver in
      Job(view: self, isExact: false) {
        improver.search(iterations: steps, target: height, deadline: deadline) ? .found : .aborted
      } packing: {
        improver.best
      }
    }
    // Of many buffers a sweep takes long, and makes its own way to the goal.
    let sweeps = isGoal || searches != nil ? sweeps : []
    let states =
      steps * (searches == nil ? Self.statesForOrder.alone : Self.statesForOrder.beside)
    let sweeping = sweeps.map { sweep in
      Job(view: self, isExact: false) {
        sweep.search(states: states, target: height, below: known, deadline: deadline)
          ? .found : .aborted
      } packing: {
        sweep.best
      }
    }
    guard height > outOfReach, let searches else { return ordering + sweeping }
    let exact = searches.jobs(for: height, isGoal: isGoal).map { search in
      Job(view: self, isExact: true) {
        search.search(limit: nodes)
      } packing: { [problem] in
        search.packing(problem)
      }
    }
    return ordering + sweeping + exact
  }

  /// The lowest that a sweep has found.
  var sweptHeight: Int { sweeps.map(\.best.height).min() ?? .max }

  /// Leaves sweeps to others.
  func dropSweeps() { sweeps = [] }

  func exclude(_ height: Int) { outOfReach = max(outOfReach, height) }

  /// One of several searches that run side by side.
  struct Job: @unchecked Sendable {  // `view` is used by one thread, before and after them
    let view: PackingView
    let isExact: Bool
    let run: @Sendable () -> SectionSearch.Outcome
    fileprivate let inView: @Sendable () -> Packing

    fileprivate init(
      view: PackingView, isExact: Bool, run: @escaping @Sendable () -> SectionSearch.Outcome,
      packing: @escaping @Sendable () -> Packing
    ) {
      self.view = view
      self.isExact = isExact
      self.run = run
      inView = packing
    }

    /// What was found, for the portfolio's problem.
    var packing: Packing { view.opened(inView()) }
    /// Its height.
    var height: Int { inView().height }
  }
}
