/// A buffer of a problem, or a box: a rectangle that is full of such, which is packed as one.
struct Box {
  /// Its first section.
  var lower: Int
  /// The section after its last one.
  var upper: Int
  var size: Int
  /// What its offset is a multiple of, such that each part's is a multiple of its own.
  var alignment: Int
  /// What is in it; empty for a buffer.
  var stacks: [Stack] = []
  /// Whether it is a part of another one.
  var isPart = false
  /// Where it may be; `nil` where that is anywhere.
  var places: [Int]?
  /// Whether nothing is in it.
  var isFiller = false
  /// How many buffers are in it that have to be in a place.
  var pins = 0

  /// Parts one on the other, in any order.
  struct Stack {
    var set: [Int]
    /// How far its bottom is above that of the box.
    var above: Int
  }
}

/// Buffers and boxes of a problem, by when they begin and end.
struct BoxSet {
  /// By a time, the beginning of a section, and the other end: what there is that is no part.
  typealias Lists = [[Int: [Int]]]

  let problem: OffsetProblem
  let deadline: Deadline
  /// The problem's buffers, in their order, then boxes; a box comes after its parts.
  private(set) var boxes: [Box]
  private(set) var ending: Lists
  private(set) var starting: Lists
  /// The problem's buffers that are fixed and take any place.
  private(set) var pins: [Int] = []

  /// - Parameter deadline: When no more boxes are made of which it takes a search to tell where they may be.
  init(_ problem: OffsetProblem, _ sections: Sections, deadline: Deadline = .never) {
    (self.problem, self.deadline) = (problem, deadline)
    let buffers = problem.buffers
    boxes = buffers.indices.map { index in
      Box(
        lower: sections.first[index], upper: sections.last[index] + 1, size: buffers[index].size,
        alignment: buffers[index].alignment)
    }
    ending = Array(repeating: [:], count: sections.count + 1)
    starting = ending
    for index in buffers.indices where buffers[index].size > 0 {
      if let fixed = buffers[index].fixed {
        boxes[index].places = [fixed]
        boxes[index].pins = 1
        pins.append(index)
      }
      list(index)
    }
  }

  /// How many times there are.
  var times: Int { ending.count }

  /// How many times there are where all that ends began together, and all that begins ends together, and
  /// is as large.
  var certainTimes: Int { (0..<times).count { certain(at: $0) != nil } }

  /// What ends and what begins at such a time.
  func certain(at time: Int) -> (before: [Int], after: [Int])? {
    guard ending[time].count == 1, starting[time].count == 1,
      let before = ending[time].values.first, let after = starting[time].values.first,
      size(of: before) == size(of: after)
    else { return nil }
    return (before, after)
  }

  func size(of set: [Int]) -> Int { set.reduce(0) { $0 + boxes[$1].size } }

  /// Adds a box of nothing, which is dropped where it is no part in the end.
  mutating func addFiller(from lower: Int, to upper: Int, _ size: Int) {
    boxes.append(Box(lower: lower, upper: upper, size: size, alignment: 1, isFiller: true))
    list(boxes.count - 1)
  }

  /// Makes a box of stacks that fill a rectangle.
  ///
  /// - Returns: `false` where alignments do not allow it, or nothing is known of where what is fixed would
  ///   be in it.
  mutating func join(_ stacks: [Box.Stack], from lower: Int, to upper: Int) -> Bool {
    let parts = stacks.flatMap(\.set)
    var box = Box(
      lower: lower, upper: upper, size: stacks.map { $0.above + size(of: $0.set) }.max() ?? 0,
      alignment: parts.map { boxes[$0].alignment }.max() ?? 1, stacks: stacks,
      pins: parts.reduce(0) { $0 + boxes[$1].pins })
    for part in parts where box.alignment % boxes[part].alignment != 0 { return false }
    if box.pins > 0 {
      guard let places = places(of: box), !places.isEmpty else { return false }
      box.places = places
    } else {
      for stack in stacks where order(of: stack.set, from: stack.above) == nil { return false }
    }
    for part in parts { unlist(part) }
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

  /// What is no part, to be packed; `nil` where nothing is found for all that may be in some places only.
  func remaining() -> (problem: OffsetProblem, indices: [Int])? {
    let indices = boxes.indices.filter { !boxes[$0].isPart && !boxes[$0].isFiller }
    guard let chosen = chosenPlaces(indices) else { return nil }
    let buffers = indices.map { index in
      OffsetBuffer(
        lower: boxes[index].lower, upper: boxes[index].upper, size: boxes[index].size,
        alignment: boxes[index].alignment,
        fixed: index < problem.buffers.count ? problem.buffers[index].fixed : chosen[index])
    }
    return (try? OffsetProblem(buffers)).map { ($0, indices) }
  }

  /// Offsets of the problem's buffers, from those of what remains; `nil` where no order of a stack is found in which
  /// all that is fixed is in its place.
  func offsets(_ remaining: [Int], _ indices: [Int]) -> [Int]? {
    var offsets = [Int](repeating: 0, count: boxes.count)
    for (index, offset) in zip(indices, remaining) { offsets[index] = offset }
    for index in boxes.indices.reversed() {
      for stack in boxes[index].stacks {
        var bottom = offsets[index] + stack.above
        guard let order = order(of: stack.set, from: bottom) else { return nil }
        for part in order {
          offsets[part] = bottom
          bottom += boxes[part].size
        }
      }
    }
    return Array(offsets.prefix(problem.buffers.count))
  }
}
