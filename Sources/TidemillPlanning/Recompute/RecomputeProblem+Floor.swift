extension RecomputeProblem {
  /// What no schedule can do with less, and the operation that needs it.
  ///
  /// An operation needs its operands and its value at once. Also, one of its operands is computed last
  /// before it; the others are live by then, beside what that one needs.
  package var floor: (size: Int, operation: Int?) {
    var floor = (size: 0, operation: Int?.none)
    for operation in sizes.indices {
      let need = max(workingSet(operation), needWhileOperandsAreMade(operation))
      if need > floor.size { floor = (need, operation) }
    }
    return floor
  }

  private func needWhileOperandsAreMade(_ operation: Int) -> Int {
    let read = operands[operation]
    let all = read.reduce(0) { $0 + sizes[$1] }
    let needs = read.map { last in
      // Operands of the last one may be operands of the operation as well.
      let shared = operands[last].lazy.filter { read.contains($0) }.reduce(0) {
        $0 + self.sizes[$1]
      }
      return all - sizes[last] + workingSet(last) - shared
    }
    return needs.min() ?? 0
  }

  /// An order that takes, of what can be computed, what leaves the least live; of equal ones what
  /// comes first in ``order``.
  func frugalOrder() -> [Int] {
    var missing = operands.map(\.count)
    var waiting = users.map(\.count)
    var place = [Int](repeating: 0, count: sizes.count)
    for (index, operation) in order.enumerated() { place[operation] = index }
    var ready = sizes.indices.filter { missing[$0] == 0 }
    var result: [Int] = []
    func growth(_ operation: Int) -> Int {
      let dying = operands[operation].lazy.filter { waiting[$0] == 1 }
        .reduce(0) { $0 + self.sizes[$1] }
      return (users[operation].isEmpty ? 0 : sizes[operation]) - dying
    }
    while let choice = ready.indices.min(by: {
      (growth(ready[$0]), place[ready[$0]]) < (growth(ready[$1]), place[ready[$1]])
    }) {
      let operation = ready.remove(at: choice)
      result.append(operation)
      for operand in operands[operation] { waiting[operand] -= 1 }
      for user in users[operation] {
        missing[user] -= 1
        if missing[user] == 0 { ready.append(user) }
      }
    }
    return result
  }
}
