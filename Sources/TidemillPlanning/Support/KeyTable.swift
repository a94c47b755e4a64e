/// A set of 128-bit hashes.
///
/// Of 2²² of them two are equal by chance with a probability below 2⁻⁸⁰.
struct KeyTable {
  struct Key: Equatable {
    var low: UInt64
    var high: UInt64

    static let none = Key(low: 0, high: 0)

    /// Adds what does not depend on an order.
    mutating func add(_ index: Int32, _ value: Int32) {
      let mixed = Self.mix(
        UInt64(UInt32(bitPattern: index)) << 32 | UInt64(UInt32(bitPattern: value)))
      low &+= mixed
      high &+= Self.mix(mixed ^ 0x9e37_79b9_7f4a_7c15)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
      var mixed = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
      return mixed ^ (mixed >> 31)
    }
  }

  private var slots: [Key]
  private(set) var count = 0
  private let most: Int

  /// - Parameter most: How many it takes; later ones are dropped.
  init(most: Int) {
    self.most = most
    slots = Array(repeating: .none, count: 1 << 10)
  }

  func contains(_ key: Key) -> Bool { slots[slot(of: key)] != .none }

  mutating func insert(_ key: Key) {
    guard count < most else { return }
    if 2 * count >= slots.count { grow() }
    let slot = slot(of: key)
    if slots[slot] == .none { count += 1 }
    slots[slot] = key
  }

  /// Where a key is, or may be put.
  private func slot(of key: Key) -> Int {
    var slot = Int(truncatingIfNeeded: key.low) & (slots.count - 1)
    while slots[slot] != .none && slots[slot] != key { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: .none, count: 2 * old.count)
    for key in old where key != .none { slots[slot(of: key)] = key }
  }
}
