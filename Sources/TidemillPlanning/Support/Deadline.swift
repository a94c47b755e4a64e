/// A time after which long work gives up.
package struct Deadline: Sendable {
  private let end: ContinuousClock.Instant?

  /// A time from now.
  ///
  /// - Parameter seconds: At most some years; less than 0 is now.
  package init(seconds: Double) {
    end = ContinuousClock.now + .seconds(Swift.min(Swift.max(0, seconds), 1e8))
  }

  private init() { end = nil }

  /// A time that never comes.
  package static let never = Deadline()

  /// The earlier of two.
  static func min(_ a: Deadline, _ b: Deadline) -> Deadline {
    guard let first = a.end, let second = b.end else { return a.end == nil ? b : a }
    return first < second ? a : b
  }

  /// Whether it is over.
  package var isPast: Bool {
    guard let end else { return false }
    return ContinuousClock.now >= end
  }

  /// Seconds until then; not negative.
  var secondsLeft: Double {
    guard let end else { return .infinity }
    let left = (end - ContinuousClock.now).components
    return Swift.max(0, Double(left.seconds) + Double(left.attoseconds) * 1e-18)
  }
}
