import Synchronization

/// Searches for packings that differ in how they order ties.
final class SearchGroup {
  let model: SectionModel
  private let orders: [[Int]]
  private let deadline: Deadline
  /// Those of the last goal, which know what has no solution.
  private var goal: (height: Int, searches: [SectionSearch])?

  init(_ model: SectionModel, orders: [[Int]], deadline: Deadline) {
    self.model = model
    self.orders = orders
    self.deadline = deadline
  }

  /// A search for each order.
  func jobs(for height: Int, isGoal: Bool) -> [SectionSearch] {
    if isGoal, let goal, goal.height == height { return goal.searches }
    let searches = orders.map {
      SectionSearch(model, capacity: height, order: $0, deadline: deadline)
    }
    if isGoal { goal = (height, searches) }
    return searches
  }
}

/// What jobs that run side by side have found.
final class Results: Sendable {
  private let outcomes: Mutex<[SectionSearch.Outcome]>

  init(count: Int) { outcomes = Mutex(Array(repeating: .aborted, count: count)) }

  func set(_ outcome: SectionSearch.Outcome, at index: Int) {
    outcomes.withLock { $0[index] = outcome }
  }

  subscript(index: Int) -> SectionSearch.Outcome { outcomes.withLock { $0[index] } }
}

/// What orders that are tried side by side have given.
final class Placements: Sendable {
  typealias Placement = (order: [Int], packing: (offsets: [Int], height: Int))
  private let found: Mutex<[Placement?]>
  let count: Int

  init(_ count: Int) {
    self.count = count
    found = Mutex(Array(repeating: nil, count: count))
  }

  func set(_ order: [Int], _ packing: (offsets: [Int], height: Int), at index: Int) {
    found.withLock { $0[index] = (order, packing) }
  }

  /// By index; `nil` where none was made.
  var all: [Placement?] { found.withLock { $0 } }
}
