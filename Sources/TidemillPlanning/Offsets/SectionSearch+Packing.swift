extension SectionSearch {
  /// What ``search(limit:)`` has found.
  func packing(_ problem: OffsetProblem) -> (offsets: [Int], height: Int) {
    var offsets: [Int] = []
    var height = 0
    for (buffer, offset) in zip(problem.buffers, solution) {
      offsets.append(buffer.size > 0 ? Int(offset) * model.grain : buffer.fixed ?? 0)
      if buffer.size > 0 { height = max(height, Int(offset) * model.grain + buffer.size) }
    }
    return (offsets, height)
  }
}
