import Foundation

/// A learning rate for each step, counted from 0.
///
/// A schedule is a function of the step alone. The rate is an input of the graph:
///
/// ```swift
/// let schedule = Schedule.cosine(1e-3, over: 10_000).warmedUp(over: 500)
/// let train = try compile { g in
///   ...
///   g.minimize(loss, over: network.parameters, with: AdamW(learningRate: g.input("rate", [])))
///   return loss
/// }
/// try session.run(images, labels, schedule.rate(at: session.step))
/// ```
///
/// Durations below 1 count as 1.
public struct Schedule: Sendable {
  private let function: @Sendable (_ step: Double) -> Double

  /// Makes a schedule of any function of the step.
  public init(_ function: @escaping @Sendable (_ step: Double) -> Double) {
    self.function = function
  }

  /// The rate of a step.
  ///
  /// - Parameter step: From 0; earlier ones have the rate of step 0.
  public func rate(at step: some BinaryInteger) -> Double { function(max(Double(step), 0)) }

  /// The same rate at every step.
  public static func constant(_ rate: Double) -> Schedule { Schedule { _ in rate } }

  /// `rate·factorⁿ` after `n` times `every` steps.
  public static func step(_ rate: Double, every steps: Int, factor: Double) -> Schedule {
    let steps = Double(max(steps, 1))
    return Schedule { rate * pow(factor, ($0 / steps).rounded(.down)) }
  }

  /// `rate·factorˢ` at step `s`.
  public static func exponential(_ rate: Double, factor: Double) -> Schedule {
    Schedule { rate * pow(factor, $0) }
  }

  /// From one rate to another along half a wave of a cosine, where it stays.
  ///
  /// `last + (rate − last)·(1 + cos(π·s/total))/2`
  ///
  /// - Parameters:
  ///   - rate: At step 0.
  ///   - total: From this step on the rate is `last`.
  ///   - last: The rate at the end.
  ///
  /// **Source**: Loshchilov, Hutter: SGDR, stochastic gradient descent with warm restarts, 2017 (without restarts).
  public static func cosine(_ rate: Double, over total: Int, to last: Double = 0) -> Schedule {
    let total = Double(max(total, 1))
    return Schedule { wave(from: rate, to: last, at: $0 / total) }
  }

  /// Up to the largest rate, then down to nearly nothing, both along half a wave of a cosine.
  ///
  /// - Parameters:
  ///   - largest: The rate at the top.
  ///   - total: How many steps there are; the last one is `total − 1`.
  ///   - rising: The share of them that goes up; the top is at step `rising·total − 1`.
  ///   - first: The rate at step 0, as a share of the largest.
  ///   - last: The rate at the end, as a share of the first.
  ///
  /// **Source**: Smith, Topin: Super-convergence, 2018; the two phases as in PyTorch's `OneCycleLR`.
  public static func oneCycle(
    _ largest: Double, over total: Int, rising: Double = 0.3, first: Double = 1 / 25,
    last: Double = 1e-4
  ) -> Schedule {
    let end = Double(max(total, 1)) - 1
    let top = min(max(rising * Double(max(total, 1)) - 1, 0), end)
    return Schedule { step in
      step < top
        ? wave(from: largest * first, to: largest, at: step / top)
        : wave(from: largest, to: largest * first * last, at: (step - top) / max(end - top, 1e-9))
    }
  }

  /// A rise in a straight line to this schedule's first rate; then this schedule, from its start.
  ///
  /// - Parameters:
  ///   - steps: How many the rise takes.
  ///   - first: The rate at step 0, as a share of this schedule's first.
  public func warmedUp(over steps: Int, from first: Double = 0) -> Schedule {
    let steps = Double(max(steps, 1))
    return Schedule { [function] step in
      step < steps
        ? function(0) * (first + (1 - first) * step / steps) : function(step - steps)
    }
  }

  /// Half a wave of a cosine, at a share of its length.
  private static func wave(from first: Double, to last: Double, at share: Double) -> Double {
    last + (first - last) * (1 + cos(.pi * min(share, 1))) / 2
  }
}
