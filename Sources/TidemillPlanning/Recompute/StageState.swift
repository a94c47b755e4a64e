/// A schedule as stages: stage t computes operation t of an order for the first time, after it has
/// computed again whatever that needs and is not kept.
///
/// The bit (t, v) says whether v is kept when stage t begins; any bits are a schedule. Operations are
/// called by their place in the order. A stage computes what it needs in ascending order, and drops
/// what the next one does not keep after its last use.
///
/// **Source**: Jain et al.: Checkmate, 2020, for stages and bits.
package final class StageState {
  // Allocated once, and read by pointers: this is the innermost loop of the search.
  /// How many stages there are.
  package let count: Int
  let words: Int
  let sizes: UnsafeMutablePointer<Int>
  let costs: UnsafeMutablePointer<Int>
  let budget: Int
  /// Those of operation v are `operandList[operandStart[v]..<operandStart[v + 1]]`.
  private let operandStart: UnsafeMutablePointer<Int>
  private let operandList: UnsafeMutablePointer<Int32>
  /// Rows of bits, one more than stages; the last one is empty.
  let kept: UnsafeMutablePointer<UInt64>
  /// By stage: rows of bits of all that it computes or reads.
  let touched: UnsafeMutablePointer<UInt64>
  let stageCost: UnsafeMutablePointer<Int>
  private let stagePeak: UnsafeMutablePointer<Int>
  let lastUse: UnsafeMutablePointer<Int32>
  let isMarked: UnsafeMutablePointer<Bool>
  /// What the stage at hand computes.
  let computed: UnsafeMutablePointer<Int32>
  var computedCount = 0
  /// Of all that the stages compute.
  package internal(set) var cost = 0
  /// The sum over stages of what they need beyond the budget.
  package private(set) var excess = 0
  /// By stage: what a byte costs, also one within the budget.
  private let prices: UnsafeMutablePointer<Double>
  /// The sum over stages of what they pay beyond the budget, less what they save below it.
  private(set) var priced = 0.0

  /// Everything is kept from its first computation to its last use.
  init(_ problem: RecomputeProblem, order: [Int]) {
    let count = order.count
    self.count = count
    words = (count + 63) / 64
    budget = problem.budget
    let place = order.inverse
    sizes = .allocate(capacity: count)
    costs = .allocate(capacity: count)
    operandStart = .allocate(capacity: count + 1)
    operandList = .allocate(capacity: problem.operands.reduce(0) { $0 + $1.count })
    computed = .allocate(capacity: count)
    var end = 0
    for (index, operation) in order.enumerated() {
      sizes[index] = problem.sizes[operation]
      costs[index] = problem.costs[operation]
      operandStart[index] = end
      for operand in problem.operands[operation] {
        operandList[end] = Int32(place[operand])
        end += 1
      }
    }
    operandStart[count] = end
    kept = .allocate(capacity: (count + 1) * words)
    kept.initialize(repeating: 0, count: (count + 1) * words)
    touched = .allocate(capacity: count * words)
    touched.initialize(repeating: 0, count: count * words)
    stageCost = .allocate(capacity: count)
    stagePeak = .allocate(capacity: count)
    stageCost.initialize(repeating: 0, count: count)
    stagePeak.initialize(repeating: 0, count: count)
    prices = .allocate(capacity: count)
    prices.initialize(repeating: 0, count: count)
    lastUse = .allocate(capacity: count)
    lastUse.initialize(repeating: -1, count: count)
    isMarked = .allocate(capacity: count)
    isMarked.initialize(repeating: false, count: count)
    var last = [Int](repeating: -1, count: count)
    for stage in 0..<count {
      for operand in operands(stage) { last[Int(operand)] = stage }
    }
    for value in 0..<count where last[value] >= 0 {
      put(value, (value + 1)..<(last[value] + 1), keeps: true)
    }
    update()
  }

  deinit {
    for pointer in [sizes, costs, operandStart, stageCost, stagePeak] { pointer.deallocate() }
    for pointer in [operandList, computed, lastUse] { pointer.deallocate() }
    kept.deallocate()
    touched.deallocate()
    isMarked.deallocate()
    prices.deallocate()
  }

  // MARK: Bits

  /// Whether a value is kept when a stage begins.
  @inline(__always)
  package func isKept(_ value: Int, _ stage: Int) -> Bool {
    kept[stage * words + value >> 6] >> UInt64(value & 63) & 1 == 1
  }

  @inline(__always)
  private func flip(_ value: Int, _ stage: Int) {
    kept[stage * words + value >> 6] ^= 1 << UInt64(value & 63)
  }

  @inline(__always)
  func isTouched(_ value: Int, _ stage: Int) -> Bool {
    touched[stage * words + value >> 6] >> UInt64(value & 63) & 1 == 1
  }

  /// The most that is live in a stage.
  package func peak(_ stage: Int) -> Int { stagePeak[stage] }

  /// The operands of an operation.
  @inline(__always)
  func operands(_ operation: Int) -> UnsafeMutableBufferPointer<Int32> {
    let start = operandStart[operation]
    return .init(start: operandList + start, count: operandStart[operation + 1] - start)
  }

  // MARK: Changes

  /// Keeps or drops a value at the beginning of each stage of a range, all behind its own.
  ///
  /// - Returns: Whether any bit changed. ``flipped`` has them, for undoing.
  func set(_ value: Int, _ stages: Range<Int>, keeps: Bool, _ flipped: inout [Flip]) {
    var start = stages.lowerBound
    while start < stages.upperBound {
      if isKept(value, start) == keeps {
        start += 1
        continue
      }
      var end = start
      while end < stages.upperBound, isKept(value, end) != keeps { end += 1 }
      flipRun(value, start..<end)
      flipped.append(Flip(value: Int32(value), first: Int32(start), end: Int32(end)))
      start = end
    }
  }

  /// Keeps or drops a value as ``set(_:_:keeps:_:)`` does, but only ``update(deadline:)`` tells what follows.
  func put(_ value: Int, _ stages: Range<Int>, keeps: Bool) {
    let bit: UInt64 = 1 << UInt64(value & 63)
    var place = kept + stages.lowerBound * words + value >> 6
    for _ in stages {
      if keeps { place.pointee |= bit } else { place.pointee &= ~bit }
      place += words
    }
  }

  /// Works out all stages.
  ///
  /// - Returns: Whether that was done before the deadline, and before more was computed than is of use. If
  ///   not, the bits have to be changed again.
  @discardableResult
  func update(deadline: Deadline = .never) -> Bool {
    var (work, all) = (0, 0)
    for stage in 0..<count {
      evaluate(stage)
      all += computedCount
      if all > Self.mostComputations { return false }
      work += computedCount + words
      if work > 1 << 16 {
        if deadline.isPast { return false }
        work = 0
      }
    }
    return true
  }

  struct Flip {
    let value: Int32
    let first: Int32
    let end: Int32
  }

  /// Takes changes back.
  func undo(_ flipped: [Flip]) {
    for flip in flipped.reversed() {
      flipRun(Int(flip.value), Int(flip.first)..<Int(flip.end))
    }
  }

  /// All bits of the run are equal.
  private func flipRun(_ value: Int, _ run: Range<Int>) {
    let change = isKept(value, run.lowerBound) ? -sizes[value] : sizes[value]
    for stage in run { flip(value, stage) }
    evaluate(run.lowerBound - 1)
    for stage in run.dropLast() {
      // Through a stage that has nothing to do with it a value only takes place.
      if isTouched(value, stage) {
        evaluate(stage)
      } else {
        setPeak(stage, stagePeak[stage] + change)
      }
    }
    evaluate(run.upperBound - 1)
  }

  func setPeak(_ stage: Int, _ peak: Int) {
    excess += max(0, peak - budget) - max(0, stagePeak[stage] - budget)
    priced += prices[stage] * Double(peak - stagePeak[stage])
    stagePeak[stage] = peak
  }

  /// Raises the prices of stages that lack room, and lowers those of others.
  ///
  /// - Parameters:
  ///   - step: How much, for each byte beyond the budget or below it.
  ///   - most: The highest price.
  func adjustPrices(step: Double, most: Double) {
    priced = 0
    for stage in 0..<count {
      let lack = Double(stagePeak[stage] - budget)
      prices[stage] = max(0, min(most, prices[stage] + step * lack))
      priced += prices[stage] * lack
    }
  }

  /// Comes back to bits.
  ///
  /// - Returns: Whether that was done before the deadline.
  @discardableResult
  func restore(_ bits: [UInt64], deadline: Deadline = .never) -> Bool {
    bits.withUnsafeBufferPointer { bits in
      if let from = bits.baseAddress { kept.update(from: from, count: bits.count) }
    }
    return update(deadline: deadline)
  }
}
