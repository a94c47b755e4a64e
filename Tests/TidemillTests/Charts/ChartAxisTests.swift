import Testing
import Tidemill

/// Round numbers beside axes.
@Suite struct ChartAxisTests {
  @Test(
    "Ticks are round numbers that enclose the range",
    arguments: [
      ([0, 10], LineChart.Scale.linear, ["0", "2", "4", "6", "8", "10"]),
      ([1, 3], .linear, ["1", "1.5", "2", "2.5", "3"]),
      ([0.31, 1.36], .linear, ["0.2", "0.4", "0.6", "0.8", "1", "1.2", "1.4"]),
      ([-1, 1], .linear, ["-1", "-0.5", "0", "0.5", "1"]),
      ([7], .linear, ["6", "6.5", "7", "7.5", "8"]),
      ([], .linear, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
      ([1_000_000.1, 1_000_000.4], .linear, ["1000000.1", "1000000.2", "1000000.3", "1000000.4"]),
      ([0.002, 300], .logarithmic, ["0.001", "0.01", "0.1", "1", "10", "100", "1000"]),
      ([0.3, 4], .logarithmic, ["0.2", "0.5", "1", "2", "5"]),
      ([0.30, 0.34], .logarithmic, ["0.3", "0.31", "0.32", "0.33", "0.34"]),
      ([7], .logarithmic, ["2", "4", "6", "8", "10", "12", "14"]),
      ([-5, 0, .nan], .logarithmic, ["1", "2", "5", "10"]),
    ])
  func ticks(numbers: [Double], scale: LineChart.Scale, expected: [String]) {
    #expect(ChartAxis(numbers, scale).ticks.map(\.text) == expected)
  }

  /// Whatever the numbers are: some of those that break naive arithmetic, and pairs drawn over all magnitudes.
  @Test("Every tick and every number that is drawn has a place from 0 to 1, in order")
  func places() throws {
    let hard = [
      0, 1, -1, 1e300, -1e300, 1.7e308,
      .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 1e-300, 1 + 1e-15, 1e15 + 1, 1e15, .nan,
      .infinity, -.infinity,
    ]
    var pairs = hard.flatMap { first in hard.map { [first, $0] } }
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<2000 {
      pairs.append(
        (0..<2).map { _ in
          let bits = generator.next()
          return generator.index(below: 2) == 0
            ? Double(bitPattern: bits) : Double(bits >> 40) * 1e-3 - 8000
        })
    }
    for pair in pairs {
      for scale in [LineChart.Scale.linear, .logarithmic] {
        let axis = ChartAxis(pair, scale)
        #expect((2...22).contains(axis.ticks.count), "\(pair) \(scale): \(axis.ticks)")
        let places = axis.ticks.map(\.place)
        #expect(places.allSatisfy { (0...1).contains($0) }, "\(pair) \(scale): \(places)")
        #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 }, "\(pair) \(scale)")
        #expect(
          Set(axis.ticks.map(\.text)).count == axis.ticks.count, "\(pair) \(scale): \(axis.ticks)")
        for number in pair {
          let isDrawn = abs(number) <= 1e300 && (scale == .linear || number >= 1e-300)
          let place = axis.place(number)
          #expect((place != nil) == isDrawn, "\(number) of \(pair) \(scale)")
          if let place { #expect((0...1).contains(place), "\(number) of \(pair) \(scale)") }
        }
      }
    }
  }
}
