import TidemillGraph

/// Which tasks must end before others start: read after write, write after read, write after write,
/// all from the bytes that tasks touch, so that reuse of memory is covered like any other dependency.
struct EdgeBuilder {
  private struct Access {
    let task: Int
    let region: Region
    let isWrite: Bool
  }

  /// Accesses that later tasks may depend on, by slot.
  private var active: [[Access]] = []
  /// Tasks that may fail the run, and so come before everything that writes state.
  private var guards: [Int] = []
  private(set) var predecessors: [[Int]] = []

  /// Adds the tasks of one step; they do not depend on one another.
  mutating func add(_ tasks: [MemoryAccesses]) {
    let first = predecessors.count
    for task in tasks {
      for touched in [task.reads, task.writes].joined() where touched.slot >= active.count {
        active += Array(repeating: [], count: touched.slot + 1 - active.count)
      }
    }
    for task in tasks {
      var found = task.writesState ? guards : []
      for read in task.reads {
        for access in active[read.slot]
        where access.isWrite && access.region.overlaps(read.region) {
          found.append(access.task)
        }
      }
      for write in task.writes {
        for access in active[write.slot] where access.region.overlaps(write.region) {
          found.append(access.task)
        }
      }
      predecessors.append(found.sortedWithoutRepeats())
    }
    for slot in tasks.flatMap({ $0.writes.map(\.slot) }).sortedWithoutRepeats() {
      retire(slot, tasks)
    }
    for (index, task) in tasks.enumerated() {
      for read in task.reads where !read.region.isEmpty {
        active[read.slot].append(
          Access(task: first + index, region: read.region, isWrite: false))
      }
      for write in task.writes where !write.region.isEmpty {
        active[write.slot].append(
          Access(task: first + index, region: write.region, isWrite: true))
      }
      if task.mayFail { guards.append(first + index) }
    }
  }

  /// Forgets accesses of bytes that the step writes completely: whoever comes later depends on the
  /// step, and through it on them.
  private mutating func retire(_ slot: Int, _ tasks: [MemoryAccesses]) {
    let written = tasks.flatMap(\.writes).filter { $0.slot == slot }.map(\.region)
    guard let low = written.map(\.start).min(), let high = written.map(\.end).max() else { return }
    guard written.reduce(0, { $0 + $1.runBytes * $1.rows }) == high - low else { return }
    active[slot].removeAll { $0.region.start >= low && $0.region.end <= high }
  }
}

extension [Int] {
  /// Each number once, ascending.
  fileprivate func sortedWithoutRepeats() -> [Int] {
    var result: [Int] = []
    for number in sorted() where number != result.last { result.append(number) }
    return result
  }
}

/// What a task or a call does to memory.
struct MemoryAccesses {
  let reads: [TaskGraph.TouchedRegion]
  let writes: [TaskGraph.TouchedRegion]
  let writesState: Bool
  let mayFail: Bool
}

extension TaskGraph.Task {
  var accesses: MemoryAccesses {
    MemoryAccesses(reads: reads, writes: writes, writesState: writesState, mayFail: mayFail)
  }
}
