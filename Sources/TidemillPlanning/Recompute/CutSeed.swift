/// Bits of a ``StageState`` from what is kept at a cut and computed again after it.
enum CutSeed {
  /// Keeps values while they are used up to the cut, and then those that the cut keeps. The others are
  /// computed again where they are first needed, and kept from there to their last use.
  ///
  /// - Parameters:
  ///   - cut: The stage of the cut.
  ///   - again: By place in the order, who is computed again.
  /// The state is to be updated then.
  ///
  /// - Returns: Where each value that is computed again is first needed after the cut.
  @discardableResult
  static func apply(
    to state: StageState, users: [[Int32]], cut: Int, again: [Bool]
  ) -> [Int] {
    let count = state.count
    // Where a value is first needed after the cut, through others that are computed again too.
    var need = [Int](repeating: .max, count: count)
    for value in stride(from: count - 1, through: 0, by: -1) {
      var lastBefore = value
      var lastAfter = -1
      for user in users[value] {
        let user = Int(user)
        if user <= cut {
          lastBefore = max(lastBefore, user)
        } else {
          lastAfter = max(lastAfter, user)
        }
        if user > cut { need[value] = min(need[value], user) }
        if again[user], need[user] < .max {
          need[value] = min(need[value], need[user])
          lastAfter = max(lastAfter, need[user])
        }
      }
      guard value <= cut, again[value], need[value] < .max else {
        // A value that the cut keeps waits for those that are computed again from it.
        set(state, value, value + 1, max(lastBefore, lastAfter))
        continue
      }
      set(state, value, value + 1, lastBefore)
      set(state, value, need[value] + 1, lastAfter, clears: lastBefore + 1)
    }
    return need
  }

  private static func set(
    _ state: StageState, _ value: Int, _ first: Int, _ last: Int, clears start: Int? = nil
  ) {
    if let start {
      state.put(value, start..<max(start, min(first, state.count)), keeps: false)
    }
    if first <= last { state.put(value, first..<(last + 1), keeps: true) }
    let rest = max(first, last + 1)
    if rest < state.count && (start != nil || first <= state.count) {
      state.put(value, rest..<state.count, keeps: false)
    }
  }
}
