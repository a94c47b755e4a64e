/// SplitMix64 (Steele, Lea, Flood, 2014): the same graphs in every run.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}

extension TestGraph {
  /// A graph of up to 120 tasks in one of the shapes that executors stumble over.
  static func random(seed: UInt64) -> TestGraph {
    var generator = SplitMix(seed: seed)
    let count = Int.random(in: 0...120, using: &generator)
    let shape = seed % 6
    let width = Int.random(in: 1...9, using: &generator)
    var graph = TestGraph()
    graph.work = Int.random(in: 0...8, using: &generator)
    graph.predecessors = (0..<count).map { task in
      switch shape {
      case 0: return []
      case 1: return task == 0 ? [] : [task - 1]
      case 2:  // Layers, each task after all of the layer before: dense counters.
        let layer = task / width
        return layer == 0 ? [] : Array((layer - 1) * width..<layer * width)
      case 3:  // A fan out and a fan in.
        return task == 0 ? [] : task == count - 1 ? Array(0..<task) : [0]
      case 4:  // A stencil.
        return [task - width - 1, task - width, task - width + 1].filter { $0 >= 0 && $0 < task }
      default:
        let most = min(task, Int.random(in: 0...4, using: &generator))
        return Array(
          Set((0..<most).map { _ in Int.random(in: 0..<task, using: &generator) })
        ).sorted()
      }
    }
    return graph
  }
}
