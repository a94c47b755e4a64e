import Testing
import Tidemill

/// The data set that comes with Tidemill, and its pinned split.
@Suite struct DigitsTests {
  @Test func allDigitsAreThere() throws {
    let digits = try Digits.all()
    #expect(digits.count == 1_797)
    #expect(digits.features == 64 && digits.imageHeight == 8 && digits.imageWidth == 8)
    let labels = try digits.labels.scalars(as: Int32.self)
    let counts = (0..<10).map { digit in labels.filter { $0 == Int32(digit) }.count }
    // Counted in the file by awk.
    #expect(counts == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    let pixels = digits.images.doubles
    #expect(pixels.min() == 0 && pixels.max() == 1)
    #expect(
      Array(try digits.image(0).doubles.prefix(8)) == [0, 0, 5, 13, 9, 1, 0, 0].map { $0 / 16 })
  }

  @Test func aFifthIsHeldOut() throws {
    let split = try Digits.load()
    #expect(split.test.count == 359)
    #expect(split.train.count == 1_438)
    #expect(split.train.name == "digits" && split.train.classes == 10)
    #expect(try DataSource.named("digits").test.images == split.test.images)
    #expect(try DataSource.named("digits", seed: 2).test.images != split.test.images)
  }

  /// Accuracies are comparable only while a seed stands for the same split.
  @Test func theSplitIsPinned() throws {
    let labels = try Digits.load(seed: 1).test.labels.scalars(as: Int32.self)
    #expect(Array(labels.prefix(12)) == [0, 8, 7, 2, 4, 6, 3, 7, 6, 8, 3, 5])
  }

  @Test func wrongLinesAreNamed() {
    let zeros = String(repeating: "0,", count: 64)
    for (line, wrong) in [zeros, "17," + zeros.dropFirst(2) + "1", zeros + "1,1", "x"].enumerated()
    {
      let text = String(repeating: zeros + "1\n", count: line) + wrong
      let error = failure { _ = try Digits.parse(Array(text.utf8), name: "d.csv") }
      #expect(
        error.message
          == "d.csv: line \(line + 1) must have 64 pixels from 0 to 16 and a class, but "
          + "is not so.")
    }
    let label = failure { _ = try Digits.parse(Array((zeros + "10").utf8), name: "d.csv") }
    #expect(
      label.message == "digits: the label of sample 0 is 10, but labels must be from 0 to 9.")
  }
}
