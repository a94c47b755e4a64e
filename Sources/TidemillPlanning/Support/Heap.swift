/// Items of which the least can be taken out: a binary heap.
///
/// **Source**: Williams: Algorithm 232, Heapsort, 1964.
package struct Heap<Item: Comparable> {
  private var items: [Item] = []

  package init() {}

  /// The least.
  package var first: Item? { items.first }

  package mutating func removeAll() { items.removeAll(keepingCapacity: true) }

  /// - Complexity: O(log n).
  package mutating func insert(_ item: Item) {
    var place = items.count
    items.append(item)
    while place > 0, item < items[(place - 1) / 2] {
      items[place] = items[(place - 1) / 2]
      place = (place - 1) / 2
    }
    items[place] = item
  }

  /// - Complexity: O(log n).
  package mutating func popFirst() -> Item? {
    guard let first = items.first, let last = items.popLast() else { return nil }
    guard !items.isEmpty else { return first }
    var place = 0
    while true {
      var child = 2 * place + 1
      guard child < items.count else { break }
      if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
      guard items[child] < last else { break }
      items[place] = items[child]
      place = child
    }
    items[place] = last
    return first
  }
}
