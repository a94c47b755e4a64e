import TidemillGraph
import TidemillPlanning

/// Runs of a program's calls as some workers would do them at once, by what each costs.
///
/// Values that live at the same moment of this schedule get memory of their own, so that what runs side by side need not
/// wait for bytes. It is no promise: tasks wait for bytes that somebody still needs, whenever they run.
///
/// Whoever is free takes a tile of the first run, in the order given, that waits for nobody. So as little is live as
/// so many workers can do with, and no schedule is shorter than half of this one (Graham 1966).
package struct ParallelRuns {
  /// The calls that run, in the order given.
  let runs: [Int]
  /// By run, in seconds.
  package private(set) var starts: [Double]
  package private(set) var ends: [Double]

  /// The runs by their starts.
  var order: [Int] { starts.indices.sorted { (starts[$0], $0) < (starts[$1], $1) } }

  /// What all of them take, in seconds.
  package var span: Double { ends.max() ?? 0 }

  /// - Parameters:
  ///   - runs: Calls, some perhaps more than once, in an order in which they could run one after the other.
  ///   - predecessors: The runs that each one waits for, by their places.
  ///   - grain: Seconds that a tile should take.
  /// - Complexity: O((runs + edges + tiles)·log(runs)).
  package init(
    _ program: Program, runs: [Int], _ predecessors: [[Int]], workers: Int, grain: Double
  ) {
    self.runs = runs
    starts = Array(repeating: 0, count: runs.count)
    ends = Array(repeating: 0, count: runs.count)
    var successors = [[Int]](repeating: [], count: runs.count)
    for run in predecessors.indices {
      for predecessor in predecessors[run] { successors[predecessor].append(run) }
    }
    var waitsFor = predecessors.map(\.count)
    var ready = Heap<Int>()
    for run in waitsFor.indices where waitsFor[run] == 0 { ready.insert(run) }
    var running = Heap<Moment>()
    // Tiles that nobody has taken, and those that have not ended.
    var left = runs.map { Self.tiles(program.calls[$0], workers: workers, grain: grain) }
    let tiles = left
    var open = left
    var free = workers
    var now = 0.0
    while true {
      while free > 0, let run = ready.first {
        if left[run] == tiles[run] { starts[run] = now }
        left[run] -= 1
        free -= 1
        if left[run] == 0 { _ = ready.popFirst() }
        // A call that took no time would live with nobody.
        let seconds = max(program.calls[runs[run]].cost.seconds / Double(tiles[run]), 1e-9)
        running.insert(Moment(time: now + seconds, run: run))
      }
      guard let next = running.popFirst() else { return }
      now = next.time
      free += 1
      open[next.run] -= 1
      guard open[next.run] == 0 else { continue }
      ends[next.run] = now
      for successor in successors[next.run] {
        waitsFor[successor] -= 1
        if waitsFor[successor] == 0 { ready.insert(successor) }
      }
    }
  }

  private static func tiles(_ call: Program.Call, workers: Int, grain: Double) -> Int {
    let most = min(Double(workers), call.cost.seconds / grain + 1)
    return most < 2 ? 1 : max(1, call.call.tiles(atMost: Int(most)).count)
  }

  /// When a tile ends.
  private struct Moment: Comparable {
    let time: Double
    let run: Int

    static func < (lhs: Moment, rhs: Moment) -> Bool {
      (lhs.time, lhs.run) < (rhs.time, rhs.run)
    }
  }
}
