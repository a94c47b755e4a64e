import Testing
import TidemillPlanning

@Suite("Recomputation in a fixed order")
struct EvictionTests {
  /// Random calls: some make two values, some go on with a value of an earlier one, some run once only or
  /// only until a later call, some write in place.
  private func sequence(_ seed: Int) -> CallSequence {
    var random = TestGenerator(seed)
    var sizes: [Int] = []
    var calls: [CallSequence.Call] = []
    for index in 0..<Int.random(in: 4...30, using: &random) {
      var reads: Set<Int> = []
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        if let value = sizes.indices.randomElement(using: &random) { reads.insert(value) }
      }
      var call = CallSequence.Call(
        reads: reads.sorted(), writes: [], cost: Int.random(in: 1...9, using: &random))
      if Int.random(in: 0..<8, using: &random) == 0, let value = calls.last?.writes.first {
        call.writes = [value]
      } else {
        for _ in 0..<Int.random(in: 0...2, using: &random) {
          call.writes.append(sizes.count)
          sizes.append(Int.random(in: 0...6, using: &random))
        }
      }
      if let read = call.reads.first, let write = call.writes.first, !call.reads.contains(write) {
        if sizes[read] == sizes[write] { call.inPlace = [.init(read: read, write: write)] }
      }
      switch Int.random(in: 0..<6, using: &random) {
      case 0: call.lastRepeat = -1
      case 1: call.lastRepeat = index + Int.random(in: 1...8, using: &random)
      default: break
      }
      calls.append(call)
    }
    return CallSequence(sizes: sizes, calls: calls)
  }

  /// Plays runs: a life of a value begins with the first call that writes it, and whoever reads it finds
  /// all that earlier calls of the sequence write.
  private func mistake(_ schedule: CallSchedule, _ sequence: CallSequence) -> String? {
    var written: [Int: Set<Int>] = [:]
    var hasRun: Set<Int> = []
    for (place, index) in schedule.runs.enumerated() {
      let call = sequence.calls[index]
      let isAgain = hasRun.contains(index)
      // Runs so far are those of the calls before the next new one.
      let next = sequence.calls.indices.first { !hasRun.contains($0) } ?? .max
      if isAgain, call.lastRepeat < next { return "run \(place) comes too late" }
      for value in call.reads where !call.writes.contains(value) {
        let makers = sequence.calls.indices.filter {
          $0 < index && sequence.calls[$0].writes.contains(value)
        }
        if written[value, default: []] != Set(makers) { return "run \(place) reads too early" }
      }
      for value in call.writes {
        let first = sequence.calls.indices.first { sequence.calls[$0].writes.contains(value) }
        if first == index { written[value] = [] }
        if !written[value, default: []].insert(index).inserted {
          return "run \(place) writes twice"
        }
      }
      hasRun.insert(index)
    }
    return hasRun.count == sequence.calls.count ? nil : "a call is missing"
  }

  @Test("Schedules compute what the calls in order do", arguments: 0..<400)
  func valid(_ seed: Int) throws {
    let sequence = sequence(seed)
    let ladder = EvictionLadder(sequence)
    for schedule in ladder.rungs {
      #expect(mistake(schedule, sequence) == nil, "seed \(seed)")
      #expect(schedule.peak >= sequence.floor.size, "seed \(seed)")
      let cost = schedule.runs.reduce(-sequence.baseCost) { $0 + sequence.calls[$1].cost }
      #expect(schedule.extraCost == cost && cost >= 0, "seed \(seed)")
    }
    for (lower, upper) in zip(ladder.rungs, ladder.rungs.dropFirst()) {
      #expect(lower.peak < upper.peak && lower.extraCost > upper.extraCost, "seed \(seed)")
    }
    #expect(ladder.rungs.last?.extraCost == 0)
  }

  @Test("The player sees what is wrong with a schedule")
  func player() {
    let sequence = CallSequence(
      sizes: [1, 1],
      calls: [
        .init(reads: [], writes: [0], cost: 1), .init(reads: [0], writes: [1], cost: 1),
        .init(reads: [1], writes: [], cost: 1, lastRepeat: -1),
      ])
    #expect(mistake(CallSchedule([0, 1, 2], of: sequence), sequence) == nil)
    #expect(mistake(CallSchedule([1, 0, 2], of: sequence), sequence) != nil)
    let once = CallSequence(
      sizes: [1, 1],
      calls: [
        .init(reads: [], writes: [0], cost: 1, lastRepeat: -1),
        .init(reads: [0], writes: [1], cost: 1), .init(reads: [0, 1], writes: [], cost: 1),
      ])
    #expect(mistake(CallSchedule([0, 1, 2], of: once), once) == nil)
    #expect(mistake(CallSchedule([0, 1, 0, 2], of: once), once) != nil)
    #expect(mistake(CallSchedule([0, 1], of: sequence), sequence) != nil)
  }

  @Test("The same for any number of threads", arguments: 0..<20)
  func threads(_ seed: Int) {
    let sequence = sequence(seed)
    let all = [1, 3].map { EvictionLadder(sequence, threads: $0).rungs }
    #expect(all[0] == all[1], "seed \(seed)")
  }

  @Test(
    "No schedule costs less than the bound, nor does the cheapest that there is", arguments: 0..<60)
  func bound(_ seed: Int) throws {
    var random = TestGenerator(seed)
    let count = Int.random(in: 6...12, using: &random)
    var edges: [(from: Int, to: Int)] = []
    for to in 1..<count {
      for from in 0..<to where Int.random(in: 0..<5, using: &random) < (from == to - 1 ? 3 : 1) {
        edges.append((from, to))
      }
    }
    let sizes = (0..<count).map { _ in Int.random(in: 1...5, using: &random) }
    let costs = (0..<count).map { _ in Int.random(in: 1...9, using: &random) }
    let sequence = CallSequence(
      sizes: sizes,
      calls: (0..<count).map { index in
        .init(
          reads: edges.filter { $0.to == index }.map(\.from), writes: [index], cost: costs[index])
      })
    for rung in EvictionLadder(sequence).rungs {
      let problem = try RecomputeProblem(
        sizes: sizes, costs: costs, edges: edges, budget: rung.peak)
      let least = try #require(problem.planned(deadline: .never).plan).cost - sequence.baseCost
      #expect(sequence.extraCostBound(budget: rung.peak, deadline: .never) <= least, "seed \(seed)")
      #expect(least <= rung.extraCost, "seed \(seed)")
    }
  }

  /// Layers whose values are read again in the reverse order.
  private func layers(_ count: Int) -> CallSequence {
    let forward = (0..<count).map { index in
      CallSequence.Call(reads: index > 0 ? [index - 1] : [], writes: [index], cost: 100)
    }
    let backward = (0..<count).reversed().map { index in
      CallSequence.Call(
        reads: index > 0 ? [index - 1, count + index] : [count + index],
        writes: index > 0 ? [count + index - 1] : [], cost: 200)
    }
    let turn = CallSequence.Call(
      reads: [count - 1], writes: [2 * count - 1], cost: 1, lastRepeat: -1)
    return CallSequence(
      sizes: Array(repeating: 1, count: 2 * count), calls: forward + [turn] + backward)
  }

  @Test("Deep networks drop half of their values and more for little above the bound")
  func deep() throws {
    for (count, most) in [(32, 1.12), (96, 1.06)] {
      let sequence = layers(count)
      let ladder = EvictionLadder(sequence)
      let peak = try #require(ladder.rungs.last).peak
      for share in [2, 3] {
        let budget = peak / share
        let rung = try #require(ladder.rungs.last { $0.peak <= budget })
        let bound = sequence.extraCostBound(budget: budget, deadline: .never)
        #expect(Double(rung.extraCost) <= most * Double(bound), "\(count) layers, 1/\(share)")
      }
    }
  }

  /// The second value needs the room of the first, which is read before and after it.
  @Test("A call runs again before the last call that it may, and not later")
  func lastRepeat() throws {
    for (last, peaks) in [(4, [4, 8]), (3, [8]), (.max, [4, 8]), (-1, [8])] {
      let sequence = CallSequence(
        sizes: [4, 4],
        calls: [
          .init(reads: [], writes: [0], cost: 1, lastRepeat: last),
          .init(reads: [0], writes: [], cost: 1), .init(reads: [], writes: [1], cost: 1),
          .init(reads: [1], writes: [], cost: 1), .init(reads: [0], writes: [], cost: 1),
        ])
      #expect(EvictionLadder(sequence).rungs.map(\.peak) == peaks, "until call \(last)")
    }
  }

  @Test("A result in the place of an operand needs no room, unless that is read again")
  func inPlace() {
    func peak(isInPlace: Bool, isReadAgain: Bool) -> Int {
      let calls: [CallSequence.Call] = [
        .init(reads: [], writes: [0], cost: 1),
        .init(
          reads: [0], writes: [1], inPlace: isInPlace ? [.init(read: 0, write: 1)] : [], cost: 1),
        .init(reads: isReadAgain ? [0, 1] : [1], writes: [], cost: 1),
      ]
      return CallSchedule([0, 1, 2], of: CallSequence(sizes: [5, 5], calls: calls)).peak
    }
    #expect(peak(isInPlace: true, isReadAgain: false) == 5)
    #expect(peak(isInPlace: true, isReadAgain: true) == 10)
    #expect(peak(isInPlace: false, isReadAgain: false) == 10)
  }

  /// The least cost of calls that make several values each, by going through all states: which calls have
  /// run, and which values are live.
  private func exhaustiveCost(_ sequence: CallSequence, budget: Int) -> Int? {
    let (calls, values) = (sequence.calls, sequence.sizes.count)
    let masks = calls.map { call in
      (
        reads: call.reads.reduce(0) { $0 | 1 << $1 }, writes: call.writes.reduce(0) { $0 | 1 << $1 }
      )
    }
    func size(_ live: Int) -> Int {
      (0..<values).reduce(0) { live >> $1 & 1 == 1 ? $0 + sequence.sizes[$1] : $0 }
    }
    var known = [0: 0]
    var queue = [[0]]
    var cost = 0
    while cost < queue.count {
      while let state = queue[cost].popLast() {
        guard known[state] == cost else { continue }
        let (done, live) = (state >> values, state & (1 << values - 1))
        if done == 1 << calls.count - 1 { return cost }
        func reach(_ state: Int, _ cost: Int) {
          guard cost < known[state] ?? .max else { return }
          known[state] = cost
          while queue.count <= cost { queue.append([]) }
          queue[cost].append(state)
        }
        for (index, mask) in masks.enumerated() where mask.reads & ~live == 0 {
          if size(live | mask.writes) <= budget {
            reach((done | 1 << index) << values | live | mask.writes, cost + calls[index].cost)
          }
        }
        for value in 0..<values where live >> value & 1 == 1 { reach(state ^ 1 << value, cost) }
      }
      cost += 1
    }
    return nil
  }

  /// Both values of the first call go while the third runs, and come back together.
  @Test("What makes several values again costs once")
  func boundOfTwoValues() {
    let sequence = CallSequence(
      sizes: [3, 3, 1, 8, 1],
      calls: [
        .init(reads: [], writes: [0, 1], cost: 9), .init(reads: [0], writes: [2], cost: 1),
        .init(reads: [2], writes: [3], cost: 1), .init(reads: [3], writes: [4], cost: 1),
        .init(reads: [0, 1, 4], writes: [], cost: 1),
      ])
    #expect(exhaustiveCost(sequence, budget: 9) == sequence.baseCost + 9)
    #expect(sequence.extraCostBound(budget: 9, deadline: .never) == 9)
  }

  /// The first value goes while the third is made, and both calls that make it run again.
  @Test("What several calls make costs as much again as all of them")
  func groupOfTwoCalls() throws {
    let sequence = CallSequence(
      sizes: [6, 1, 8, 1],
      calls: [
        .init(reads: [], writes: [0], cost: 9), .init(reads: [], writes: [0], cost: 5),
        .init(reads: [0], writes: [1], cost: 1), .init(reads: [1], writes: [2], cost: 1),
        .init(reads: [2], writes: [3], cost: 1), .init(reads: [0, 3], writes: [], cost: 1),
      ])
    #expect(sequence.extraCostBound(budget: 9, deadline: .never) == 14)
    let rung = try #require(EvictionLadder(sequence).rungs.last { $0.peak <= 9 })
    #expect(rung.extraCost == 14)
    #expect(rung.runs == [0, 1, 2, 3, 4, 0, 1, 5])
  }

  @Test("More rounds of changes find cheaper schedules, and never dearer ones")
  func effort() throws {
    let sequence = layers(40)
    let (one, three) = (EvictionLadder(sequence), EvictionLadder(sequence, effort: 3))
    for rung in one.rungs {
      let other = try #require(three.rungs.last { $0.peak <= rung.peak })
      #expect(other.extraCost <= rung.extraCost, "\(rung.peak)")
    }
    #expect(one.rungs != three.rungs)
  }

  @Test("The bound holds where calls make several values, and is at times the least cost")
  func boundOfSeveralValues() {
    var (positive, exact) = (0, 0)
    for seed in 0..<120 {
      var random = TestGenerator(seed)
      var sizes: [Int] = []
      var calls: [CallSequence.Call] = []
      for index in 0..<Int.random(in: 4...6, using: &random) {
        let reads = Set((0..<2).compactMap { _ in sizes.indices.randomElement(using: &random) })
        let writes = (0..<(index < 4 ? Int.random(in: 1...2, using: &random) : 1)).map {
          sizes.count + $0
        }
        sizes += writes.map { _ in Int.random(in: 1...5, using: &random) }
        calls.append(
          .init(reads: reads.sorted(), writes: writes, cost: Int.random(in: 1...9, using: &random)))
      }
      let sequence = CallSequence(sizes: sizes, calls: calls)
      let peak = CallSchedule(Array(calls.indices), of: sequence).peak
      for budget in sequence.floor.size..<max(peak, sequence.floor.size + 1) {
        guard let least = exhaustiveCost(sequence, budget: budget) else { continue }
        let bound = sequence.extraCostBound(budget: budget, deadline: .never)
        #expect(bound <= least - sequence.baseCost, "seed \(seed), budget \(budget)")
        if least > sequence.baseCost {
          positive += 1
          if bound == least - sequence.baseCost { exact += 1 }
        }
      }
    }
    #expect(positive > 50 && exact > 5, "\(exact) of \(positive)")
  }
}
