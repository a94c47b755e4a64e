import Testing
import Tidemill

/// A seed stands for the same numbers on every machine.
@Suite struct SeededGeneratorTests {
  /// Computed by a program in another language from the paper's algorithm.
  @Test func streamZeroIsSplitMix64() {
    var generator = SeededGenerator(seed: 1_234_567)
    let numbers = (0..<5).map { _ in generator.next() }
    #expect(
      numbers == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test func shufflesAreOrdersAndDifferBySeedAndStream() {
    var orders: Set<[Int]> = []
    for seed in 0..<4 as Range<UInt64> {
      for stream in 0..<4 as Range<UInt64> {
        var generator = SeededGenerator(seed: seed, stream: stream)
        let order = generator.shuffled(100)
        #expect(order.sorted() == Array(0..<100))
        orders.insert(order)
      }
    }
    #expect(orders.count == 16)
  }

  /// Pins the algorithm: computed by the same program from the documented steps.
  @Test func aShuffleIsPinned() {
    var generator = SeededGenerator(seed: 1)
    #expect(generator.shuffled(10) == [9, 0, 1, 4, 8, 2, 3, 7, 6, 5])
    #expect(generator.shuffled(0) == [])
    #expect(generator.shuffled(1) == [0])
    #expect(generator.shuffled(-1) == [])
  }

  @Test func everyChoiceIsAboutAsLikely() {
    var generator = SeededGenerator(seed: 5)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[generator.index(below: 7)] += 1 }
    // 500 is more than five standard deviations.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 500 }, "seed 5: \(counts)")
    #expect(generator.index(below: 1) == 0)
    #expect(generator.index(below: 0) == 0)
    #expect((0..<Int.max).contains(generator.index(below: .max)))
  }
}
