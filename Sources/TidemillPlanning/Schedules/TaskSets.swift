/// A set of tasks for each task: bits.
struct TaskSets {
  private let words: Int
  private var bits: [UInt64]

  init(count: Int) {
    words = (count + 63) / 64
    bits = Array(repeating: 0, count: count * words)
  }

  /// Puts a task, and at will all that is in its own set, into another one's.
  mutating func insert(_ member: Int, andItsOwn: Bool, to task: Int) {
    bits[task * words + member / 64] |= 1 << UInt64(member % 64)
    guard andItsOwn else { return }
    for word in 0..<words { bits[task * words + word] |= bits[member * words + word] }
  }

  /// The members of a task's set, the lowest first.
  subscript(task: Int) -> [Int] {
    var members: [Int] = []
    for word in 0..<words {
      var rest = bits[task * words + word]
      while rest != 0 {
        members.append(64 * word + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
    return members
  }

  /// Whether all of one task's set is in another one's.
  func isSubset(_ task: Int, of other: Int) -> Bool {
    (0..<words).allSatisfy { bits[task * words + $0] & ~bits[other * words + $0] == 0 }
  }
}
