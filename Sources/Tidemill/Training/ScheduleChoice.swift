import Foundation
import TidemillGraph

/// How a classifier's learning rate changes over its training; one of the library's schedules (``Schedule``), with
/// durations in epochs.
public enum ScheduleChoice: Codable, Equatable, Sendable {
  /// Not at all.
  case constant
  /// `factor` times as large after each `epochs`; see ``Schedule/step(_:every:factor:)``.
  case step(epochs: Int = 10, factor: Double = 0.1)
  /// `factor` times as large after each epoch, a little at each step; see ``Schedule/exponential(_:factor:)``.
  case exponential(factor: Double = 0.95)
  /// Down to the share `last` of the first rate at the last step; see ``Schedule/cosine(_:over:to:)``.
  case cosine(last: Double = 0)
  /// Up and down; see ``Schedule/oneCycle(_:over:rising:first:last:)``.
  case oneCycle(rising: Double = 0.3, first: Double = 1 / 25, last: Double = 1e-4)

  /// Whether the rate of a step depends on how many there are.
  public var dependsOnLength: Bool {
    switch self {
    case .constant, .step, .exponential: false
    case .cosine, .oneCycle: true
    }
  }

  /// The schedule of a training.
  ///
  /// - Parameters:
  ///   - rate: The learning rate; the largest one where it changes.
  ///   - stepsPerEpoch: At least 1.
  ///   - steps: Of the whole training.
  ///   - warmUp: How many of them a rise from 0 takes; the schedule has the rest.
  func schedule(_ rate: Double, stepsPerEpoch: Int, steps: Int, warmUp: Int) -> Schedule {
    let rest = max(steps - warmUp, 1)
    let schedule: Schedule =
      switch self {
      case .constant: .constant(rate)
      case .step(let epochs, let factor):
        .step(rate, every: epochs.multiplied(by: stepsPerEpoch), factor: factor)
      case .exponential(let factor):
        .exponential(rate, factor: pow(factor, 1 / Double(stepsPerEpoch)))
      case .cosine(let last): .cosine(rate, over: rest, to: rate * last)
      case .oneCycle(let rising, let first, let last):
        .oneCycle(rate, over: rest, rising: rising, first: first, last: last)
      }
    return warmUp > 0 ? schedule.warmedUp(over: warmUp) : schedule
  }

  /// - Throws: `argument` with the first number that is out of range.
  func check() throws {
    func requireShare(_ name: String, _ share: Double) throws {
      try OptionCheck.require(
        share >= 0 && share <= 1, "schedule's \(name) must be in 0 ... 1", share)
    }
    switch self {
    case .constant: break
    case .step(let epochs, let factor):
      try OptionCheck.require(
        epochs > 0, "schedule's epochs from step to step must be 1 or more", epochs)
      try requireShare("factor", factor)
    case .exponential(let factor): try requireShare("factor", factor)
    case .cosine(let last): try requireShare("last share", last)
    case .oneCycle(let rising, let first, let last):
      try requireShare("rising share", rising)
      try requireShare("first share", first)
      try requireShare("last share", last)
    }
  }
}

extension Int {
  /// The product of two counts; the largest number where it cannot be counted.
  func multiplied(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
