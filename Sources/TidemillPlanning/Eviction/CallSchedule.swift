/// Runs of a sequence's calls: each at least once, and some again.
package struct CallSchedule: Sendable, Equatable {
  /// Calls, in the order in which they run.
  package let runs: [Int]
  /// The costs of the runs beyond the first of each call.
  package let extraCost: Int
  /// The most that is live at a time.
  package let peak: Int

  /// The runs without those whose values nobody reads, where the call runs again later.
  package init(_ runs: [Int], of sequence: CallSequence) {
    let lives = Lives(runs, sequence)
    var left = [Int](repeating: 0, count: sequence.calls.count)
    for call in runs { left[call] += 1 }
    var isRead = [Bool](repeating: false, count: lives.value.count)
    var kept: [Int] = []
    for place in runs.indices.reversed() {
      let call = runs[place]
      if left[call] > 1, !lives.written[place].contains(where: { isRead[$0] }) {
        left[call] -= 1
        continue
      }
      kept.append(call)
      for life in lives.read[place] { isRead[life] = true }
    }
    self.runs = kept.reversed()
    extraCost = self.runs.reduce(-sequence.baseCost) { $0 + sequence.calls[$1].cost }
    peak = Lives(self.runs, sequence).peak(self.runs, sequence)
  }

  /// The lives of values: one begins whenever the first call that writes the value runs.
  private struct Lives {
    /// By life.
    private(set) var value: [Int] = []
    /// By run, the lives that it touches.
    private(set) var read: [[Int]] = []
    private(set) var written: [[Int]] = []

    init(_ runs: [Int], _ sequence: CallSequence) {
      var current = [Int](repeating: -1, count: sequence.sizes.count)
      for index in runs {
        let call = sequence.calls[index]
        for written in call.writes where sequence.firstWriter[written] == index {
          current[written] = -1
        }
        read.append(call.reads.map { current[$0] }.filter { $0 >= 0 })
        for written in call.writes where current[written] < 0 {
          current[written] = value.count
          value.append(written)
        }
        written.append(call.writes.map { current[$0] })
      }
    }

    func peak(_ runs: [Int], _ sequence: CallSequence) -> Int {
      var first = [Int](repeating: -1, count: value.count)
      var last = first
      for place in runs.indices {
        for life in read[place] + written[place] {
          if first[life] < 0 { first[life] = place }
          last[life] = place
        }
      }
      var changes = [Int](repeating: 0, count: runs.count + 1)
      var shared = [Int](repeating: 0, count: runs.count)
      for life in value.indices {
        changes[first[life]] += sequence.sizes[value[life]]
        changes[last[life] + 1] -= sequence.sizes[value[life]]
      }
      for (place, index) in runs.enumerated() {
        var taken: Set<Int> = []
        for pair in sequence.calls[index].inPlace {
          guard let old = read[place].first(where: { value[$0] == pair.read }),
            let new = written[place].first(where: { value[$0] == pair.write }),
            last[old] == place, first[new] == place, !taken.contains(old), !taken.contains(new)
          else { continue }
          taken.formUnion([old, new])
          shared[place] += sequence.sizes[pair.write]
        }
      }
      var live = 0
      return runs.indices.reduce(0) { peak, place in
        live += changes[place]
        return max(peak, live - shared[place])
      }
    }
  }
}
