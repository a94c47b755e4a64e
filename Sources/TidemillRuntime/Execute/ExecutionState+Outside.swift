import Synchronization

/// Tasks whose kernels only begin them, and that somebody else says are done.
extension ExecutionState {
  /// Marks a task, and wakes who waited for it; from any thread, after its kernel was called.
  func complete(_ task: Int) {
    let place = Int(table.places[task])
    let now = done.base[place].load(ordering: .relaxed) &+ 1
    done.base[place].store(now, ordering: .sequentiallyConsistent)
    guard helpers.pointee.someoneSleeps else { return }
    wakeSuccessors(of: table.slots + place, now &- epoch, Self.nobody)
    wakeCaller(Self.nobody)
  }

  /// Waits for those that nothing else waits for; by the caller, when all tasks are claimed.
  func awaitOutside() {
    let last = epoch &+ laps &- 1
    func isOver() -> Bool {
      table.outside.allSatisfy {
        done.base[Int($0)].load(ordering: .sequentiallyConsistent) == last
      }
    }
    while !isOver() {
      if helpers.pointee.spin.wait(until: isOver) { return }
      sleep(0, unless: isOver)
    }
  }

  /// No worker.
  private static var nobody: Int { .max }
}
