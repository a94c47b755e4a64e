import Testing
import Tidemill

/// Batches hold each sample once, in an order that seed and epoch stand for.
@Suite struct BatchesTests {
  @Test(arguments: [1, 2, 9, 10, 11, 1_000, Int.max])
  func everySampleOnceWithTheLastSmallerBatch(size: Int) throws {
    let dataset = try sample(10)
    let batches = try dataset.batches(of: size, seed: 1)
    var seen: [Int] = []
    var counts: [Int] = []
    for batch in batches {
      #expect(batch.images.shape == [batch.count, 6])
      #expect(batch.labels.shape == [batch.count])
      for (row, index) in batch.indices.enumerated() {
        #expect(try batch.images.slice(row..<row + 1) == dataset.image(index))
        #expect(try batch.labels.value(at: row, as: Int32.self) == Int32(dataset.label(index)))
      }
      seen += batch.indices
      counts.append(batch.count)
    }
    #expect(seen.sorted() == Array(0..<10))
    #expect(counts.count == batches.count)
    #expect(counts.dropLast().allSatisfy { $0 == size })
    #expect(counts.last == (10 % size == 0 ? size : 10 % size))
  }

  @Test func orderIsGivenBySeedAndEpoch() throws {
    let dataset = try sample(50)
    func order(_ seed: UInt64, _ epoch: Int) throws -> [Int] {
      try dataset.batches(of: 7, seed: seed, epoch: epoch).flatMap(\.indices)
    }
    #expect(try order(1, 0) == order(1, 0))
    #expect(try order(1, 0) != order(1, 1))
    #expect(try order(1, 0) != order(2, 0))
    #expect(try order(1, -1).sorted() == Array(0..<50))
    #expect(try dataset.batches(of: 7).flatMap(\.indices) == Array(0..<50))
  }

  @Test(arguments: [0, -1, Int.min])
  func sizesMustBePositive(size: Int) throws {
    let dataset = try sample(3)
    let error = failure { _ = try dataset.batches(of: size, seed: 1) }
    #expect(error.code == .argument)
    #expect(error.message == "The batch size must be at least 1, but is \(size).")
    #expect(failure { _ = try dataset.batches(of: size) } == error)
  }

  @Test func noSamplesAreNoBatches() throws {
    let batches = try sample(0).batches(of: 1, seed: 1)
    #expect(batches.count == 0)
    #expect(Array(batches).isEmpty)
  }

  /// A loop that lets go of its batches allocates once, and once more for the smaller last one.
  @Test func memoryIsUsedAgain() throws {
    var iterator = try sample(103).batches(of: 10, seed: 1).makeIterator()
    var count = 0
    while let batch = iterator.next() {
      count += batch.count
      #expect(iterator.allocations == (batch.count == 10 ? 1 : 2))
    }
    #expect(count == 103)
  }

  /// A batch that is kept never changes; reading one ahead needs a second block of memory.
  @Test func keptBatchesStayAsTheyWere() throws {
    let dataset = try sample(40)
    var iterator = try dataset.batches(of: 4, seed: 1).makeIterator()
    var previous = iterator.next()
    while let next = iterator.next() {
      let kept = try #require(previous)
      #expect(try kept.images == dataset.selecting(kept.indices).images)
      previous = next
    }
    #expect(iterator.allocations == 2)
    let all = Array(try dataset.batches(of: 4, seed: 1))
    for batch in all {
      #expect(try batch.images == dataset.selecting(batch.indices).images)
      #expect(try batch.labels == dataset.selecting(batch.indices).labels)
    }
  }
}
