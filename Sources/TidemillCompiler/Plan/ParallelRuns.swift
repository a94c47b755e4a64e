import TidemillGraph
import TidemillPlanning

/// The calls of a program as some workers would run them at once, by what each costs.
///
/// Values that live at the same moment of this schedule get memory of their own, so that what runs side by side need not
/// wait for bytes. It is no promise: tasks wait for bytes that somebody still needs, whenever they run.
///
/// Whoever is free takes a tile of the first call, in the program's order, that waits for nobody. So as little is live as
/// so many workers can do with, and no schedule is shorter than half of this one (Graham 1966).
package struct ParallelRuns {
  /// By call, in seconds.
  package private(set) var starts: [Double]
  package private(set) var ends: [Double]

  /// The calls by their starts.
  var order: [Int] { starts.indices.sorted { (starts[$0], $0) < (starts[$1], $1) } }

  /// - Parameters:
  ///   - predecessors: The calls that each one waits for.
  ///   - threads: There are twice as many workers: runs are never as planned, and one that is ahead should not wait for
  ///     bytes.
  ///   - grain: Seconds that a tile should take.
  /// - Complexity: O((calls + edges + tiles)·log(calls)), and that of the edges.
  package init(_ program: Program, _ predecessors: [[Int]], threads: Int, grain: Double) {
    let workers = 2 * threads
    let count = program.calls.count
    starts = Array(repeating: 0, count: count)
    ends = Array(repeating: 0, count: count)
    var successors = [[Int]](repeating: [], count: count)
    for call in predecessors.indices {
      for predecessor in predecessors[call] { successors[predecessor].append(call) }
    }
    var waitsFor = predecessors.map(\.count)
    var ready = Heap<Int>()
    for call in waitsFor.indices where waitsFor[call] == 0 { ready.insert(call) }
    var running = Heap<Moment>()
    // Tiles that nobody has taken, and those that have not ended.
    var left = program.calls.map { Self.tiles($0.call, workers: workers, grain: grain) }
    let tiles = left
    var open = left
    var free = workers
    var now = 0.0
    while true {
      while free > 0, let call = ready.first {
        if left[call] == tiles[call] { starts[call] = now }
        left[call] -= 1
        free -= 1
        if left[call] == 0 { _ = ready.popFirst() }
        // A call that took no time would live with nobody.
        let seconds = max(program.calls[call].call.cost.seconds / Double(tiles[call]), 1e-9)
        running.insert(Moment(time: now + seconds, call: call))
      }
      guard let next = running.popFirst() else { return }
      now = next.time
      free += 1
      open[next.call] -= 1
      guard open[next.call] == 0 else { continue }
      ends[next.call] = now
      for successor in successors[next.call] {
        waitsFor[successor] -= 1
        if waitsFor[successor] == 0 { ready.insert(successor) }
      }
    }
  }

  private static func tiles(_ call: any KernelCall, workers: Int, grain: Double) -> Int {
    let most = min(Double(workers), call.cost.seconds / grain + 1)
    return max(1, call.tiles(atMost: Int(most)).count)
  }

  /// When a tile ends.
  private struct Moment: Comparable {
    let time: Double
    let call: Int

    static func < (lhs: Moment, rhs: Moment) -> Bool {
      (lhs.time, lhs.call) < (rhs.time, rhs.call)
    }
  }
}
