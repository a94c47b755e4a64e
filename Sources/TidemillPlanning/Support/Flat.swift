/// Lists of numbers one behind the other, for innermost loops.
final class FlatLists: Sendable {
  private let items: [Int32]
  private let starts: [Int]

  init(_ lists: [[Int]]) {
    var items: [Int32] = []
    var starts = [0]
    for list in lists {
      for number in list { items.append(Int32(truncatingIfNeeded: number)) }
      starts.append(items.count)
    }
    (self.items, self.starts) = (items, starts)
  }

  /// How many numbers there are in all lists.
  var total: Int { items.count }

  @inline(__always)
  func range(_ list: Int) -> Range<Int> {
    Range(uncheckedBounds: (starts[list], starts[list + 1]))
  }

  /// The numbers of a list.
  func list(_ list: Int) -> [Int] { range(list).map { Int(items[$0]) } }

  @inline(__always)
  subscript(place: Int) -> Int { Int(items[place]) }
}
