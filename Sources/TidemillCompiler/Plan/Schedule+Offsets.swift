import TidemillGraph
import TidemillPlanning

extension Schedule {
  /// Offsets for this order, in place where that may be.
  ///
  /// Greedy orders do nearly always. Where the arena is more than a fiftieth above what is live, a short
  /// search follows. Nothing depends on the time.
  func planned() throws -> MemoryPlan {
    let classes = InPlaceClasses(of: self)
    var bufferOfClass: [Int: Int] = [:]
    var buffers: [OffsetBuffer] = []
    // Sizes count in units of the alignment, so every offset is a multiple of it.
    for value in 0..<valueCount {
      let life = lifetime(of: value)
      if let known = bufferOfClass[classes.representative[value]] {
        buffers[known].lower = min(buffers[known].lower, life.lowerBound)
        buffers[known].upper = max(buffers[known].upper, life.upperBound + 1)
      } else {
        bufferOfClass[classes.representative[value]] = buffers.count
        buffers.append(
          OffsetBuffer(
            lower: life.lowerBound, upper: life.upperBound + 1,
            size: program.units(of: uses[value].buffer)))
      }
    }
    guard !buffers.isEmpty else { return plan(offsets: [], arenaBytes: 0, livePeak: 0) }
    let problem = try OffsetProblem(buffers)
    var packing = problem.packed(capacity: problem.livePeak, passes: 0)
    if packing.height > problem.livePeak + problem.livePeak / Self.tolerance {
      packing = problem.packed(capacity: problem.livePeak, passes: Self.passes)
    }
    let offsets = (0..<valueCount).map { value in
      packing.offsets[bufferOfClass[classes.representative[value]] ?? 0] * MemoryPlan.alignment
    }
    return plan(
      offsets: offsets, arenaBytes: packing.height * MemoryPlan.alignment,
      livePeak: problem.livePeak * MemoryPlan.alignment)
  }

  private static let tolerance = 50
  private static let passes = 3
}
