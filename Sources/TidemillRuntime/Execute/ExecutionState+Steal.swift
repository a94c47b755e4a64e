import Synchronization

/// Tasks that are planned for others, done by a worker that has nothing else to do.
extension ExecutionState {
  /// A task that was claimed in another list, or ahead in the own one.
  private typealias Found = (place: Int, lap: UInt32)

  /// Waits until a task that this worker has claimed is ready, and does others' meanwhile.
  @inline(never)
  func waitAndHelp(
    until place: Int, _ lap: UInt32, _ worker: Int, _ ring: UnsafeMutablePointer<TraceRing>?
  ) {
    var patience = newPatience
    while !isReady(place, epoch &+ lap) {
      if let other = idle(until: (place, lap), worker, &patience) {
        run(other.place, other.lap, worker, ring)
        patience = newPatience
      }
    }
  }

  /// Does tasks of others until all are claimed.
  ///
  /// - Returns: Whether they are; a helper also leaves when it may be needed in another job.
  @inline(never)
  func helpToTheEnd(_ worker: Int, _ ring: UnsafeMutablePointer<TraceRing>?) -> Bool {
    let news = helpers.pointee.newsCount
    var patience = newPatience
    while true {
      if let other = idle(until: nil, worker, &patience, news) {
        run(other.place, other.lap, worker, ring)
        patience = newPatience
      } else if isAllClaimed {
        wakeCaller(worker)
        return true
      } else if worker > 0 && helpers.pointee.newsCount != news {
        return false
      }
    }
  }

  /// Spins, then sleeps, until there is something to do.
  ///
  /// - Parameters:
  ///   - own: A task of one's own; without one, the end of all claims is awaited.
  ///   - patience: Since when this worker has had nothing to do.
  ///   - news: How many jobs were opened when this worker came: another one ends the wait of a helper.
  /// - Returns: A task that was claimed; `nil` where what was awaited may be there, or a task that was left to its own
  ///   worker may be left no longer.
  private func idle(
    until own: Found?, _ worker: Int, _ patience: inout Patience, _ news: UInt32? = nil
  ) -> Found? {
    func isOver() -> Bool {
      if let own { return isReady(own.place, epoch &+ own.lap) }
      return isAllClaimed || (worker > 0 && news != helpers.pointee.newsCount)
    }
    var found: Found?
    var looks = 0
    let isDone = helpers.pointee.spin.wait {
      if isOver() { return true }
      // A search reads what other workers write, so it is not made at every look.
      looks &+= 1
      if looks & 15 == 0 { found = steal(worker, &patience, depth: Self.near) }
      return found != nil
    }
    if !isDone {
      sleep(worker, longest: { patience.left }) {
        if isOver() { return true }
        found = steal(worker, &patience, depth: .max)
        return found != nil
      }
    }
    return found
  }

  /// In a quick search: the nearest tasks of a list are those that become ready first.
  private static var near: Int { 4 }

  /// Claims a ready task: a later one of the own list, or one from the list of another worker.
  ///
  /// - Parameter depth: How many tasks that are not claimed are looked at in each list.
  private func steal(_ worker: Int, _ patience: inout Patience, depth: Int) -> Found? {
    patience.look()
    for step in 0..<workers {
      let owner = helpers.pointee.victim(of: worker, step, workers)
      guard let absence = absence(of: owner, seenBy: worker) else { continue }
      patience.absence = absence
      patience.isNeeded = helpers.pointee.victims.areApart(worker, owner)
      if let found = steal(from: owner, &patience, depth: depth) {
        if absence > 0 { giveUp(owner) }
        return found
      }
    }
    return nil
  }

  private var newPatience: Patience {
    Patience(isTimed: isBound || helpers.pointee.victims.spanNodes)
  }

  /// From where everything before is claimed to the end of the next lap: farther ahead nothing is ready that is not
  /// the first of its list, which its own worker comes to.
  private func steal(from owner: Int, _ patience: inout Patience, depth: Int) -> Found? {
    guard !claims.chunks(of: owner).isEmpty else { return nil }
    var position = claims.normalized(claims.head(of: owner), of: owner)
    let lastLap = min(position.lap &+ 1, laps &- 1)
    var left = depth
    while position.lap <= lastLap {
      let (lap, chunk) = (position.lap, position.chunk)
      var free = claims.unclaimed(in: chunk, epoch: epoch &+ lap)
      while free != 0 {
        let bit = free & (0 &- free)
        let place = claims.firstPlace(of: chunk) + bit.trailingZeroBitCount
        if isReady(place, epoch &+ lap), patience.ends(for: table.slots[place].patience),
          claims.claim(bit, of: chunk, epoch: epoch &+ lap)
        {
          return (place, lap)
        }
        free ^= bit
        left &-= 1
        if left == 0 { return nil }
      }
      position = claims.normalized(Claims.Position(lap: lap, chunk: chunk + 1), of: owner)
    }
    return nil
  }

  /// Whether nothing is left to claim.
  private var isAllClaimed: Bool {
    for owner in 0..<workers where !claims.chunks(of: owner).isEmpty {
      var position = claims.normalized(claims.head(of: owner), of: owner)
      while position.lap < laps,
        claims.unclaimed(in: position.chunk, epoch: epoch &+ position.lap) == 0
      {
        position = claims.normalized(
          Claims.Position(lap: position.lap, chunk: position.chunk + 1), of: owner)
      }
      claims.advance(owner, to: position)
      if position.lap < laps { return false }
    }
    return true
  }
}
