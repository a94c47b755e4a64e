import CPlatform
import Synchronization

/// The task loops.
///
/// Each worker goes through its own list, in the order of the task graph. Where the next task is not ready, or the list
/// is done, it looks for a ready one in the lists of others; where there is none, it spins for a while and then sleeps
/// on the counter of its next task, or of one that nobody has claimed. It leaves when every task is claimed.
///
/// No wait is for ever. Of all tasks that are not done the first in the order has nothing to wait for. If it is claimed,
/// its worker runs it. If not, then whoever ended the last of its predecessors (or, where it has none, the caller) has
/// looked through all lists since, before it slept, and has taken it or another one that was ready. So there is always
/// a worker that runs, however few of them the system lets run, and whether or not helpers come at all.
///
/// What a task writes is visible to its successors: each predecessor's subtraction releases, they
/// form one release sequence, and the successor's worker acquires the counter when it finds it 0.
extension ExecutionState {
  /// Runs all tasks in order, with nobody beside.
  @inline(never)
  func workAlone() {
    let ring = ring(of: 0)
    for index in 0..<taskCount { perform(index, worker: 0, ring) }
  }

  /// Runs the tasks of a worker, and those that others leave, until there is nothing left for it.
  @inline(never)
  func workAlongside(worker: Int) {
    let ring = ring(of: worker)
    var (place, end) = lists.places(of: worker)
    while place < end {
      if lists.isClaimed(place) {
        place &+= 1
        continue
      }
      let task = lists.task(at: place)
      if !isReady(task) {
        guard let other = waitOrFind(task, place, worker) else { continue }
        finish(other, worker, ring)
        continue
      }
      if lists.claim(place) {
        lists.advance(worker, to: place &+ 1)
        finish(task, worker, ring)
      }
      place &+= 1
    }
    lists.advance(worker, to: end)
    while let task = findForLast(worker) { finish(task, worker, ring) }
  }

  @inline(__always)
  private func finish(_ task: Int, _ worker: Int, _ ring: UnsafeMutablePointer<TraceRing>?) {
    perform(task, worker: worker, ring)
    releaseSuccessors(of: task)
  }

  @inline(__always)
  private func isReady(_ task: Int) -> Bool {
    counters.base[task].load(ordering: .acquiring) == 0
  }

  @inline(__always)
  private func ring(of worker: Int) -> UnsafeMutablePointer<TraceRing>? {
    guard let rings, worker < ringCount else { return nil }
    return rings[worker]
  }

  /// Runs a task's kernel, unless it writes state and the run has failed.
  @inline(__always)
  private func perform(_ index: Int, worker: Int, _ ring: UnsafeMutablePointer<TraceRing>?) {
    let slot = slots + index
    let frame = frames + worker
    let start = ring == nil ? 0 : tidemill_nanoseconds()
    if !slot.pointee.writesState || !hasFailed {
      slot.pointee.kernel(frame, slot.pointee.arguments)
    }
    if let ring {
      ring.pointee.append(task: index, start: start, end: tidemill_nanoseconds())
    }
  }

  // MARK: Tasks of others

  /// Claims a ready task: a later one of the own list, or one from the list of another worker.
  ///
  /// - Parameter depth: How many tasks that are not claimed are looked at in each list.
  private func steal(_ worker: Int, depth: Int) -> Int? {
    for step in 0..<lists.workers {
      let owner = (worker &+ step) % lists.workers
      var place = lists.head(of: owner)
      let end = lists.places(of: owner).end
      var left = depth
      var isFirst = true
      while place < end && left > 0 {
        if !lists.isClaimed(place) {
          if isFirst { lists.advance(owner, to: place) }
          isFirst = false
          left &-= 1
          let task = lists.task(at: place)
          if isReady(task) && lists.claim(place) { return task }
        }
        place &+= 1
      }
    }
    return nil
  }

  /// In a quick search: the nearest tasks of a list are those that become ready first.
  private static var near: Int { 4 }

  /// Waits until a task of one's own is ready or claimed, and takes one of another worker's meanwhile if it can.
  ///
  /// - Returns: A task that was claimed; `nil` to look at the own one again.
  @inline(never)
  private func waitOrFind(_ task: Int, _ place: Int, _ worker: Int) -> Int? {
    var found: Int?
    var looks = 0
    let isOver = spin.wait {
      if isReady(task) || lists.isClaimed(place) { return true }
      looks &+= 1
      // A search reads what other workers write.
      if looks & 7 == 0 { found = steal(worker, depth: Self.near) }
      return found != nil
    }
    if isOver { return found }
    if let found = steal(worker, depth: .max) { return found }
    sleep(on: task)
    return nil
  }

  /// When the own list is done: a ready task of another worker, awaited as long as some are not claimed.
  private func findForLast(_ worker: Int) -> Int? {
    while true {
      var found: Int?
      let isOver = spin.wait {
        found = steal(worker, depth: Self.near)
        return found != nil || firstUnclaimed() == nil
      }
      if let found { return found }
      if isOver { return nil }
      if let found = steal(worker, depth: .max) { return found }
      guard let place = firstUnclaimed() else { return nil }
      sleep(on: lists.task(at: place))
    }
  }

  /// A place whose task nobody has claimed.
  private func firstUnclaimed() -> Int? {
    for owner in 0..<lists.workers {
      var place = lists.head(of: owner)
      let end = lists.places(of: owner).end
      while place < end {
        if !lists.isClaimed(place) { return place }
        place &+= 1
      }
      lists.advance(owner, to: end)
    }
    return nil
  }

  // MARK: Counters

  /// Set in a counter by workers that wait for it, before they sleep.
  private static var sleeps: UInt32 { 1 << 31 }

  @inline(__always)
  private func releaseSuccessors(of index: Int) {
    let end = successors + Int(slots[index].endSuccessor)
    var next = successors + Int(slots[index].firstSuccessor)
    while next < end {
      let counter = counters.base + Int(next.pointee)
      let now = counter.pointee.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
      // Only the last predecessor sees this. The memory is still there, although the successor may
      // be done already: the run does not end before this worker has left it.
      if now == Self.sleeps {
        counter.pointee.store(0, ordering: .releasing)
        _ = tidemill_futex_wake(counter, .max)
      }
      next += 1
    }
  }

  /// Sleeps until all predecessors of a task have ended: so that where there are more workers than cores those that
  /// have something to do get the cores.
  @inline(never)
  private func sleep(on task: Int) {
    let counter = counters.base + task
    while true {
      let before = counter.pointee.load(ordering: .acquiring)
      if before & ~Self.sleeps == 0 { return }
      let (marked, _) = counter.pointee.compareExchange(
        expected: before, desired: before | Self.sleeps, ordering: .acquiring)
      if marked { _ = tidemill_futex_wait(counter, before | Self.sleeps, -1) }
    }
  }
}
