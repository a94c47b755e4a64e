import Foundation

/// Where numbers lie between the two ends of an axis, and which of them are written beside it.
package struct ChartAxis {
  /// A number that is written, and where.
  package struct Tick {
    package let number: Double
    /// From 0, at the axis's start, to 1.
    package let place: Double
    package let text: String
  }

  private let scale: LineChart.Scale
  /// The ends, as the scale counts: their logarithms on a logarithmic one.
  private let start, end: Double
  package let ticks: [Tick]

  /// Numbers beyond this are not drawn: the distance of two of them may not be finite.
  private static let largest = 1e300
  /// Doubles have about 16 digits; numbers that differ less than this are drawn as equal ones.
  private static let finest = 1e-9

  /// Makes an axis that all these numbers fit on, from one round number to another.
  package init(_ numbers: some Sequence<Double>, _ scale: LineChart.Scale) {
    let drawn = numbers.filter { Self.isDrawn($0, scale) }.map { Self.count($0, scale) }
    let (least, most) = (drawn.min() ?? 0, drawn.max() ?? 1)
    let size = max(abs(least), abs(most))
    let isPoint = most - least <= max(size * Self.finest, scale == .linear ? 1e-290 : Self.finest)
    // A tenth of the number to both sides, or on a logarithmic scale its half and its double.
    let margin = scale == .logarithmic ? 0.3 : size > 1e-280 ? size * 0.1 : 1
    let room = isPoint ? margin : 0
    let ticks =
      scale == .logarithmic
      ? Self.powers(from: least - room, to: most + room)
      : Self.rounds(from: least - room, to: most + room)
    self.scale = scale
    let places = ticks.map { Self.count($0, scale) }
    start = min(places.first ?? 0, least)
    end = max(places.last ?? 1, most)
    let (first, length) = (start, end - start)
    self.ticks = zip(ticks, places).map { tick, place in
      Tick(number: tick, place: (place - first) / length, text: Self.text(tick, among: ticks))
    }
  }

  /// From 0 to 1; `nil` for what is no number, or has no place on this scale.
  package func place(_ number: Double) -> Double? {
    guard Self.isDrawn(number, scale) else { return nil }
    return min(max((Self.count(number, scale) - start) / (end - start), 0), 1)
  }

  private static func isDrawn(_ number: Double, _ scale: LineChart.Scale) -> Bool {
    abs(number) <= largest && (scale == .linear || number >= 1 / largest)
  }

  private static func count(_ number: Double, _ scale: LineChart.Scale) -> Double {
    scale == .linear ? number : log10(number)
  }

  /// Multiples of 1, 2 or 5 times a power of ten, about five of them, that enclose a range.
  private static func rounds(from least: Double, to most: Double) -> [Double] {
    let power = pow(10, floor(log10((most - least) / 5)))
    let step = [1, 2, 5].map { $0 * power }.first { (most - least) / $0 <= 6 } ?? 10 * power
    let (first, last) = (floor(least / step + finest), ceil(most / step - finest))
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }

  /// Powers of ten that enclose a range of logarithms; where these are few, 2 and 5 times them or round numbers.
  private static func powers(from least: Double, to most: Double) -> [Double] {
    guard most - least > 0.7 else {
      return rounds(from: pow(10, least), to: pow(10, most)).filter { $0 > 0 }
    }
    let step = max(1, ((most - least) / 7).rounded(.up))
    let factors: [Double] = most - least < 2.5 ? [1, 2, 5] : [1]
    let (first, last) = (floor(least / step + finest), ceil(most / step - finest))
    let all = stride(from: first, through: last, by: 1)
      .flatMap { power in factors.map { $0 * pow(10, power * step) } }
      .filter { $0 > 1e-306 && $0 < 1e306 }
    // From the last one at or below the range to the first at or above it.
    let before = all.lastIndex { log10($0) <= least + finest } ?? 0
    let after = all.firstIndex { log10($0) >= most - finest } ?? all.count - 1
    return Array(all[before...max(before, after)])
  }

  /// With so many digits that neighbours differ.
  private static func text(_ number: Double, among ticks: [Double]) -> String {
    let size = ticks.reduce(0) { max($0, abs($1)) }
    let step = ticks.count > 1 ? ticks[1] - ticks[0] : size
    let digits = step > 0 ? log10(size / step).rounded(.up) + 1 : 1
    return NumberBlock.short(number, digits: Int(min(max(digits, 5), 12)))
  }
}
