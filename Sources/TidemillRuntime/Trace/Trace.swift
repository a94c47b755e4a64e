import TidemillCompiler

/// One task that ran. 24 bytes.
struct TraceEvent {
  let task: UInt32
  let run: UInt32
  /// By `tidemill_nanoseconds`.
  let start: UInt64
  let end: UInt64
}

/// What one worker has recorded, written by it alone: the last events, once it is full.
struct TraceRing {
  let events: UnsafeMutablePointer<TraceEvent>
  /// Capacity minus one; the capacity is a power of two.
  let mask: Int
  /// How many were ever written.
  var written = 0
  var run: UInt32 = 0

  @inline(__always)
  mutating func append(task: Int, lap: UInt32, start: UInt64, end: UInt64) {
    (events + (written & mask)).initialize(
      to: TraceEvent(
        task: UInt32(truncatingIfNeeded: task), run: run &+ lap, start: start, end: end))
    written &+= 1
  }
}

/// Records when and where tasks run: a ring of events for each worker, allocated ahead.
///
/// Belongs to one execution at a time, like its runs. Recording costs two looks at the clock and 24
/// bytes a task; without a trace there is one branch.
package final class Trace {
  package let workerNames: [String]
  /// How many events each worker keeps.
  package let capacity: Int
  let rings: UnsafeMutablePointer<UnsafeMutablePointer<TraceRing>>
  private(set) var runs: UInt32 = 0

  package var workers: Int { workerNames.count }

  /// - Parameter eventsPerWorker: Rounded up to a power of two. One worker may run all tasks of a
  ///   run: as many as there are tasks keep one run for sure.
  package init(workerNames: [String], eventsPerWorker: Int) {
    self.workerNames = workerNames
    let last = min(max(eventsPerWorker, 1), 1 << 26) - 1
    let capacity = 1 << (Int.bitWidth - last.leadingZeroBitCount)
    self.capacity = capacity
    rings = .allocate(capacity: max(workerNames.count, 1))
    for worker in workerNames.indices {
      // The ring and its events in one piece, away from those of other workers.
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: cachePairBytes + capacity * MemoryLayout<TraceEvent>.stride,
        alignment: cachePairBytes)
      let events = (memory + cachePairBytes)
        .bindMemory(to: TraceEvent.self, capacity: capacity)
      let ring = memory.bindMemory(to: TraceRing.self, capacity: 1)
      ring.initialize(to: TraceRing(events: events, mask: capacity - 1))
      (rings + worker).initialize(to: ring)
    }
  }

  deinit {
    for worker in workerNames.indices { rings[worker].deallocate() }
    rings.deallocate()
  }

  /// Forgets what was recorded.
  package func clear() {
    runs = 0
    for worker in workerNames.indices { rings[worker].pointee.written = 0 }
  }

  /// Numbers the events to come: a lap is a run.
  func beginRuns(_ count: Int) {
    for worker in workerNames.indices { rings[worker].pointee.run = runs }
    runs &+= UInt32(truncatingIfNeeded: count)
  }

  /// What was recorded since the last `clear`, as a value.
  ///
  /// - Parameter graph: That of the execution whose runs were recorded.
  package func recording(of graph: TaskGraph) -> TraceRecording {
    var events: [TraceRecording.Event] = []
    var dropped = 0
    for worker in workerNames.indices {
      let ring = rings[worker].pointee
      let first = max(0, ring.written - capacity)
      dropped += first
      for position in first..<ring.written {
        let event = ring.events[position & ring.mask]
        events.append(
          TraceRecording.Event(
            worker: worker, run: Int(event.run), task: Int(event.task), start: event.start,
            end: event.end))
      }
    }
    return TraceRecording(
      graph: graph, workerNames: workerNames, runs: Int(runs), events: events, dropped: dropped)
  }
}
