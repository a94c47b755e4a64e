import Foundation

extension SeededGenerator {
  /// Uniform in `0 ..< 1`.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Of mean 0 and variance 1, by Box and Muller, 1958.
  mutating func normal() -> Double {
    let radius = (-2 * log(1 - unit())).squareRoot()
    return radius * cos(2 * .pi * unit())
  }
}
