/// Packs from the time at which the most bytes live to both ends of time: what dies leaves holes, and what
/// is born fills them.
///
/// At the fullest time all buffers are one stack without holes. A wrong place costs only as long as its
/// neighbours live, so holes do not add up as they do from the bottom to the top. Several states go
/// on side by side, and the best of what comes of them: a beam search. A state is good that is low, and
/// in which what dies together lies together, as that will be one large hole.
///
/// There is none where buffers are fixed, as what is born would have to look out for them.
///
/// **Source**: Barrett, Zorn: Using lifetime predictors to improve memory allocation performance, 1993, for
/// what dies together; Ow, Morton: Filtered beam search in scheduling, 1988.
struct TimeSweep: Sendable {
  private let forward: SweepLine
  private let backward: SweepLine
  private let loads: [Int]
  private let buffers: [OffsetBuffer]
  /// What all offsets are multiples of.
  private let grain: Int

  /// - Returns: `nil` where a buffer is fixed, or alignments have no small common multiple.
  init?(_ problem: OffsetProblem, _ sections: Sections) {
    buffers = problem.buffers
    guard let grain = Self.grain(of: buffers), sections.count > 0 else { return nil }
    self.grain = grain
    var sized = buffers
    for index in sized.indices {
      sized[index].size = (buffers[index].size + grain - 1) / grain * grain
    }
    loads = sections.loads(sized)
    let peak = loads.max() ?? 0
    forward = SweepLine(
      sizes: sized.map(\.size), first: sections.first, end: sections.last.map { $0 + 1 },
      sections: sections.count, peak: peak)
    backward = SweepLine(
      sizes: sized.map(\.size), first: sections.last.map { sections.count - 1 - $0 },
      end: sections.first.map { sections.count - $0 }, sections: sections.count, peak: peak)
  }

  /// The least common multiple of alignments.
  private static func grain(of buffers: [OffsetBuffer]) -> Int? {
    var grain = 1
    for buffer in buffers where buffer.size > 0 {
      let factor = buffer.alignment / commonDivisor(grain, buffer.alignment)
      guard buffer.fixed == nil, factor <= mostGrain / grain else { return nil }
      grain *= factor
    }
    return grain
  }

  private static let mostGrain = 1 << 20
  /// Sweeps begin where nearly as much lives as at the fullest time: 63 of 64 parts.
  private static let shareAtStart = 64

  /// One sweep.
  ///
  /// - Parameters:
  ///   - width: How many states go on, and how many are made of each.
  ///   - target: What is not higher is as good as any other.
  ///   - limit: What is not lower is of no use.
  ///   - isFirst: Whether to begin at the first of the fullest times, and not at any of the fuller ones.
  ///   - work: How many that live may still be looked at for births; what was is taken from it.
  /// - Returns: `nil` where all states reached the limit, or time or work is over.
  func packing(
    width: Int, target: Int, below limit: Int, isFirst: Bool, _ generator: inout PlanningGenerator,
    work: inout Int, _ deadline: Deadline
  ) -> (offsets: [Int], height: Int)? {
    let peak = loads.max() ?? 0
    let full = loads.indices.filter {
      loads[$0] >= (isFirst ? peak : peak - peak / Self.shareAtStart)
    }
    let start = isFirst ? full[0] : full[generator.index(full.count)]
    let stack = stack(at: start, by: isFirst ? .life : Edge.allCases[generator.index(3)])
    var offsets = buffers.map { $0.fixed ?? 0 }  // only what takes no place is fixed
    var height = 0
    for index in stack {
      offsets[index] = height
      height += forward.sizes[index]
    }
    guard height < limit else { return nil }
    // What hangs from there is aligned, too.
    let free = target / grain * grain
    for (line, time) in [(forward, start), (backward, loads.count - 1 - start)] {
      var beam = SweepBeam(
        line, stack: stack, time: time, offsets: offsets, height: max(free, height))
      guard
        let found = beam.run(
          width: width, target: target, below: limit, &generator, work: &work, deadline,
          into: &offsets)
      else { return nil }
      height = max(height, found)
    }
    // States count what may be used without a loss as used.
    return (offsets, zip(offsets, buffers).reduce(0) { max($0, $1.0 + $1.1.size) })
  }
}

extension TimeSweep {
  /// What a stack is sorted by.
  private enum Edge: CaseIterable { case end, birth, life }

  /// Who lives in a section; who goes on for longest, to one end of time or to any, is at the bottom.
  private func stack(at section: Int, by edge: Edge) -> [Int] {
    let after = forward.end
    let before = backward.end
    let living = forward.living(at: section)
    let keys: [(Int, Int)] = living.map { index in
      switch edge {
      case .end: (after[index], before[index])
      case .birth: (before[index], after[index])
      case .life:
        (min(after[index] - section, before[index] - (loads.count - 1 - section)), after[index])
      }
    }
    return living.indices.sorted { keys[$0] == keys[$1] ? $0 < $1 : keys[$0] > keys[$1] }
      .map { living[$0] }
  }
}

/// Buffers by when they are born, in one of the two directions of time.
struct SweepLine: Sendable {
  let sizes: [Int]
  let first: [Int]
  let end: [Int]
  /// By section: who is born there and takes any place.
  let births: [[Int]]
  /// The size of one buffer in the middle.
  let meanSize: Double
  /// Those that are large, by when they are born, and of a section the largest first.
  let large: [Int]
  /// By section: the place of its first in ``large``; at the end how many there are.
  let firstLarge: [Int]

  /// Larger than one of so many parts of the fullest time.
  private static let shareOfLarge = 200

  init(sizes: [Int], first: [Int], end: [Int], sections: Int, peak: Int) {
    self.sizes = sizes
    self.first = first
    self.end = end
    var births = [[Int]](repeating: [], count: sections)
    for index in sizes.indices where sizes[index] > 0 { births[first[index]].append(index) }
    self.births = births
    let large = births.map { list in
      list.filter { sizes[$0] > peak / Self.shareOfLarge }
        .sorted { (sizes[$1], $0) < (sizes[$0], $1) }
    }
    self.large = large.flatMap { $0 }
    firstLarge = large.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    meanSize = max(1, sizes.reduce(0) { $0 + Double($1) } / Double(max(1, sizes.count)))
  }

  /// Who takes any place and lives in a section.
  func living(at section: Int) -> [Int] {
    sizes.indices.filter { sizes[$0] > 0 && first[$0] <= section && section < end[$0] }
  }
}
