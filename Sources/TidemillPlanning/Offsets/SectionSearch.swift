/// Searches for a packing within a capacity, to the end: what it does not find is not there.
///
/// A packing in which no buffer can move down is built from the bottom up: buffers are placed in
/// the order of (offset, rank), each at the lowest offset that those below it leave. At each step
/// - a buffer is *open* where its lowest offset comes behind the last placement in that order, and
///   else *blocked*: a neighbour that is still to come has to lift it. The earliest top of such a
///   neighbour bounds where it may be;
/// - the least of these offsets in a section, and the sizes of all that is to come there, must fit
///   below the capacity;
/// - an open buffer is no candidate where another one fits below it;
/// - a buffer with nothing above it is placed without a choice;
/// - where nothing that is to come crosses from one section to the next, both sides are solved
///   apart;
/// - what is to come, and where it may be, is kept where it was found to have no solution, so that
///   it is not tried again below another arrangement.
///
/// **Source**: Moffitt: MiniMalloc, a lightweight memory allocator for hardware-accelerated machine
/// learning, 2023, for the canonical order and the rules but for blocked buffers and the table.
///
/// One thread at a time uses it.
final class SectionSearch: @unchecked Sendable {
  enum Outcome { case found, none, aborted }

  let model: SectionModel
  private let capacity: Int32
  private let rank: [Int32]
  /// By hash: what has no solution.
  private var failed = KeyTable(most: 1 << 18)
  private let work: Workspace
  private var nodes = 0
  private var limit = 0
  /// Buffers and sections gone through since the clock was read.
  private var effort = 0
  private let deadline: Deadline

  /// In grains, after ``search(limit:)`` has found them.
  private(set) var solution: [Int32]

  /// - Parameters:
  ///   - order: Buffers, those first that are to be placed first of many at one offset.
  ///   - deadline: When to give up.
  init(_ model: SectionModel, capacity: Int, order: [Int], deadline: Deadline) {
    self.model = model
    self.capacity = Int32(clamping: capacity / model.grain)
    self.deadline = deadline
    var rank = [Int32](repeating: 0, count: model.count)
    for (place, buffer) in order.enumerated() { rank[buffer] = Int32(place) }
    self.rank = rank
    solution = [Int32](repeating: 0, count: model.count)
    work = Workspace(model)
  }

  /// Searches until it has gone through so many nodes. Another search knows what earlier ones found.
  func search(limit: Int) -> Outcome {
    nodes = 0
    self.limit = limit
    work.begin(model)
    let all = work.list(model.size.indices.filter { model.size[$0] > 0 }.map(Int32.init))
    return solveParts(all, 0, model.sections - 1, Step(offset: -1, rank: -1))
  }

  /// A place in the order of placements.
  private struct Step {
    var offset: Int32
    var rank: Int32
  }

  // MARK: Parts

  /// Solves each run of sections that nothing crosses into.
  private func solveParts(_ members: Range<Int>, _ low: Int, _ high: Int, _ step: Step) -> Outcome {
    var parts: [(members: Range<Int>, low: Int, high: Int, room: Int32)] = []
    let mark = work.listEnd
    defer { work.listEnd = mark }
    var start = low
    for section in low...high where section == high || work.crossing[section] == 0 {
      let begin = work.listEnd
      var room = Int32.max
      for place in members {
        let buffer = Int(work.lists[place])
        if Int(model.first[buffer]) >= start && Int(model.last[buffer]) <= section {
          work.push(Int32(buffer))
        }
      }
      for inside in start...section where work.load[inside] > 0 {
        room = min(room, capacity - work.load[inside])
      }
      if work.listEnd > begin { parts.append((begin..<work.listEnd, start, section, room)) }
      start = section + 1
    }
    parts.sort { ($0.room, $0.low) < ($1.room, $1.low) }
    for part in parts {
      let outcome = dive(part.members, part.low, part.high, step)
      if outcome != .found { return outcome }
    }
    return .found
  }

  // MARK: One node

  private func dive(_ members: Range<Int>, _ low: Int, _ high: Int, _ step: Step) -> Outcome {
    guard !members.isEmpty else { return .found }
    nodes += 1
    effort += members.count + high - low
    if nodes > limit || isTooLate { return .aborted }

    guard let lowestTop = look(at: members, after: step), fits(members, low, high) else {
      return .none
    }
    let key = hash(members)
    if failed.contains(key) { return .none }
    let mark = work.listEnd
    defer { work.listEnd = mark }
    let outcome = branch(members, low, high, candidates(members, below: lowestTop))
    if outcome == .none { failed.insert(key) }
    return outcome
  }

  private var isTooLate: Bool {
    guard effort > 1 << 16 else { return false }
    effort = 0
    return deadline.isPast
  }

