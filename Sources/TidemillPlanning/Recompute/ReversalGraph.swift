/// A graph seen as a chain and its reverse: states of which each is made from the one before by a block of
/// operations, and the *reverse*, all other operations, which needs the blocks from the last one down.
///
/// A state is whatever alone leads from the operations before it to those behind it. An operation of
/// the reverse may read a state, the one before it, what is between them, and what comes earlier in the reverse.
/// Where it reads more, blocks are joined. States are counted from 1; 0 is where there is none yet.
struct ReversalGraph {
  /// The operations of the states; the first stands for none.
  let states: [Int]
  let sizes: [Int]
  /// By state: the operations that make it from the one before.
  let blocks: [[Int]]
  /// By state: the most that is live while it is made, beside the state before it.
  let needs: [Int]
  /// By state: what it and all before it cost.
  let sums: [Int]
  /// By state: what the reverse does that needs the state, and then what also needs the one before.
  let singles: [Level]
  let pairs: [Level]

  /// Operations that need the same states: parts of a block, and of the reverse.
  struct Level {
    var operations: [Int] = []
    /// The size of what is live of the reverse before them.
    var carried = 0
    /// The most that is live while they are computed, beside the states.
    var peak = 0
  }

  /// - Returns: `nil` where less than three states are found.
  init?(_ problem: RecomputeProblem, order: [Int], _ blocks: ReversalBlocks) {
    var blocks = blocks
    guard let keys = blocks.joined(), blocks.ends.count > 2 else { return nil }
    let all = blocks.operations
    states = [-1] + blocks.ends.map { all[$0] }
    sizes = [0] + blocks.ends.map { problem.sizes[all[$0]] }
    let parts = zip([-1] + blocks.ends, blocks.ends).map { Array(all[($0 + 1)...$1]) }
    self.blocks = [[]] + parts
    sums = parts.reduce(into: [0]) { sums, part in
      sums.append(part.reduce(sums[sums.count - 1]) { $0 + problem.costs[$1] })
    }
    var player = LevelPlayer(problem, states: states)
    needs = [0] + parts.map { player.peak(ofBlock: $0) }
    var levels = [[Int]](repeating: [], count: 2 * states.count)
    for operation in order where keys[operation] >= 0 { levels[keys[operation]].append(operation) }
    var (singles, pairs) = ([Level](), [Level]())
    for key in levels.indices.reversed() {
      let block = key % 2 == 0 ? key / 2 + 1 : (key + 1) / 2
      let inside = block < self.blocks.count ? self.blocks[block] : []
      let level = player.level(levels[key], of: inside)
      if key % 2 == 0 { singles.append(level) } else { pairs.append(level) }
    }
    self.singles = singles.reversed()
    self.pairs = [Level()] + pairs.reversed()
  }

  /// The cost of the states behind one and up to another.
  func sweep(_ start: Int, _ end: Int) -> Int { sums[end] - sums[start] }
}

/// Plays the levels of a ``ReversalGraph`` one after the other.
private struct LevelPlayer {
  private let problem: RecomputeProblem
  private var isState: [Bool]
  /// By operation of the reverse, who is yet to read its value; within a level also by operations of a
  /// block.
  private var waiting: [Int]
  private var live = 0

  init(_ problem: RecomputeProblem, states: [Int]) {
    self.problem = problem
    isState = Array(repeating: false, count: problem.sizes.count)
    for state in states.dropFirst() { isState[state] = true }
    waiting = problem.users.map(\.count)
  }

  func peak(ofBlock block: [Int]) -> Int {
    var last: [Int: Int] = [:]
    for operation in block {
      for operand in problem.operands[operation] { last[operand] = operation }
    }
    let inside = Set(block)
    var (live, peak) = (0, 0)
    for operation in block {
      live += problem.sizes[operation]
      peak = max(peak, live)
      for operand in problem.operands[operation]
      where inside.contains(operand) && last[operand] == operation {
        live -= problem.sizes[operand]
      }
    }
    return peak
  }

  /// Computes what of a block is read, and then those who read it.
  mutating func level(_ reverse: [Int], of block: [Int]) -> ReversalGraph.Level {
    var uses: [Int: Int] = [:]
    let inside = Set(block.filter { !isState[$0] })
    for operation in reverse {
      for operand in problem.operands[operation] where inside.contains(operand) {
        uses[operand, default: 0] += 1
      }
    }
    for operation in block.reversed() where uses[operation, default: 0] > 0 {
      for operand in problem.operands[operation] where inside.contains(operand) {
        uses[operand, default: 0] += 1
      }
    }
    let again = block.filter { uses[$0, default: 0] > 0 }
    var level = ReversalGraph.Level(operations: again + reverse, carried: live, peak: live)
    for operation in level.operations {
      live += problem.sizes[operation]
      level.peak = max(level.peak, live)
      for operand in problem.operands[operation] where !isState[operand] {
        if let left = uses[operand] {
          uses[operand] = left - 1
          if left == 1 { live -= problem.sizes[operand] }
        } else {
          waiting[operand] -= 1
          if waiting[operand] == 0 { live -= problem.sizes[operand] }
        }
      }
      if uses[operation] == nil, waiting[operation] == 0 { live -= problem.sizes[operation] }
    }
    return level
  }
}
