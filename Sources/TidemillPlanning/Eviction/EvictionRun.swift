/// Plays a sequence in a bounded memory: where there is no room for a value, others go by a rule, and
/// are made again before their next use, with whatever of their operands is gone.
///
/// One thread at a time uses it.
final class EvictionRun {
  private let sequence: CallSequence
  /// The call at which the most is live where nothing is dropped.
  private let fullest: Int
  private let baseCost: Int
  private let groupReads, groupWrites, uses, users: FlatLists
  private var limit = 0
  private var mostCost = 0
  private var rule = EvictionRule(costPower: 1, distancePower: 0, reserve: 0, factors: [])
  /// The call whose first run is at hand.
  private var position = 0
  private var bytes = 0
  private var cost = 0
  private var runs: [Int] = []
  /// Steps of innermost loops, of all runs: a measure of time that is the same everywhere.
  private(set) var work = 0
  // Allocated once, and read by pointers: this is the innermost loop of the search. By value:
  private let sizes: UnsafeMutablePointer<Int>
  private let maker: UnsafeMutablePointer<Int>
  private let isLive: UnsafeMutablePointer<Bool>
  private let pins: UnsafeMutablePointer<Int>
  /// The place in `uses` of the next one.
  private let cursor: UnsafeMutablePointer<Int>
  private let nextNeed: UnsafeMutablePointer<Int>
  // By group:
  private let groupCost: UnsafeMutablePointer<Double>
  private let mayRepeat: UnsafeMutablePointer<Int>
  private let hasRun: UnsafeMutablePointer<Bool>
  private let isFound: UnsafeMutablePointer<Bool>
  private let wanted: UnsafeMutablePointer<Int>
  private let chainCost: UnsafeMutablePointer<Double>
  private let lastRepeat: UnsafeMutablePointer<Int>
  private let valueCount, groupCount: Int

  init(_ sequence: CallSequence, fullest: Int) {
    self.sequence = sequence
    self.fullest = fullest
    baseCost = sequence.baseCost
    groupReads = FlatLists(sequence.groups.map { $0.reads.filter { sequence.maker[$0] >= 0 } })
    groupWrites = FlatLists(sequence.groups.map(\.writes))
    uses = FlatLists(sequence.uses)
    users = FlatLists(sequence.users)
    (valueCount, groupCount) = (sequence.sizes.count, sequence.groups.count)
    sizes = Self.copy(sequence.sizes)
    maker = Self.copy(sequence.maker)
    isLive = Self.copy(sequence.sizes.map { _ in false })
    pins = Self.copy(sequence.sizes)
    cursor = Self.copy(sequence.sizes)
    nextNeed = Self.copy(sequence.sizes)
    groupCost = Self.copy(sequence.groups.map { Double(max(1, $0.cost)) })
    mayRepeat = Self.copy(sequence.groups.map(\.lastRepeat))
    hasRun = Self.copy(sequence.groups.map { _ in false })
    isFound = Self.copy(sequence.groups.map { _ in false })
    wanted = Self.copy(sequence.groups.map { _ in 0 })
    chainCost = Self.copy(sequence.groups.map { _ in 0 })
    lastRepeat = Self.copy(sequence.groups.map { _ in 0 })
  }

  private static func copy<Element>(_ numbers: [Element]) -> UnsafeMutablePointer<Element> {
    let pointer = UnsafeMutablePointer<Element>.allocate(capacity: max(1, numbers.count))
    for (index, number) in numbers.enumerated() {
      (pointer + index).initialize(to: number)
    }
    return pointer
  }

  deinit {
    for numbers in [sizes, maker, pins, cursor, nextNeed, mayRepeat, wanted, lastRepeat] {
      numbers.deallocate()
    }
    for flags in [isLive, hasRun, isFound] { flags.deallocate() }
    for costs in [groupCost, chainCost] { costs.deallocate() }
  }

  /// Runs within a limit of bytes.
  ///
  /// - Returns: `nil` where the rule leads to a moment without room, or the runs cost more than `mostCost`.
  /// - Complexity: O(calls + evictions · (values + uses)).
  func run(limit: Int, rule: EvictionRule, mostCost: Int) -> [Int]? {
    (self.limit, self.rule, self.mostCost) = (limit, rule, mostCost)
    (bytes, cost) = (0, 0)
    runs.removeAll(keepingCapacity: true)
    for value in 0..<valueCount {
      isLive[value] = false
      pins[value] = 0
      cursor[value] = uses.range(value).lowerBound
    }
    for group in 0..<groupCount { hasRun[group] = false }
    work += sequence.calls.count + valueCount
    for call in sequence.calls.indices {
      position = call
      guard runFirst(call) else { return nil }
    }
    return runs
  }

  // MARK: Runs

  private func runFirst(_ index: Int) -> Bool {
    let call = sequence.calls[index]
    let group = sequence.groupOfCall[index]
    let reads = call.reads.filter { maker[$0] != group && maker[$0] >= 0 }
    for value in reads { pins[value] += 1 }
    if reads.contains(where: { !isLive[$0] }) {
      guard let missing = missing(for: reads) else { return false }
      for group in missing { pin(groupReads, group, 1) }
      for group in missing {
        guard runAgain(group) else { return false }
      }
    }
    let made = call.writes.filter { !isLive[$0] }
    guard makeRoom(for: made, of: call) else { return false }
    runs.append(index)
    cost += call.cost
    for value in reads { pins[value] -= 1 }
    // What a group has not completed stays.
    for value in made { pins[value] += 1 }
    if index == sequence.groups[group].calls.last {
      hasRun[group] = true
      pin(groupWrites, group, -1)
    }
    return true
  }

