import Testing
import Tidemill

/// Batches go on in the middle of an epoch, and may leave out a smaller last one.
@Suite struct BatchesRangeTests {
  private func samples(_ count: Int) throws -> Dataset {
    try Dataset(
      name: "set", images: Tensor(zeros: [count, 1]), labels: Tensor(zeros: [count], .int32),
      classes: 1, imageHeight: 1, imageWidth: 1)
  }

  @Test(arguments: [1, 3, 7, 50, 51])
  func anyStartGivesTheRest(size: Int) throws {
    let batches = try samples(50).batches(of: size, seed: 6, epoch: 1)
    let order = batches.flatMap(\.indices)
    for start in 0...50 {
      let rest = try batches.starting(at: start)
      #expect(rest.flatMap(\.indices) == Array(order[start...]))
      #expect(rest.start == start)
      #expect(rest.count == Array(rest).count)
      #expect(rest.first(where: { _ in true })?.indices.startIndex == (start < 50 ? start : nil))
      let whole = rest.droppingSmallerLast()
      #expect(whole.count == (50 - start) / size && Array(whole).count == whole.count)
      #expect(whole.allSatisfy { $0.count == size })
      #expect(whole.flatMap(\.indices) == Array(order[start...].prefix(whole.count * size)))
    }
    let dropped = batches.droppingSmallerLast()
    #expect(try dropped.starting(at: 1).count == 49 / size, "the order of both does not matter")
  }

  @Test(arguments: [-1, 51])
  func otherStartsAreRefused(start: Int) throws {
    let error = failure { _ = try samples(50).batches(of: 4).starting(at: start) }
    #expect(error.code == .argument)
    #expect(
      error.message == "Batches of set can start at sample 0 to 50, but \(start) was given.")
  }

  @Test func batchesLargerThanAllSamples() throws {
    let batches = try samples(5).batches(of: .max)
    #expect(batches.count == 1 && batches.map(\.count) == [5])
    #expect(batches.droppingSmallerLast().count == 0)
    #expect(Array(batches.droppingSmallerLast()).isEmpty)
  }
}
