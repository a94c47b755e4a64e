import TidemillGraph
import TidemillPlanning

extension Schedule {
  /// Offsets for this order, in place where that may be.
  ///
  /// Greedy orders do nearly always. Where the arena is more than a fiftieth above what is live, a short
  /// search follows. Nothing depends on the time.
  func planned() throws -> MemoryPlan {
    let (problem, bufferOfValue) = try packingProblem()
    guard !problem.buffers.isEmpty else { return plan(offsets: [], arenaBytes: 0, livePeak: 0) }
    var packing = problem.packed(capacity: problem.livePeak, passes: 0)
    if packing.height > problem.livePeak + problem.livePeak / Self.tolerance {
      packing = problem.packed(capacity: problem.livePeak, passes: Self.passes)
    }
    return plan(
      offsets: bufferOfValue.map { packing.offsets[$0] * MemoryPlan.alignment },
      arenaBytes: packing.height * MemoryPlan.alignment,
      livePeak: problem.livePeak * MemoryPlan.alignment)
  }

  /// The largest sum of sizes that are live at one moment, in bytes.
  func livePeak() throws -> Int { try packingProblem().problem.livePeak * MemoryPlan.alignment }

  /// What is to be packed: a buffer for all values that take each other's places, and for each value its buffer.
  private func packingProblem() throws -> (problem: OffsetProblem, bufferOfValue: [Int]) {
    let classes = InPlaceClasses(of: self)
    var bufferOfClass: [Int: Int] = [:]
    var buffers: [OffsetBuffer] = []
    // Sizes count in units of the alignment, so every offset is a multiple of it.
    for value in 0..<valueCount {
      let life = moments(of: value)
      if let known = bufferOfClass[classes.representative[value]] {
        buffers[known].lower = min(buffers[known].lower, life.lowerBound)
        buffers[known].upper = max(buffers[known].upper, life.upperBound)
      } else {
        bufferOfClass[classes.representative[value]] = buffers.count
        buffers.append(
          OffsetBuffer(
            lower: life.lowerBound, upper: life.upperBound,
            size: program.units(of: uses[value].buffer)))
      }
    }
    let bufferOfValue = classes.representative.map { bufferOfClass[$0] ?? 0 }
    return (try OffsetProblem(buffers), bufferOfValue)
  }

  private static let tolerance = 50
  private static let passes = 3
}
