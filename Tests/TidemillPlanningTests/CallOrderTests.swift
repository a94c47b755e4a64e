import Testing
import TidemillPlanning

/// Orders of calls in which less is live.
@Suite struct CallOrderTests {
  /// Calls that wait for others whatever they hand over.
  private func sequence(_ seed: Int) -> (CallSequence, predecessors: [[Int]]) {
    var random = TestGenerator(seed)
    var sizes: [Int] = []
    var calls: [CallSequence.Call] = []
    var predecessors: [[Int]] = []
    for index in 0..<Int.random(in: 2...30, using: &random) {
      let reads = sizes.indices.filter { _ in Int.random(in: 0..<6, using: &random) == 0 }
      let goesOn = Int.random(in: 0..<8, using: &random) == 0 ? sizes.indices.last : nil
      var writes = goesOn.map { [$0] } ?? []
      if goesOn == nil {
        writes = [sizes.count]
        sizes.append(Int.random(in: 0...9, using: &random))
      }
      calls.append(.init(reads: reads.filter { !writes.contains($0) }, writes: writes, cost: 1))
      let touched = Set(calls[index].reads + writes)
      predecessors.append(
        (0..<index).filter { earlier in
          let other = calls[earlier]
          return !touched.isDisjoint(with: other.writes)
            || !Set(writes).isDisjoint(with: other.reads)
            || Int.random(in: 0..<20, using: &random) == 0
        })
    }
    return (CallSequence(sizes: sizes, calls: calls), predecessors)
  }

  /// Proves: every call is there once, behind all that it waits for; less is live, what is only waited for not counted.
  @Test func ordersRespectWaits() {
    var changed = 0
    var (given, found) = (0, 0)
    for seed in 0..<400 {
      let (sequence, predecessors) = sequence(seed)
      let order = sequence.thriftyOrder(predecessors)
      var place: [Int: Int] = [:]
      for (position, call) in order.enumerated() { place[call] = position }
      #expect(order.count == predecessors.count && place.count == order.count, "seed \(seed)")
      for (call, before) in predecessors.enumerated() {
        for other in before { #expect(place[other]! < place[call]!, "seed \(seed)") }
      }
      if order != Array(order.indices) { changed += 1 }
      given += CallSchedule(Array(order.indices), of: sequence).peak
      found += CallSchedule(order, of: sequence).peak
    }
    #expect(changed > 50)
    #expect(found < given, "\(found) of \(given)")
  }

  /// Proves: large values that are read once are read at once.
  @Test func largeValuesAreReadAtOnce() {
    let count = 8
    let makers = (0..<count).map { CallSequence.Call(reads: [], writes: [$0], cost: 1) }
    let readers = (0..<count).map { CallSequence.Call(reads: [$0], writes: [count + $0], cost: 1) }
    let end = CallSequence.Call(reads: Array(count..<2 * count), writes: [2 * count], cost: 1)
    let sequence = CallSequence(
      sizes: Array(repeating: 10, count: count) + Array(repeating: 1, count: count + 1),
      calls: makers + readers + [end])
    func peak(_ predecessors: [[Int]]) -> Int {
      CallSchedule(sequence.thriftyOrder(predecessors), of: sequence).peak
    }
    var predecessors = Array(repeating: [Int](), count: count) + (0..<count).map { [$0] }
    predecessors.append(Array(count..<2 * count))
    #expect(peak(predecessors) <= 10 + count + 1)
    // The last call waits for the first ones as well.
    predecessors[2 * count] += 0..<count
    #expect(peak(predecessors) <= 10 + count + 1)
  }
}
