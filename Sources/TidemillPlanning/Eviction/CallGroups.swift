/// Which calls make values together.
///
/// Those that write the same value do, and so do those that read a value before it is complete.
struct CallGroups {
  /// By call; groups are counted by their last calls.
  private(set) var groupOfCall: [Int]
  /// By value, the group that makes it, or -1.
  private(set) var maker: [Int]
  private(set) var count = 0

  init(_ calls: [CallSequence.Call], values: Int) {
    var links = Links(calls.count)
    var firstWriter = [Int](repeating: -1, count: values)
    for (index, call) in calls.enumerated() {
      for value in call.writes {
        if firstWriter[value] < 0 { firstWriter[value] = index }
        links.join(firstWriter[value], index)
      }
    }
    // Until no call reads what a group has not completed; each round joins two at least.
    var isChanging = true
    while isChanging {
      isChanging = false
      var last = [Int](repeating: 0, count: calls.count)
      for index in calls.indices { last[links.root(index)] = index }
      for (index, call) in calls.enumerated() {
        for value in call.reads where firstWriter[value] >= 0 {
          let group = links.root(firstWriter[value])
          if last[group] > index, links.root(index) != group {
            links.join(group, index)
            isChanging = true
          }
        }
      }
    }
    groupOfCall = [Int](repeating: -1, count: calls.count)
    var number = [Int](repeating: -1, count: calls.count)
    for index in calls.indices.reversed() where number[links.root(index)] < 0 {
      number[links.root(index)] = count
      count += 1
    }
    for index in calls.indices { groupOfCall[index] = count - 1 - number[links.root(index)] }
    maker = firstWriter.map { [groupOfCall] in $0 < 0 ? -1 : groupOfCall[$0] }
  }

  /// Sets that are joined.
  private struct Links {
    private var parent: [Int]

    init(_ count: Int) { parent = Array(0..<count) }

    mutating func root(_ index: Int) -> Int {
      var index = index
      while parent[index] != index {
        parent[index] = parent[parent[index]]
        index = parent[index]
      }
      return index
    }

    mutating func join(_ a: Int, _ b: Int) { parent[root(a)] = root(b) }
  }
}
