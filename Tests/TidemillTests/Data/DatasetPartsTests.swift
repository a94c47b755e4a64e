import Testing
import Tidemill

/// Parts hold each sample once, in the shares that were asked for.
@Suite struct DatasetPartsTests {
  private func samples(_ count: Int) throws -> Dataset {
    try Dataset(
      name: "set", images: Tensor((0..<count).map(Float.init), shape: [count, 1]),
      labels: Tensor((0..<count).map { Int32($0 % 2) }), classes: 2, imageHeight: 1, imageWidth: 1,
      classNames: ["even", "odd"])
  }

  @Test(arguments: [
    (10, [1.0], [10]), (10, [0.7, 0.2, 0.1], [7, 2, 1]), (10, [7, 2, 1], [7, 2, 1]),
    (11, [1, 1, 1], [4, 3, 4]), (3, [1, 1, 1], [1, 1, 1]), (100, [0.005, 0.995], [1, 99]),
    (1797, [0.8, 0.2], [1438, 359]),
  ])
  func partsHaveTheirShares(count: Int, shares: [Double], counts: [Int]) throws {
    let parts = try samples(count).parts(by: shares, seed: 3)
    #expect(parts.map(\.count) == counts)
    let all = parts.flatMap(\.images.doubles)
    #expect(all.sorted() == (0..<count).map(Double.init))
    #expect(count == 3 || all != all.sorted(), "shuffled")
    for part in parts {
      #expect(part.classNames == ["even", "odd"] && part.name == "set")
      #expect(
        part.labels.doubles == part.images.doubles.map { $0.truncatingRemainder(dividingBy: 2) })
    }
    let again = try samples(count).parts(by: shares, seed: 3)
    #expect(again.flatMap(\.images.doubles) == all)
    #expect(
      try count < 10 || samples(count).parts(by: shares, seed: 4).flatMap(\.images.doubles) != all)
  }

  @Test func sharesThatAreNotPossibleAreRefused() throws {
    for shares in [[], [0, 1], [-1, 2], [.nan], [.infinity], [1e308, 1e308]] as [[Double]] {
      let error = failure { _ = try samples(9).parts(by: shares, seed: 1) }
      #expect(error.code == .argument)
      #expect(
        error.message == "Shares must be finite and above 0, at least one, but are \(shares).")
    }
    #expect(
      failure { _ = try samples(10).parts(by: [1, 0.01, 1], seed: 1) }.message
        == "A share of 0.01 in 2.01 of the 10 samples of set is none, for part 1: each part needs one."
    )
    #expect(failure { _ = try samples(0).parts(by: [1], seed: 1) }.code == .argument)
  }
}
