extension RecomputeProblem {
  /// By place in an order of all operations: the places of those that read the value, ascending.
  func users(in order: [Int]) -> [[Int32]] {
    let place = order.inverse
    return order.map { users[$0].map { Int32(place[$0]) }.sorted() }
  }

  /// What no schedule can do with less, and the operation that needs it.
  ///
  /// An operation needs its operands and its value at once. Also, one of its operands is computed last
  /// before it; the others are live by then, beside what that one needs.
  package var floor: (size: Int, operation: Int?) {
    var floor = (size: 0, operation: Int?.none)
    var isRead = [Bool](repeating: false, count: sizes.count)
    for operation in sizes.indices {
      for operand in operands[operation] { isRead[operand] = true }
      let need = max(workingSet(operation), needWhileOperandsAreMade(operation, isRead))
      for operand in operands[operation] { isRead[operand] = false }
      if need > floor.size { floor = (need, operation) }
    }
    return floor
  }

  private func needWhileOperandsAreMade(_ operation: Int, _ isRead: [Bool]) -> Int {
    let all = workingSet(operation) - sizes[operation]
    let needs = operands[operation].map { last in
      // Operands of the last one may be operands of the operation as well.
      operands[last].reduce(all) { isRead[$1] ? $0 : $0 + sizes[$1] }
    }
    return needs.min() ?? 0
  }
}
