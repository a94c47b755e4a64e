/// A buffer of a problem, or a box: a rectangle that is full of such, which is packed as one.
struct Box {
  /// Its first section.
  var lower: Int
  /// The section after its last one.
  var upper: Int
  var size: Int
  /// What its offset is a multiple of, such that each part's is a multiple of its own.
  var alignment: Int
  /// What is in it, and how far above its bottom; empty for a buffer.
  var parts: [Part] = []
  /// Whether it is a part of another one.
  var isPart = false

  struct Part {
    var index: Int
    var above: Int
  }
}

/// Buffers and boxes of a problem, by when they begin and end.
struct BoxSet {
  /// By a time, the beginning of a section, and the other end: what there is that is no part.
  typealias Lists = [[Int: [Int]]]

  private let problem: OffsetProblem
  /// The problem's buffers, in their order, then boxes; a box comes after its parts.
  private(set) var boxes: [Box]
  private(set) var ending: Lists
  private(set) var starting: Lists

  init(_ problem: OffsetProblem, _ sections: Sections) {
    self.problem = problem
    let buffers = problem.buffers
    boxes = buffers.indices.map { index in
      Box(
        lower: sections.first[index], upper: sections.last[index] + 1, size: buffers[index].size,
        alignment: buffers[index].alignment)
    }
    ending = Array(repeating: [:], count: sections.count + 1)
    starting = ending
    for index in buffers.indices where buffers[index].fixed == nil && buffers[index].size > 0 {
      list(index)
    }
  }

  /// How many times there are.
  var times: Int { ending.count }

  func size(of set: [Int]) -> Int { set.reduce(0) { $0 + boxes[$1].size } }

  /// Makes a box of stacks.
  ///
  /// - Parameter stacks: What is put one on the other, and above what, such that a rectangle is full.
  /// - Returns: `false` where alignments do not allow it.
  mutating func join(_ stacks: [(set: [Int], above: Int)], from lower: Int, to upper: Int) -> Bool {
    var box = Box(lower: lower, upper: upper, size: 0, alignment: 1)
    for (set, bottom) in stacks {
      var above = bottom
      for index in set.sorted(by: { boxes[$0].alignment > boxes[$1].alignment }) {
        let alignment = boxes[index].alignment
        guard above % alignment == 0 else { return false }
        box.alignment = max(box.alignment, alignment)
        box.parts.append(Box.Part(index: index, above: above))
        above += boxes[index].size
      }
      box.size = max(box.size, above)
    }
    for part in box.parts where box.alignment % boxes[part.index].alignment != 0 { return false }
    for part in box.parts { unlist(part.index) }
    boxes.append(box)
    list(boxes.count - 1)
    return true
  }

  private mutating func list(_ index: Int) {
    let box = boxes[index]
    starting[box.lower][box.upper, default: []].append(index)
    ending[box.upper][box.lower, default: []].append(index)
  }

  private mutating func unlist(_ index: Int) {
    let box = boxes[index]
    boxes[index].isPart = true
    Self.drop(index, from: &starting[box.lower], box.upper)
    Self.drop(index, from: &ending[box.upper], box.lower)
  }

  private static func drop(_ index: Int, from lists: inout [Int: [Int]], _ key: Int) {
    lists[key]?.removeAll { $0 == index }
    if lists[key]?.isEmpty == true { lists[key] = nil }
  }

  // MARK: Packing

  /// What is no part, to be packed.
  func remaining() throws -> (problem: OffsetProblem, indices: [Int]) {
    let indices = boxes.indices.filter { !boxes[$0].isPart }
    let buffers = indices.map { index in
      OffsetBuffer(
        lower: boxes[index].lower, upper: boxes[index].upper, size: boxes[index].size,
        alignment: boxes[index].alignment,
        fixed: index < problem.buffers.count ? problem.buffers[index].fixed : nil)
    }
    return (try OffsetProblem(buffers), indices)
  }

  /// Offsets of the problem's buffers, from those of what remains.
  func offsets(_ remaining: [Int], _ indices: [Int]) -> [Int] {
    var offsets = [Int](repeating: 0, count: boxes.count)
    for (index, offset) in zip(indices, remaining) { offsets[index] = offset }
    for index in boxes.indices.reversed() {
      for part in boxes[index].parts { offsets[part.index] = offsets[index] + part.above }
    }
    return Array(offsets.prefix(problem.buffers.count))
  }
}