  private func runAgain(_ index: Int) -> Bool {
    let group = sequence.groups[index]
    for value in group.writes where isLive[value] { drop(value) }
    let single = group.calls.count == 1 ? sequence.calls[group.calls[0]] : nil
    guard makeRoom(for: group.writes, of: single) else { return false }
    runs += group.calls
    cost += group.cost
    pin(groupReads, index, -1)
    return cost - baseCost <= mostCost
  }

  /// The groups that must run before values can be read; `nil` where one of them may not.
  private func missing(for reads: [Int]) -> [Int]? {
    var stack = reads.filter { !isLive[$0] }
    var found: [Int] = []
    defer { for group in found { isFound[group] = false } }
    while let value = stack.popLast() {
      let group = maker[value]
      if isFound[group] { continue }
      isFound[group] = true
      found.append(group)
      guard mayRepeat[group] >= position else { return nil }
      for place in groupReads.range(group) where !isLive[groupReads[place]] {
        stack.append(groupReads[place])
      }
    }
    return found.sorted()
  }

  private func pin(_ lists: FlatLists, _ list: Int, _ change: Int) {
    for place in lists.range(list) { pins[lists[place]] += change }
  }

  @inline(__always)
  private func drop(_ value: Int) {
    isLive[value] = false
    bytes -= sizes[value]
  }

  // MARK: Room

  /// Makes room for values and puts them there.
  ///
  /// - Parameter call: Who writes them, where that is one call.
  private func makeRoom(for made: [Int], of call: CallSequence.Call?) -> Bool {
    var need = 0
    for value in made { need += sizes[value] }
    let reserve = position < fullest ? Int(Double(limit) * rule.reserve) : 0
    if bytes + need > limit - reserve {
      survey()
      // Operands that nobody else needs now, and whose place a result may take.
      var pairs = (call?.inPlace ?? []).filter {
        made.contains($0.write) && isLive[$0.read] && pins[$0.read] == 1
      }
      var dying: [Int] = []
      func takePlace(_ pair: CallSequence.Pair) {
        dying.append(pair.read)
        need -= sizes[pair.write]
        pairs.removeAll { $0.read == pair.read || $0.write == pair.write }
      }
      while let pair = pairs.first(where: { nextNeed[$0.read] == .max }) { takePlace(pair) }
      while bytes + need > limit - reserve {
        guard let value = least(pairs) else {
          if bytes + need > limit { return false }
          break
        }
        if let pair = pairs.first(where: { $0.read == value }) {
          takePlace(pair)
        } else {
          drop(value)
          if bytes + need > limit - reserve { survey() }
        }
      }
      for value in dying {
        need += sizes[value]
        drop(value)
      }
    }
    for value in made { isLive[value] = true }
    bytes += need
    return true
  }

  /// The value that goes first, if one may.
  ///
  /// - Parameter pairs: Operands whose place the result at hand may take.
  private func least(_ pairs: [CallSequence.Pair]) -> Int? {
    work += valueCount
    var best: (weight: Double, value: Int)?
    for value in 0..<valueCount where isLive[value] && sizes[value] > 0 {
      guard pins[value] == 0 || pairs.contains(where: { $0.read == value }) else { continue }
      let group = maker[value]
      let need = nextNeed[value]
      guard hasRun[group], lastRepeat[group] >= need else { continue }
      let weight = rule.weight(
        cost: chainCost[group], size: Double(sizes[value]),
        distance: Double(max(1, need - position)), value: value)
      if weight < best?.weight ?? .infinity { best = (weight, value) }
    }
    return best?.value
  }

  /// Finds out when each value is needed next and what it takes to make it again, and drops what nobody
  /// needs any more.
  private func survey() {
    work += groupReads.total + users.total
    for index in stride(from: groupCount - 1, through: 0, by: -1) {
      var earliest = Int.max
      for place in groupWrites.range(index) {
        let value = groupWrites[place]
        var need = nextUse(value)
        for place in users.range(value) { need = min(need, wanted[users[place]]) }
        nextNeed[value] = need
        if !isLive[value] {
          earliest = min(earliest, need)
        } else if need == .max, pins[value] == 0 {
          drop(value)
        }
      }
      wanted[index] = hasRun[index] ? earliest : .max
    }
    for index in 0..<groupCount where hasRun[index] {
      var cost = groupCost[index]
      var last = mayRepeat[index]
      for place in groupReads.range(index) where !isLive[groupReads[place]] {
        let group = maker[groupReads[place]]
        cost += chainCost[group]
        last = min(last, lastRepeat[group])
      }
      // Operands on several paths count several times, which must not grow without end.
      chainCost[index] = min(cost, Double(max(1, baseCost)))
      lastRepeat[index] = last
    }
  }

  /// The next call after the one at hand that reads a value; pins keep what the latter needs.
  @inline(__always)
  private func nextUse(_ value: Int) -> Int {
    let end = uses.range(value).upperBound
    while cursor[value] < end, uses[cursor[value]] <= position { cursor[value] += 1 }
    return cursor[value] < end ? uses[cursor[value]] : .max
  }
}
