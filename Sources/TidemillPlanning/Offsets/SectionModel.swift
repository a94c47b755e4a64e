/// A packing problem in the form that ``SectionSearch`` works on: sections for time, a grain for
/// space, so that numbers are small.
struct SectionModel: Sendable {
  let count: Int
  let sections: Int
  let first: [Int32]
  let last: [Int32]
  /// In grains, rounded up.
  let size: [Int32]
  /// In grains; -1 where a buffer is free.
  let fixed: [Int32]
  let alignment: [Int32]
  /// For each buffer, those that live in part at the same time.
  let neighbours: NeighbourTable
  /// Bytes a grain has.
  let grain: Int

  /// Sums of a few heights must not overflow `Int32`.
  static let mostGrains = 1 << 28

  /// - Parameters:
  ///   - buffers: Which of the problem's to pack.
  ///   - height: The largest capacity that it will be asked about.
  /// - Returns: `nil` where numbers would be rounded: a search could prove nothing then.
  init?(_ problem: OffsetProblem, height: Int) {
    let buffers = problem.buffers
    let grain = Self.grain(of: buffers)
    guard height / grain < Self.mostGrains else { return nil }
    let time = Sections(buffers)
    self.grain = grain
    count = buffers.count
    sections = time.count
    first = time.first.map(Int32.init)
    last = time.last.map(Int32.init)
    size = buffers.map { Int32($0.size / grain) }
    fixed = buffers.map { $0.fixed.map { Int32(clamping: $0 / grain) } ?? -1 }
    alignment = buffers.map { Int32(clamping: max(1, $0.alignment / grain)) }
    neighbours = NeighbourTable(time)
  }

  /// The largest unit of which all offsets are multiples, in a packing where nothing can move down.
  private static func grain(of buffers: [OffsetBuffer]) -> Int {
    var grain = 0
    for buffer in buffers {
      grain = commonDivisor(grain, buffer.size)
      grain = commonDivisor(grain, buffer.fixed ?? 0)
    }
    guard grain > 0 else { return 1 }
    // An alignment that divides the grain asks for nothing; another one makes the grain smaller.
    var before = 0
    while before != grain {
      before = grain
      for buffer in buffers where grain % buffer.alignment != 0 {
        grain = commonDivisor(grain, buffer.alignment)
      }
    }
    return grain
  }
}

/// Lists of neighbours, one after the other.
final class NeighbourTable: @unchecked Sendable {
  // Not changed after `init`.
  private let starts: UnsafeMutableBufferPointer<Int>
  private let lists: UnsafeMutableBufferPointer<Int32>

  init(_ time: Sections) {
    var lists: [Int32] = []
    var starts = [0]
    for i in time.first.indices {
      for j in time.first.indices
      where j != i && time.first[i] <= time.last[j] && time.first[j] <= time.last[i] {
        lists.append(Int32(j))
      }
      starts.append(lists.count)
    }
    self.starts = .allocate(capacity: starts.count)
    self.lists = .allocate(capacity: lists.count)
    _ = self.starts.initialize(from: starts)
    _ = self.lists.initialize(from: lists)
  }

  deinit {
    starts.deallocate()
    lists.deallocate()
  }

  /// The neighbours of a buffer.
  @inline(__always)
  subscript(buffer: Int) -> UnsafeMutableBufferPointer<Int32>.SubSequence {
    lists[starts[buffer]..<starts[buffer + 1]]
  }
}
