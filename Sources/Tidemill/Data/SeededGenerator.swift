/// Random numbers that are the same on every machine and in every version: SplitMix64.
///
/// The standard library may change how it shuffles; an order of samples that a seed stands for may
/// not. So ``shuffled(_:)`` and ``index(below:)`` are spelled out here.
///
/// ```swift
/// var generator = SeededGenerator(seed: 1)
/// let order = generator.shuffled(1797)
/// ```
///
/// **Source**: Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Starts a sequence.
  ///
  /// - Parameters:
  ///   - seed: Any number; each has a sequence of its own.
  ///   - stream: One of many sequences of a seed: an epoch. Stream 0 is plain SplitMix64.
  public init(seed: UInt64, stream: UInt64 = 0) {
    state = seed ^ Self.mix(stream &* Self.step)
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= Self.step
    return Self.mix(state)
  }

  /// A number from `0` up to but without `bound`, each as likely as any other.
  ///
  /// Multiplies 64 random bits by the bound and keeps the upper half; the few products that would
  /// favour small numbers are drawn again (Lemire, 2019).
  ///
  /// - Parameter bound: The number of choices; below 2 there is only `0`, and nothing is drawn.
  public mutating func index(below bound: Int) -> Int {
    guard bound > 1 else { return 0 }
    let range = UInt64(bound)
    let threshold = (0 &- range) % range
    while true {
      let product = range.multipliedFullWidth(by: next())
      if product.low >= threshold { return Int(product.high) }
    }
  }

  /// The numbers `0..<count` in a random order (Fisher and Yates, from the last place down).
  public mutating func shuffled(_ count: Int) -> [Int] {
    var order = Array(0..<max(count, 0))
    var last = order.count - 1
    while last > 0 {
      order.swapAt(last, index(below: last + 1))
      last -= 1
    }
    return order
  }

  private static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

  private static func mix(_ value: UInt64) -> UInt64 {
    var bits = value
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }
}