  /// Finds which members are open, and the least offset of each.
  ///
  /// - Returns: The lowest top that an open one can have; `nil` where a member has no place at all.
  private func look(at members: Range<Int>, after step: Step) -> Int32? {
    var lowestTop = Int32.max
    var blocked = false
    for place in members {
      let buffer = Int(work.lists[place])
      let offset = work.lowest[buffer]
      let isOpen = offset > step.offset || (offset == step.offset && rank[buffer] > step.rank)
      work.isOpen[buffer] = isOpen
      work.least[buffer] = offset
      if isOpen {
        lowestTop = min(lowestTop, offset + model.size[buffer])
      } else {
        if model.fixed[buffer] >= 0 { return nil }
        blocked = true
      }
    }
    guard lowestTop < .max else { return nil }
    if blocked && !liftBlocked(members, lowestTop) { return nil }
    return lowestTop
  }

  /// A blocked one is above a neighbour that is open, or that is itself above one.
  private func liftBlocked(_ members: Range<Int>, _ lowestTop: Int32) -> Bool {
    for place in members {
      let buffer = Int(work.lists[place])
      if work.isOpen[buffer] { continue }
      var least = Int32.max
      for other in model.neighbours[buffer] {
        let other = Int(other)
        if work.isPlaced[other] { continue }
        let offset = work.isOpen[other] ? work.lowest[other] : lowestTop
        least = min(least, offset + model.size[other])
      }
      if least == .max { return false }
      work.least[buffer] = aligned(least, buffer)
    }
    return true
  }

  /// Whether what is to come can be below the capacity in each section.
  private func fits(_ members: Range<Int>, _ low: Int, _ high: Int) -> Bool {
    let floor = work.floor
    for section in low...high { floor[section] = capacity }
    for place in members {
      let buffer = Int(work.lists[place])
      let least = work.least[buffer]
      if least + model.size[buffer] > capacity { return false }
      for section in Int(model.first[buffer])...Int(model.last[buffer]) {
        floor[section] = min(floor[section], least)
      }
    }
    var worst: Int32 = 0
    for section in low...high { worst = max(worst, floor[section] &+ work.load[section]) }
    return worst <= capacity
  }

  /// What decides about all that is to come: who it is, and where the open ones may be.
  private func hash(_ members: Range<Int>) -> KeyTable.Key {
    var key = KeyTable.Key.none
    for place in members {
      let buffer = Int(work.lists[place])
      key.add(Int32(buffer), work.isOpen[buffer] ? work.lowest[buffer] : -1)
    }
    return key
  }

  private func candidates(_ members: Range<Int>, below lowestTop: Int32) -> Range<Int> {
    let begin = work.listEnd
    for place in members {
      let buffer = work.lists[place]
      if work.isOpen[Int(buffer)] && work.lowest[Int(buffer)] < lowestTop { work.push(buffer) }
    }
    work.sort(begin..<work.listEnd) { [work, rank] a, b in
      let (x, y) = (work.lowest[Int(a)], work.lowest[Int(b)])
      return x != y ? x < y : rank[Int(a)] < rank[Int(b)]
    }
    return begin..<work.listEnd
  }

  private func branch(
    _ members: Range<Int>, _ low: Int, _ high: Int, _ candidates: Range<Int>
  ) -> Outcome {
    for place in candidates {
      let buffer = Int(work.lists[place])
      let offset = work.lowest[buffer]
      let undo = work.undoEnd
      let (fits, isTopmost) = put(buffer, at: offset)
      var outcome = Outcome.none
      if fits {
        let isCut = work.occupy(buffer, model)
        let begin = work.listEnd
        for other in members where work.lists[other] != Int32(buffer) {
          work.push(work.lists[other])
        }
        let rest = begin..<work.listEnd
        let step = Step(offset: offset, rank: rank[buffer])
        outcome =
          isCut ? solveParts(rest, low, high, step) : dive(rest, low, high, step)
        work.listEnd = begin
        work.release(buffer, model)
      }
      work.undo(to: undo)
      work.isPlaced[buffer] = false
      if outcome == .found { solution[buffer] = offset }
      if outcome != .none || isTopmost { return outcome }
    }
    return .none
  }

  /// Places a buffer and lifts its neighbours.
  private func put(_ buffer: Int, at offset: Int32) -> (fits: Bool, isTopmost: Bool) {
    let top = offset + model.size[buffer]
    var isTopmost = true
    work.isPlaced[buffer] = true
    for other in model.neighbours[buffer] {
      let other = Int(other)
      if work.isPlaced[other] { continue }
      isTopmost = false
      if work.lowest[other] >= top { continue }
      if model.fixed[other] >= 0 { return (false, false) }
      work.lift(other, to: aligned(top, other))
    }
    return (true, isTopmost)
  }

  private func aligned(_ offset: Int32, _ buffer: Int) -> Int32 {
    let alignment = model.alignment[buffer]
    return alignment == 1 ? offset : (offset + alignment - 1) / alignment * alignment
  }
}
