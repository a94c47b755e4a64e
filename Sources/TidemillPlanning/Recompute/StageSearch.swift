import Foundation

/// Looks for a cheap schedule within the budget by simulated annealing over the bits of a
/// ``StageState``.
///
/// **Source**: Kirkpatrick, Gelatt, Vecchi: Optimization by simulated annealing, 1983.
package final class StageSearch: @unchecked Sendable {
  // One thread at a time uses it.
  /// The schedule at hand.
  package let state: StageState
  private let order: [Int]
  private let users: [[Int32]]
  /// Values to change, and the sum of weights up to each.
  private var values: [(value: Int, weight: Double)] = []
  var generator: PlanningGenerator
  var flipped: [StageState.Flip] = []
  /// The bits and the cost of the cheapest schedule within the budget.
  private(set) var best: (bits: [UInt64], cost: Int)?
  private let penalty: Double
  private let meanCost: Double

  /// Begins with a schedule that keeps everything.
  package init(_ problem: RecomputeProblem, order: [Int], seed: UInt64) {
    self.order = order
    state = StageState(problem, order: order)
    penalty = CutSeeds.penalty(problem)
    meanCost = Double(max(1, problem.baseCost)) / Double(max(1, order.count))
    users = problem.users(in: order)
    generator = PlanningGenerator(seed: seed)
    var sum = 0.0
    for value in order.indices where state.sizes[value] > 0 {
      guard let last = users[value].last else { continue }
      sum += Double(state.sizes[value]) * Double(Int(last) - value).squareRoot()
      values.append((value, sum))
    }
    keepIfBetter()
  }

  private func keepIfBetter() {
    guard state.excess == 0, state.cost < best?.cost ?? .max else { return }
    best = (state.snapshot(), state.cost)
  }

  /// The computations of a schedule; `nil` where there are very many.
  func computations(_ bits: [UInt64]) -> [Int]? {
    state.restore(bits)
    return state.computations()?.map { order[$0] }
  }

  /// Begins anew with other bits.
  ///
  /// - Returns: Whether that was done before the deadline. If not, it has to begin once more.
  func restart(_ bits: [UInt64], deadline: Deadline) -> Bool {
    best = nil
    guard state.restore(bits, deadline: deadline) else { return false }
    keepIfBetter()
    return true
  }

  /// The cheapest schedule since the start; where none fits, the one at hand.
  var result: StageSchedule {
    if let best { return .init(bits: best.bits, value: Double(best.cost), fits: true) }
    let value = Double(state.cost) + Self.hardening * penalty * Double(state.excess)
    return .init(bits: state.snapshot(), value: value, fits: false)
  }

  /// Of the penalty, from the first move to the last.
  private static let hardening = 21.0

  /// Anneals once.
  ///
  /// - Parameters:
  ///   - heat: How warm it begins.
  ///   - most: The number of moves after which it is cold.
  ///   - bound: A cost that ends the search.
  ///   - deadline: When it is cold at the latest.
  func run(heat: Double, moves most: Int = .max, until bound: Int, deadline: Deadline) {
    guard !values.isEmpty else { return }
    let total = max(1e-3, deadline.secondsLeft)
    let hot = 0.12 * heat * meanCost
    let cold = 0.008 * meanCost
    let step = Self.pricePace * penalty / Double(max(1, state.budget))
    var temperature = hot
    var weight = penalty
    var moves = 0
    // A move in a large graph takes long.
    let mask = state.count > 1000 ? 0 : 127
    while best?.cost ?? .max > bound {
      if moves & mask == 0 {
        let left = deadline.secondsLeft
        if left <= 0 || moves >= most { return }
        let share = min(total < .infinity ? left / total : 1, 1 - Double(moves) / Double(most))
        temperature = cold * pow(hot / cold, share)
        weight = penalty * (1 + (Self.hardening - 1) * (1 - share))
        if moves & 511 == 0 { state.adjustPrices(step: step, most: 5 * penalty) }
      }
      moves += 1
      self.step(temperature, weight)
    }
  }

  private static let pricePace = 0.03

  private func step(_ temperature: Double, _ penalty: Double) {
    let before = Double(state.cost) + penalty * Double(state.excess) + state.priced
    propose()
    guard !flipped.isEmpty else { return }
    let after = Double(state.cost) + penalty * Double(state.excess) + state.priced
    if after <= before || generator.fraction() < exp((before - after) / temperature) {
      keepIfBetter()
    } else {
      takeBack()
    }
  }

  // MARK: Moves

  /// Changes the schedule by one move of any kind; some change nothing.
  package func propose() {
    flipped.removeAll(keepingCapacity: true)
    guard !values.isEmpty else { return }
    let value = candidate()
    switch generator.index(20) {
    case 0, 1: dropAndJoin(value)
    case 2, 3: keepAndTrim(value)
    case 4, 5: exchange(value)
    case 6, 7: delay(value)
    case 8, 9: hasten(value)
    default: change(value)
    }
  }

  /// Takes the last move back.
  package func takeBack() { state.undo(flipped) }

  /// Changes a run of bits.
  private func change(_ value: Int) {
    let range = pick(value)
    guard !range.isEmpty else { return }
    let keeps = !state.isKept(value, range.lowerBound)
    state.set(value, range, keeps: keeps, &flipped)
    switch generator.index(4) {
    case 0: swap(with: pickOne(state.operands(value)), range, keeps: !keeps)
    case 1: swap(with: pickOne(users[value]), range, keeps: !keeps)
    default: break
    }
  }

  /// A value that somebody reads; mostly a large one that waits long.
  func candidate() -> Int {
    if generator.index(5) == 0 { return values[generator.index(values.count)].value }
    let drawn = generator.fraction() * (values.last?.weight ?? 0)
    var (low, high) = (0, values.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if values[middle].weight <= drawn { low = middle + 1 } else { high = middle }
    }
    return values[low].value
  }

  /// Changes a neighbour the other way.
  private func swap(with other: Int?, _ range: Range<Int>, keeps: Bool) {
    guard let other else { return }
    let start = max(range.lowerBound, other + 1)
    if start < range.upperBound {
      state.set(other, start..<range.upperBound, keeps: keeps, &flipped)
    }
  }

  private func pickOne(_ some: some RandomAccessCollection<Int32>) -> Int? {
    some.isEmpty
      ? nil : Int(some[some.index(some.startIndex, offsetBy: generator.index(some.count))])
  }

  /// Stages between two that have to do with the value, or a part of a run of equal bits.
  private func pick(_ value: Int) -> Range<Int> {
    let last = state.count - 1
    let middle = value + 1 + generator.index(last - value)
    let bit = state.isKept(value, middle)
    var start = middle
    var end = middle + 1
    let mode = generator.index(3)
    var near = value
    if mode == 2, let operand = pickOne(state.operands(value)) { near = operand }
    func stops(_ stage: Int) -> Bool {
      mode > 0 && (state.isTouched(value, stage) || (mode == 2 && state.isTouched(near, stage)))
    }
    while start > value + 1, state.isKept(value, start - 1) == bit, !stops(start - 1) { start -= 1 }
    while end <= last, state.isKept(value, end) == bit, !stops(end - 1) { end += 1 }
    switch generator.index(6) {
    case 0: return start..<(middle + 1)
    case 1: return middle..<end
    default: return start..<end
    }
  }
}

/// A schedule that a search found.
struct StageSchedule: Sendable {
  let bits: [UInt64]
  /// The cost, and more where it does not fit.
  let value: Double
  let fits: Bool
}
