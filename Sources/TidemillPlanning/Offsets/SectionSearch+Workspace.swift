extension SectionSearch {
  /// The memory of a search, allocated once.
  final class Workspace {
    private let count: Int
    /// By buffer: the lowest offset that those below leave.
    let lowest: UnsafeMutablePointer<Int32>
    /// By buffer: a bound of where it may be.
    let least: UnsafeMutablePointer<Int32>
    let isOpen: UnsafeMutablePointer<Bool>
    let isPlaced: UnsafeMutablePointer<Bool>
    /// By section: sizes of all that is to come, and how many of it go on into the next section.
    let load: UnsafeMutablePointer<Int32>
    let crossing: UnsafeMutablePointer<Int32>
    let floor: UnsafeMutablePointer<Int32>
    /// Lists of buffers, a stack; a node's are above those of the nodes that it is below of.
    private(set) var lists: UnsafeMutablePointer<Int32>
    private var room: Int
    var listEnd = 0
    private var undoes: [(buffer: Int32, lowest: Int32)] = []
    var undoEnd: Int { undoes.count }

    init(_ model: SectionModel) {
      count = model.count
      lowest = .allocate(capacity: count)
      least = .allocate(capacity: count)
      isOpen = .allocate(capacity: count)
      isPlaced = .allocate(capacity: count)
      load = .allocate(capacity: model.sections)
      crossing = .allocate(capacity: model.sections)
      floor = .allocate(capacity: model.sections)
      room = 4 * count
      lists = .allocate(capacity: room)
    }

    deinit {
      for pointer in [lowest, least, load, crossing, floor, lists] {
        pointer.deallocate()
      }
      isOpen.deallocate()
      isPlaced.deallocate()
    }

    /// Nothing is placed.
    func begin(_ model: SectionModel) {
      for section in 0..<model.sections { (load[section], crossing[section]) = (0, 0) }
      for buffer in 0..<count {
        isPlaced[buffer] = model.size[buffer] == 0
        lowest[buffer] = max(0, model.fixed[buffer])
        if model.size[buffer] > 0 { release(buffer, model) }
      }
      listEnd = 0
      undoes.removeAll(keepingCapacity: true)
    }

    /// Counts a buffer among what is to come.
    func release(_ buffer: Int, _ model: SectionModel) {
      let (first, last) = (Int(model.first[buffer]), Int(model.last[buffer]))
      for section in first...last { load[section] += model.size[buffer] }
      for section in first..<last { crossing[section] += 1 }
    }

    /// Takes a buffer out of what is to come.
    ///
    /// - Returns: Whether there are two sections now with nothing in both.
    func occupy(_ buffer: Int, _ model: SectionModel) -> Bool {
      let (first, last) = (Int(model.first[buffer]), Int(model.last[buffer]))
      var isCut = false
      for section in first...last { load[section] -= model.size[buffer] }
      for section in first..<last {
        crossing[section] -= 1
        if crossing[section] == 0 { isCut = true }
      }
      return isCut
    }

    func lift(_ buffer: Int, to offset: Int32) {
      undoes.append((Int32(buffer), lowest[buffer]))
      lowest[buffer] = offset
    }

    func undo(to end: Int) {
      while undoes.count > end, let last = undoes.popLast() {
        lowest[Int(last.buffer)] = last.lowest
      }
    }

    func push(_ buffer: Int32) {
      if listEnd == room { grow() }
      lists[listEnd] = buffer
      listEnd += 1
    }

    private func grow() {
      let larger = UnsafeMutablePointer<Int32>.allocate(capacity: 2 * room)
      larger.update(from: lists, count: listEnd)
      lists.deallocate()
      lists = larger
      room *= 2
    }

    func list(_ buffers: [Int32]) -> Range<Int> {
      let begin = listEnd
      for buffer in buffers { push(buffer) }
      return begin..<listEnd
    }

    /// Sorts a short list.
    func sort(_ range: Range<Int>, _ isBefore: (Int32, Int32) -> Bool) {
      for index in range.dropFirst() {
        let moving = lists[index]
        var place = index
        while place > range.lowerBound, isBefore(moving, lists[place - 1]) {
          lists[place] = lists[place - 1]
          place -= 1
        }
        lists[place] = moving
      }
    }
  }
}
