/// Calls in a fixed order that make values, some of which may be dropped and made again.
///
/// Every call runs once in this order; between them others run again. Unlike an operation of a
/// ``RecomputeProblem`` a call may make several values, and several calls may make one. Some run once
/// only, others again until what they read elsewhere is overwritten.
package struct CallSequence: Sendable {
  /// One call.
  package struct Call: Hashable, Sendable {
    /// Values that it reads.
    package var reads: [Int]
    /// Values that it makes, or goes on making.
    package var writes: [Int]
    /// Values of one size, of which the written one may take the place of the one read.
    package var inPlace: [Pair]
    /// What a run costs.
    package var cost: Int
    /// The last call before which this one may run again; -1 where it runs once only.
    package var lastRepeat: Int

    /// A call.
    package init(
      reads: [Int], writes: [Int], inPlace: [Pair] = [], cost: Int, lastRepeat: Int = .max
    ) {
      (self.reads, self.writes, self.inPlace) = (reads, writes, inPlace)
      (self.cost, self.lastRepeat) = (cost, lastRepeat)
    }
  }

  /// A value that is read and one that is written.
  package struct Pair: Hashable, Sendable {
    package var read: Int
    package var write: Int

    /// A pair.
    package init(read: Int, write: Int) { (self.read, self.write) = (read, write) }
  }

  /// Calls that make values together, and so run again together.
  struct Group {
    var calls: [Int] = []
    /// What it needs from others.
    var reads: [Int] = []
    var writes: [Int] = []
    var cost = 0
    var lastRepeat = Int.max
  }

  /// By value.
  package let sizes: [Int]
  /// In the order of their first runs.
  package let calls: [Call]
  /// By their last calls, so that whoever reads a group's values is in a later one.
  let groups: [Group]
  /// By call.
  let groupOfCall: [Int]
  /// By value; -1 where nobody makes it.
  let maker: [Int]
  /// By value, the calls of other groups that read it, ascending.
  let uses: [[Int]]
  /// By value, the groups of these.
  let users: [[Int]]
  /// By value, the call with which a life of it begins.
  let firstWriter: [Int]

  /// A sequence.
  ///
  /// - Parameters:
  ///   - sizes: Of the values; not negative.
  ///   - calls: Each value is written before it is read.
  package init(sizes: [Int], calls: [Call]) {
    self.sizes = sizes
    self.calls = calls
    let parts = CallGroups(calls, values: sizes.count)
    groupOfCall = parts.groupOfCall
    maker = parts.maker
    var groups = [Group](repeating: Group(), count: parts.count)
    var uses = [[Int]](repeating: [], count: sizes.count)
    var firstWriter = [Int](repeating: -1, count: sizes.count)
    for (index, call) in calls.enumerated() {
      let group = parts.groupOfCall[index]
      groups[group].calls.append(index)
      groups[group].cost += call.cost
      groups[group].lastRepeat = min(groups[group].lastRepeat, call.lastRepeat)
      for value in Set(call.reads) where parts.maker[value] != group {
        groups[group].reads.append(value)
        uses[value].append(index)
      }
      for value in call.writes where firstWriter[value] < 0 {
        firstWriter[value] = index
        groups[group].writes.append(value)
      }
    }
    for index in groups.indices { groups[index].reads = Set(groups[index].reads).sorted() }
    self.groups = groups
    self.uses = uses
    self.firstWriter = firstWriter
    users = uses.map { Set($0.map { parts.groupOfCall[$0] }).sorted() }
  }

  /// What it costs to run everything once.
  package var baseCost: Int { calls.reduce(0) { $0 + $1.cost } }

  /// What a call needs at once: all that it reads and writes, but for what takes an operand's place.
  package func workingSet(_ call: Int) -> Int {
    let all = Set(calls[call].reads + calls[call].writes).reduce(0) { $0 + sizes[$1] }
    var (read, written): (Set<Int>, Set<Int>) = ([], [])
    var shared = 0
    for pair in calls[call].inPlace where !read.contains(pair.read) {
      if written.insert(pair.write).inserted {
        read.insert(pair.read)
        shared += sizes[pair.write]
      }
    }
    return all - shared
  }

  /// What no schedule can do with less, and the call that needs it.
  package var floor: (size: Int, call: Int?) {
    var floor = (size: 0, call: Int?.none)
    for call in calls.indices {
      let need = workingSet(call)
      if need > floor.size { floor = (need, call) }
    }
    return floor
  }
}

extension CallSequence: Equatable {
  /// All else follows from these.
  package static func == (lhs: CallSequence, rhs: CallSequence) -> Bool {
    lhs.sizes == rhs.sizes && lhs.calls == rhs.calls
  }
}
