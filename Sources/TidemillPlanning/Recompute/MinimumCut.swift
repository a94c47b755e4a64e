/// A directed network with capacities, whose minimum cut tells who to take and who to leave.
///
/// **Source**: Dinic: Algorithm for solution of a problem of maximum flow in networks with power
/// estimation, 1970.
struct MinimumCut {
  private struct Edge {
    let to: Int32
    var room: Int
  }

  /// More than any sum of capacities.
  static let unbounded = 1 << 61

  private var edges: [Edge] = []  // each followed by its reverse
  private var leaving: [[Int32]]
  private var level: [Int32]
  private var next: [Int]
  let source: Int
  let sink: Int

  init(nodes: Int) {
    leaving = Array(repeating: [], count: nodes + 2)
    level = Array(repeating: -1, count: nodes + 2)
    next = Array(repeating: 0, count: nodes + 2)
    source = nodes
    sink = nodes + 1
  }

  mutating func connect(_ from: Int, _ to: Int, _ capacity: Int) {
    guard capacity > 0 else { return }
    leaving[from].append(Int32(edges.count))
    edges.append(Edge(to: Int32(to), room: capacity))
    leaving[to].append(Int32(edges.count))
    edges.append(Edge(to: Int32(from), room: 0))
  }

  /// The capacity of the least cut. ``isTaken(_:)`` tells its side of the source afterwards.
  ///
  /// - Returns: `nil` where the deadline came first.
  mutating func solve(deadline: Deadline) -> Int? {
    var flow = 0
    var paths = 0
    while layer() {
      if deadline.isPast { return nil }
      for index in next.indices { next[index] = 0 }
      while case let pushed = push(), pushed > 0 {
        flow += pushed
        paths += 1
        if paths & 63 == 0, deadline.isPast { return nil }
      }
    }
    return flow
  }

  func isTaken(_ node: Int) -> Bool { level[node] >= 0 }

  private mutating func layer() -> Bool {
    for index in level.indices { level[index] = -1 }
    level[source] = 0
    var queue = [Int32(source)]
    var head = 0
    while head < queue.count {
      let node = Int(queue[head])
      head += 1
      for index in leaving[node] {
        let edge = edges[Int(index)]
        if edge.room > 0 && level[Int(edge.to)] < 0 {
          level[Int(edge.to)] = level[node] + 1
          queue.append(edge.to)
        }
      }
    }
    return level[sink] >= 0
  }

  /// Sends flow along one path of the layers.
  private mutating func push() -> Int {
    var path: [Int] = []
    var node = source
    while node != sink {
      if next[node] < leaving[node].count {
        let index = Int(leaving[node][next[node]])
        let edge = edges[index]
        if edge.room > 0 && level[Int(edge.to)] == level[node] + 1 {
          path.append(index)
          node = Int(edge.to)
        } else {
          next[node] += 1
        }
      } else {
        guard let back = path.popLast() else { return 0 }
        node = Int(edges[back ^ 1].to)
        next[node] += 1
      }
    }
    let amount = path.map { edges[$0].room }.min() ?? 0
    for index in path {
      edges[index].room -= amount
      edges[index ^ 1].room += amount
    }
    return amount
  }
}
