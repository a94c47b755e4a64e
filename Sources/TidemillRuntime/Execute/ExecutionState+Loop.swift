import CPlatform
import Synchronization
import TidemillCompiler

/// The task loops.
///
/// Each worker goes through its own list, in the order of the task graph, chunk by chunk. Where the next task is not
/// ready, or the list is done, it looks for ready ones in the lists of others, nearest cache first; where there is none,
/// it spins for a while and then sleeps. It leaves when every task is claimed.
///
/// A task is ready when all that it waits for bear the mark of this lap: a word for each task, which its worker alone
/// writes, so a mark is a plain store and a look a plain load. What a task writes is visible to those that wait for it:
/// the mark releases, the look acquires.
///
/// A run may have several laps, of all tasks each. A task of a lap may begin while others of the lap before are still to be
/// done: it waits for those that edges name, and for nobody else.
///
/// No wait is for ever. Of all tasks that are not done the first in the order has nothing to wait for. If it is claimed,
/// its worker is at it: a worker that has claimed a chunk does its tasks in order, and those before are done. If not,
/// whoever looks for work finds it, and nobody sleeps without having looked (ExecutionState+Sleep.swift), nor longer than
/// what it found is left to its own worker (Patience.swift). So there is always a worker that runs, or is about to, however
/// few of them the system lets run, and whether or not helpers come at all.
extension ExecutionState {
  /// Runs all tasks in order, with nobody beside.
  @inline(never)
  func workAlone() {
    let ring = ring(of: 0)
    for lap in 0..<laps {
      for task in 0..<table.taskCount {
        _ = perform(table.slots + Int(table.places[task]), lap, 0, ring)
      }
    }
  }

  /// Runs the tasks of a worker, and those that others leave.
  ///
  /// - Returns: Whether there was nothing left for it; a helper also leaves for a job that is more urgent.
  @inline(never)
  func workAlongside(worker: Int) -> Bool {
    let ring = ring(of: worker)
    let chunks = claims.chunks(of: worker)
    var news = helpers.pointee.newsCount
    var position = claims.normalized(claims.head(of: worker), of: worker)
    while position.lap < laps && !chunks.isEmpty {
      let (lap, chunk) = (position.lap, position.chunk)
      var mine = claims.claimRest(of: chunk, epoch: epoch &+ lap)
      position = Claims.Position(lap: lap, chunk: chunk + 1)
      claims.advance(worker, to: position)
      let first = claims.firstPlace(of: chunk)
      while mine != 0 {
        let place = first + mine.trailingZeroBitCount
        mine &= mine &- 1
        if !isReady(place, epoch &+ lap) { waitAndHelp(until: place, lap, worker, ring) }
        run(place, lap, worker, ring)
      }
      position = claims.normalized(position, of: worker)
      if worker > 0 && helpers.pointee.newsCount != news {
        news = helpers.pointee.newsCount
        if helpers.pointee.board.hasMoreUrgent(than: Int(seat), for: worker) { return false }
      }
    }
    return helpToTheEnd(worker, ring)
  }

  /// Runs a task that this worker has claimed, and marks it.
  @inline(__always)
  func run(
    _ place: Int, _ lap: UInt32, _ worker: Int, _ ring: UnsafeMutablePointer<TraceRing>?
  ) {
    let slot = table.slots + place
    let hasRun = perform(slot, lap, worker, ring)
    if slot.pointee.endsOutside && hasRun { return }
    // Those who wait may sleep where they are another worker's: then the mark is followed by a look for sleepers.
    if slot.pointee.hasSuccessorElsewhere || Int(slot.pointee.home) != worker {
      done.base[place].store(epoch &+ lap, ordering: .sequentiallyConsistent)
      if helpers.pointee.someoneSleeps { wakeSuccessors(of: slot, lap, worker) }
    } else {
      done.base[place].store(epoch &+ lap, ordering: .releasing)
    }
  }

  @inline(__always)
  func isReady(_ place: Int, _ epoch: UInt32) -> Bool {
    let end = Int(table.slots[place].endWait)
    var next = Int(table.slots[place].firstWait)
    while next < end {
      let link = table.waits[next]
      let behind = done.base[link.place].load(ordering: .sequentiallyConsistent) &- epoch
      if Int32(bitPattern: behind &+ link.laps) < 0 { return false }
      next &+= 1
    }
    return true
  }

  /// Runs a task's kernel, unless the run has failed and the task must not go on.
  ///
  /// - Returns: Whether it ran.
  @inline(__always)
  private func perform(
    _ slot: UnsafeMutablePointer<TaskSlot>, _ lap: UInt32, _ worker: Int,
    _ ring: UnsafeMutablePointer<TraceRing>?
  ) -> Bool {
    let start = ring == nil ? 0 : tidemill_nanoseconds()
    enter(lap, frames + worker)
    let runs = !isLeftOut(slot, frames + worker)
    if runs { slot.pointee.kernel(frames + worker, slot.pointee.arguments) }
    if let ring {
      ring.pointee.append(
        task: Int(slot.pointee.task), lap: lap, start: start, end: tidemill_nanoseconds())
    }
    return runs
  }
}
