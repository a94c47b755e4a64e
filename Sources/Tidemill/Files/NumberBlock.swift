import Foundation
import TidemillGraph

/// Numbers in the brackets of their axes: `2`, `[1, 2]`, `[[1, 2], [3, 4]]`.
package enum NumberBlock {
  /// Every number with all its digits, so that it is read again as the same.
  package static func text(_ shape: [Int], _ numbers: [Double]) -> String {
    text(shape[...], numbers[...], exact)
  }

  /// A tensor with a few digits.
  ///
  /// - Parameter limit: The most characters; what is longer loses its end.
  package static func short(_ tensor: Tensor, digits: Int, limit: Int = .max) -> String {
    let numbers = tensor.doubles
    let text = text(tensor.shape.dimensions[...], numbers[...]) { short($0, digits: digits) }
    return shortened(text, limit)
  }

  /// A text without its end where it has more characters.
  package static func shortened(_ text: String, _ limit: Int) -> String {
    text.count <= limit ? text : text.prefix(max(limit - 1, 0)) + "…"
  }

  /// Without an exponent where there is no need; zeros and what is no number have no sign.
  package static func short(_ number: Double, digits: Int) -> String {
    if number == 0 { return "0" }
    return number.isNaN ? "nan" : String(format: "%.\(digits)g", number)
  }

  private static func exact(_ number: Double) -> String {
    let text = "\(number)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private static func text(
    _ shape: ArraySlice<Int>, _ numbers: ArraySlice<Double>, _ one: (Double) -> String
  ) -> String {
    guard let extent = shape.first else { return numbers.first.map(one) ?? "" }
    let step = extent > 0 ? numbers.count / extent : 0
    let parts = (0..<extent).map { index in
      let start = numbers.startIndex + index * step
      return text(shape.dropFirst(), numbers[start..<start + step], one)
    }
    return "[\(parts.joined(separator: ", "))]"
  }
}
