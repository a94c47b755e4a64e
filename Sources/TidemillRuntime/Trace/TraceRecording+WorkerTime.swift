import TidemillCompiler

/// What the workers did from the first task of each run to its last: their time is the sum of the three.
package struct WorkerTime: Sendable, Equatable {
  /// In tasks.
  package var busy: UInt64 = 0
  /// Not in a task, although one was ready for each of these workers and had not been started: what it takes to hand
  /// tasks over, and to wake up for them.
  package var overhead: UInt64 = 0
  /// Not in a task, and none was ready for them.
  package var idle: UInt64 = 0
}

extension TraceRecording {
  /// Splits the workers' time, over all runs; those that overlap share it.
  ///
  /// At a moment at which r tasks are ready and not started, and w workers are in none, the time of
  /// min(r, w) of these is overhead, as any worker may take any task; that of the others is idle.
  ///
  /// - Complexity: O(n log n) in the events.
  package func workerTime() -> WorkerTime {
    var time = WorkerTime()
    var changes: [Change] = []
    for run in recordedRuns() {
      changes += [Change(time: run.start, runs: 1), Change(time: run.end, runs: -1)]
      for case let event? in run.events {
        time.busy += event.nanoseconds
        // A broken recording may have a task start before it is ready.
        changes.append(Change(time: min(run.ready[event.task].time, event.start), ready: 1))
        changes.append(Change(time: event.start, busy: 1, ready: -1))
        changes.append(Change(time: max(event.start, event.end), busy: -1))
      }
    }
    changes.sort { $0.time < $1.time }
    var now = Change(time: 0)
    for change in changes {
      // Between runs nobody has anything to do, which says nothing of them.
      let free = now.runs > 0 ? max(0, workerNames.count - now.busy) : 0
      let wasted = min(max(0, now.ready), free)
      time.overhead += UInt64(wasted) * (change.time - now.time)
      time.idle += UInt64(free - wasted) * (change.time - now.time)
      now.time = change.time
      now.runs += change.runs
      now.busy += change.busy
      now.ready += change.ready
    }
    return time
  }

  private struct Change {
    var time: UInt64
    var runs = 0
    var busy = 0
    var ready = 0
  }
}
