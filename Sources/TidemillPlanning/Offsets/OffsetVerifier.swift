/// Proves a packing: naive, and without any code of what makes one.
package enum OffsetVerifier {
  /// What is wrong with a packing.
  package struct Mistake: Error, Equatable, CustomStringConvertible {
    /// A sentence that names the buffers, counted from 0.
    package let description: String
  }

  /// Looks at every buffer and at every pair of them that live at the same time.
  ///
  /// - Parameters:
  ///   - packing: The offsets, and the height that they are said to have.
  ///   - buffers: What is packed.
  /// - Throws: ``Mistake``.
  /// - Complexity: O(n²) where all live at the same time.
  package static func check(_ packing: OffsetPacking, of buffers: [OffsetBuffer]) throws {
    guard packing.offsets.count == buffers.count else {
      throw Mistake(
        description: "\(packing.offsets.count) offsets are given for \(buffers.count) buffers")
    }
    var top = 0
    for (index, buffer) in buffers.enumerated() {
      let offset = packing.offsets[index]
      let (end, overflow) = offset.addingReportingOverflow(buffer.size)
      if offset < 0 || overflow { throw Mistake(description: "buffer \(index) is at \(offset)") }
      if offset % buffer.alignment != 0 {
        throw Mistake(description: "buffer \(index) is at \(offset), which is not aligned")
      }
      if let fixed = buffer.fixed, fixed != offset {
        throw Mistake(description: "buffer \(index) is at \(offset), but is fixed at \(fixed)")
      }
      if buffer.size > 0 { top = max(top, end) }
    }
    if packing.height != top {
      throw Mistake(description: "the height is \(top), but is said to be \(packing.height)")
    }
    if packing.lowerBound > top {
      throw Mistake(description: "the height is \(top), below the bound \(packing.lowerBound)")
    }
    try checkPairs(packing.offsets, buffers)
  }

  private static func checkPairs(_ offsets: [Int], _ buffers: [OffsetBuffer]) throws {
    let byBirth = buffers.indices.sorted { buffers[$0].lower < buffers[$1].lower }
    for (place, a) in byBirth.enumerated() where buffers[a].size > 0 {
      for b in byBirth[(place + 1)...] where buffers[b].size > 0 {
        if buffers[b].lower >= buffers[a].upper { break }
        let apart =
          offsets[a] + buffers[a].size <= offsets[b] || offsets[b] + buffers[b].size <= offsets[a]
        if !apart {
          throw Mistake(
            description: "buffers \(a) and \(b) live at the same time and overlap: at "
              + "\(offsets[a]) and \(offsets[b])")
        }
      }
    }
  }
}
