/// Where to put blocks in an arena: those that live at the same time may not overlap in space.
///
/// Known as dynamic storage allocation. Greedy: several orders are tried, each block goes to the lowest
/// place that is free for its whole life, and the lowest arena wins.
/// **Source**: Pisarchyk, Lee: Efficient memory management for deep neural net inference, 2020.
struct OffsetProblem {
  struct Block {
    var lifetime: ClosedRange<Int>
    var size: Int
  }

  let blocks: [Block]

  /// The largest sum of sizes that live at one time.
  var livePeak: Int {
    var changes: [(time: Int, change: Int)] = []
    for block in blocks {
      changes.append((block.lifetime.lowerBound, block.size))
      changes.append((block.lifetime.upperBound + 1, -block.size))
    }
    changes.sort { ($0.time, $0.change) < ($1.time, $1.change) }
    var live = 0
    var peak = 0
    for change in changes {
      live += change.change
      peak = max(peak, live)
    }
    return peak
  }

  /// - Returns: An offset for each block, and the height of the arena.
  func solved() -> (offsets: [Int], height: Int) {
    let indices = Array(blocks.indices)
    let orders: [[Int]] = [
      indices.sorted { key($0, blocks[$0].size) < key($1, blocks[$1].size) },
      indices.sorted { key($0, area($0)) < key($1, area($1)) },
      indices.sorted {
        (blocks[$0].lifetime.lowerBound, $0) < (blocks[$1].lifetime.lowerBound, $1)
      },
      indices.sorted { key($0, blocks[$0].lifetime.count) < key($1, blocks[$1].lifetime.count) },
    ]
    var best = (offsets: [Int](), height: Int.max)
    for order in orders {
      let candidate = placed(in: order)
      if candidate.height < best.height { best = candidate }
    }
    return best
  }

  private func area(_ index: Int) -> Int { blocks[index].size * blocks[index].lifetime.count }

  /// Descending by a measure, then in order.
  private func key(_ index: Int, _ measure: Int) -> (Int, Int) { (-measure, index) }

  private func placed(in order: [Int]) -> (offsets: [Int], height: Int) {
    var offsets = [Int](repeating: 0, count: blocks.count)
    var placed: [Int] = []  // by offset
    var height = 0
    for index in order where blocks[index].size > 0 {
      var offset = 0
      for other in placed where blocks[other].lifetime.overlaps(blocks[index].lifetime) {
        if offsets[other] >= offset + blocks[index].size { break }
        offset = max(offset, offsets[other] + blocks[other].size)
      }
      offsets[index] = offset
      height = max(height, offset + blocks[index].size)
      let position = placed.firstIndex { offsets[$0] > offset } ?? placed.count
      placed.insert(index, at: position)
    }
    return (offsets, height)
  }
}
