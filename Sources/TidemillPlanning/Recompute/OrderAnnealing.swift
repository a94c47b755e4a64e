import Foundation

/// Looks for an order of computations in which little is live beyond a target, by simulated annealing.
///
/// A move takes a computation and those of the next few that depend on it behind the others of them, or
/// a computation and those before that it depends on in front. So each order is topological.
///
/// **Source**: Kirkpatrick, Gelatt, Vecchi: Optimization by simulated annealing, 1983.
package final class OrderAnnealing {
  // Allocated once, and read by pointers: this is the innermost loop of the search.
  private let count: Int
  private let sizes: [Int]
  private let operands: FlatLists
  private let isRead: [Bool]
  private let target: Int
  /// The computation at each place.
  private let order: UnsafeMutablePointer<Int32>
  /// By place, what is live there.
  private let live: UnsafeMutablePointer<Int>
  /// By computation, the place of its last user.
  private let last: UnsafeMutablePointer<Int32>
  private let isMarked: UnsafeMutablePointer<Bool>
  /// The places of a move as they were: computations and what is live.
  private let oldOrder: UnsafeMutablePointer<Int32>
  private let oldLive: UnsafeMutablePointer<Int>
  /// The sum over places of what is live beyond the target.
  package private(set) var excess = 0.0
  private var generator: PlanningGenerator

  /// Begins with the order of the computations.
  ///
  /// - Parameters:
  ///   - sizes: By computation, of its value.
  ///   - operands: By computation, those whose values it reads, all before it.
  package init(sizes: [Int], operands: [[Int]], target: Int, seed: UInt64) {
    count = sizes.count
    self.sizes = sizes
    self.operands = FlatLists(operands)
    self.target = target
    generator = PlanningGenerator(seed: seed)
    order = .allocate(capacity: count)
    live = .allocate(capacity: count + 1)
    last = .allocate(capacity: count)
    isMarked = .allocate(capacity: count)
    oldOrder = .allocate(capacity: Self.mostMoved)
    oldLive = .allocate(capacity: Self.mostMoved)
    isMarked.initialize(repeating: false, count: count)
    last.initialize(repeating: -1, count: count)
    live.initialize(repeating: 0, count: count + 1)
    var isRead = [Bool](repeating: false, count: count)
    for place in 0..<count {
      order[place] = Int32(place)
      for operand in operands[place] {
        isRead[operand] = true
        last[operand] = Int32(place)
      }
    }
    self.isRead = isRead
    play(0..<count)
  }

  deinit {
    for pointer in [order, last, oldOrder] { pointer.deallocate() }
    for pointer in [live, oldLive] { pointer.deallocate() }
    isMarked.deallocate()
  }

  /// The computations in the order at hand.
  package var result: [Int] { (0..<count).map { Int(order[$0]) } }

  private static let mostMoved = 256

  /// Anneals until nothing is live beyond the target, for some moves at the most, and up to the deadline.
  ///
  /// - Returns: The best order that was found.
  package func run(moves: Int, deadline: Deadline) -> [Int] {
    guard count > 2 else { return result }
    let mean = Double(max(1, sizes.reduce(0, +))) / Double(count)
    let (hot, cold) = (10 * mean, 0.1 * mean)
    var best = (order: result, excess: excess)
    var temperature = hot
    let total = max(1e-3, deadline.secondsLeft)
    for move in 0..<moves {
      if excess <= 0 { break }
      if move & 127 == 0 {
        let left = deadline.secondsLeft
        if left <= 0 { break }
        let share = min(total < .infinity ? left / total : 1, 1 - Double(move) / Double(moves))
        temperature = cold * pow(hot / cold, share)
        if excess < best.excess { best = (result, excess) }
      }
      step(temperature)
    }
    return excess < best.excess ? result : best.order
  }

  private func step(_ temperature: Double) {
    let before = excess
    guard let window = move() else { return }
    play(window)
    if excess <= before || generator.fraction() < exp((before - excess) / temperature) { return }
    for (index, place) in window.enumerated() {
      order[place] = oldOrder[index]
      live[place] = oldLive[index]
    }
    find(window)
    excess = before
  }

  /// Changes the order by some moves, whatever comes of it.
  package func shake(_ moves: Int) {
    for _ in 0..<moves {
      if let window = move() { play(window) }
    }
  }

  /// - Returns: The places of which the computations changed.
  private func move() -> Range<Int>? {
    guard count > 1 else { return nil }
    let length = 2 + Int(pow(Double(min(count, Self.mostMoved) - 1), generator.fraction()))
    let start = generator.index(count - 1)
    let window = start..<min(count, start + length)
    for (index, place) in window.enumerated() {
      oldOrder[index] = order[place]
      oldLive[index] = live[place]
    }
    return (generator.index(2) == 0 ? delay(window) : hasten(window)) ? window : nil
  }

  /// Takes the first, and all that depends on it, behind the others.
  private func delay(_ window: Range<Int>) -> Bool {
    var next = window.lowerBound
    for place in window {
      let computation = Int(order[place])
      let depends =
        place == window.lowerBound
        || operands.range(computation).contains { isMarked[operands[$0]] }
      isMarked[computation] = depends
      if !depends {
        order[next] = Int32(computation)
        next += 1
      }
    }
    let moved = next > window.lowerBound
    for place in window {
      let computation = oldOrder[place - window.lowerBound]
      guard isMarked[Int(computation)] else { continue }
      isMarked[Int(computation)] = false
      order[next] = computation
      next += 1
    }
    return moved
  }

  /// Takes the last, and all that it depends on, before the others.
  private func hasten(_ window: Range<Int>) -> Bool {
    var next = window.upperBound - 1
    isMarked[Int(order[next])] = true
    for place in window.reversed() {
      let computation = Int(order[place])
      if isMarked[computation] {
        for operand in operands.range(computation) { isMarked[operands[operand]] = true }
      } else {
        order[next] = Int32(computation)
        next -= 1
      }
    }
    let moved = next < window.upperBound - 1
    for place in window.reversed() {
      let computation = oldOrder[place - window.lowerBound]
      guard isMarked[Int(computation)] else { continue }
      order[next] = computation
      next -= 1
    }
    for place in window {
      let computation = Int(order[place])
      guard isMarked[computation] else { break }
      isMarked[computation] = false
      for operand in operands.range(computation) { isMarked[operands[operand]] = false }
    }
    return moved
  }

  /// Works out the last users of what is read in a window.
  private func find(_ window: Range<Int>) {
    let end = Int32(window.upperBound)
    for place in window {
      for operand in operands.range(Int(order[place])) {
        let operand = operands[operand]
        if last[operand] < end { last[operand] = Int32(place) }
      }
    }
  }

  /// Works out what is live in a window. What is live before it and behind it does not change.
  private func play(_ window: Range<Int>) {
    find(window)
    var now = window.lowerBound == 0 ? 0 : liveAfter(window.lowerBound - 1)
    for place in window {
      let computation = Int(order[place])
      now += sizes[computation]
      excess += Double(max(0, now - target) - max(0, live[place] - target))
      live[place] = now
      now -= dying(place)
    }
  }

  private func liveAfter(_ place: Int) -> Int { live[place] - dying(place) }

  private func dying(_ place: Int) -> Int {
    let computation = Int(order[place])
    var size = isRead[computation] ? 0 : sizes[computation]
    for operand in operands.range(computation) {
      let operand = operands[operand]
      if last[operand] == place { size += sizes[operand] }
    }
    return size
  }
}
