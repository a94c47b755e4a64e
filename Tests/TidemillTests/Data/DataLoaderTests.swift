import CTestSupport
import Foundation
import Testing
import Tidemill

/// A loader gives what the batches give, mapped, whether a thread makes them or not.
@Suite struct DataLoaderTests {
  private func samples(_ count: Int, features: Int = 3) throws -> Dataset {
    try Dataset(
      name: "set",
      images: Tensor((0..<count * features).map(Float.init), shape: [count, features]),
      labels: Tensor((0..<count).map { Int32($0 % 7) }), classes: 7, imageHeight: 1,
      imageWidth: features)
  }

  /// Adds noise that the batch's place in the order stands for.
  private static let noisy: DataLoader.Mapping = { batch in
    var generator = SeededGenerator(seed: 9, stream: UInt64(batch.indices.startIndex))
    try batch.images.withMutableScalars(as: Float.self) { pixels in
      for index in pixels.indices { pixels[index] += Float(generator.index(below: 1000)) / 1000 }
    }
  }

  private func all(_ loader: DataLoader) throws -> [Batch] {
    var result: [Batch] = []
    while let batch = try loader.next() { result.append(batch) }
    return result
  }

  @Test(arguments: [0, 1, 2, 5, 1024], [0, 1, 7, 8, 9, 103])
  func batchesAreThoseWithoutAThread(ahead: Int, count: Int) throws {
    let batches = try samples(count).batches(of: 8, seed: 4, epoch: 2)
    var expected = Array(batches)
    for index in expected.indices { try Self.noisy(&expected[index]) }
    let found = try all(DataLoader(batches, ahead: ahead, map: Self.noisy))
    #expect(found.count == expected.count)
    for (batch, wanted) in zip(found, expected) {
      #expect(batch.images.hasSameBits(as: wanted.images) && batch.labels == wanted.labels)
      #expect(batch.indices == wanted.indices)
    }
    let plain = try all(DataLoader(batches, ahead: ahead))
    #expect(plain.map(\.images) == Array(batches).map(\.images))
  }

  @Test(arguments: [0, 2])
  func anEpochGoesOnInTheMiddle(ahead: Int) throws {
    let batches = try samples(50).batches(of: 8, seed: 4)
    let whole = try all(DataLoader(batches, ahead: ahead, map: Self.noisy))
    for done in 0...whole.count {
      let sample = done == 0 ? 0 : whole[done - 1].indices.endIndex
      let rest = try all(
        DataLoader(batches.starting(at: sample), ahead: ahead, map: Self.noisy))
      #expect(rest.map(\.images) == whole[done...].map(\.images))
      #expect(rest.map(\.indices) == whole[done...].map(\.indices))
    }
  }

  @Test(arguments: [0, 1, 3])
  func errorsComeAtTheirPlace(ahead: Int) throws {
    let loader = try DataLoader(samples(50).batches(of: 8), ahead: ahead) { batch in
      if batch.indices.startIndex == 24 { throw TidemillError(.data, "sample 24 is bad") }
    }
    for expected in [0, 8, 16] { #expect(try loader.next()?.indices.startIndex == expected) }
    #expect(failure { _ = try loader.next() }.message == "sample 24 is bad")
    #expect(try loader.next() == nil, "after an error there are no more")
    #expect(try loader.next() == nil)
  }

  @Test(arguments: [0, 1])
  func theNumberOfSamplesMustStay(ahead: Int) throws {
    let loader = try DataLoader(samples(9).batches(of: 4), ahead: ahead) { batch in
      batch.images = try batch.images.slice(0..<2)
    }
    let error = failure { _ = try loader.next() }
    #expect(error.code == .argument)
    #expect(
      error.message
        == "A function was given a batch of 4 samples, and made 2 images and 4 labels of "
        + "it: the number of samples must stay.")
    let other = try DataLoader(samples(9).batches(of: 4), ahead: ahead) { batch in
      batch.labels = try Tensor(zeros: [5], .int32)
    }
    #expect(failure { _ = try other.next() }.message.contains("made 4 images and 5 labels of it"))
  }

  /// A function may give images of another size; the samples that come next are not cut to it.
  @Test(arguments: [0, 2])
  func imagesMayChangeTheirSize(ahead: Int) throws {
    let data = try samples(40)
    let loader = try DataLoader(data.batches(of: 8), ahead: ahead) { batch in
      batch.images = try Tensor(batch.images.doubles.map { $0 + 1 }, shape: [8, 3, 1])
      batch.labels = try batch.labels.reshaped(to: [8, 1])
    }
    var start = 0
    while let batch = try loader.next() {
      #expect(batch.images.type == TensorType([8, 3, 1], .float64))
      #expect(batch.images.doubles == (start * 3..<start * 3 + 24).map { Double($0) + 1 })
      start += 8
    }
    #expect(start == 40)
  }

  /// The function is called for at most `ahead` batches more than were asked for.
  @Test(arguments: [1, 2, 4])
  func theThreadIsNeverFurtherAhead(ahead: Int) throws {
    let made = Counter()
    let loader = try DataLoader(samples(400).batches(of: 4), ahead: ahead) { _ in made.increment() }
    for taken in 1...20 {
      _ = try loader.next()
      // Time for a thread that does not wait to be seen; one that waits is right at once.
      usleep(500)
      #expect(made.value <= taken + ahead)
    }
  }

  /// Released early, also before the first batch, the loader waits for its thread, which is gone then
  /// with all that it held.
  @Test(arguments: [0, 1, 2, 100])
  func releasedLoadersEndTheirThread(taken: Int) throws {
    weak var shared: AnyObject?
    weak var captured: AnyObject?
    func use() throws {
      let counter = Counter()
      captured = counter
      let loader = try DataLoader(samples(400).batches(of: 4), ahead: 2) { _ in counter.increment()
      }
      shared = loader.shared
      for _ in 0..<taken { _ = try loader.next() }
      #expect(shared != nil && captured != nil)
    }
    for _ in 0..<20 { try use() }
    #expect(shared == nil && captured == nil)
  }

  /// A loader whose last reference goes away on its own thread ends as well.
  @Test func aLoaderMayBeReleasedByItsFunction() throws {
    /// Unchecked: everything goes through the lock.
    final class Holder: @unchecked Sendable {
      private let lock = NSLock()
      private var loader: DataLoader?
      let wasReleased = Counter()
      func put(_ loader: DataLoader) { lock.withLock { self.loader = loader } }
      func take() -> DataLoader? {
        lock.withLock {
          defer { loader = nil }
          return loader
        }
      }
    }
    let holder = Holder()
    func start() throws {
      let loader = try DataLoader(samples(40).batches(of: 4), ahead: 1) { batch in
        guard batch.indices.startIndex == 4 else { return }
        var last: DataLoader?
        while last == nil {
          last = holder.take()
          usleep(1_000)
        }
        // By now the test has let go of it.
        usleep(50_000)
        last = nil
        holder.wasReleased.increment()
      }
      _ = try loader.next()
      holder.put(loader)
    }
    try start()
    while holder.wasReleased.value == 0 { usleep(1_000) }
    #expect(holder.take() == nil)
  }

  /// A loop that lets go of its batches allocates for the first few alone.
  @Test(arguments: [0, 1, 3])
  func memoryIsUsedAgain(ahead: Int) throws {
    let standard = try Standardization(fitting: samples(400))
    let loader = try DataLoader(samples(400).batches(of: 4, seed: 1), ahead: ahead) { batch in
      try standard.standardize(&batch.images)
    }
    var count = 0
    while try loader.next() != nil { count += 1 }
    #expect(count == 100)
    #expect(loader.allocations <= ahead + 3)
  }

  /// Nothing at all is allocated in the middle of an epoch by the thread that takes batches.
  @Test(.enabled(if: !ctest_sanitized()), arguments: [0, 2])
  func warmLoadersAllocateNothing(ahead: Int) throws {
    let data = try samples(800)
    let standard = try Standardization(fitting: data)
    // The function runs on the loader's thread: it is counted there, too.
    let loader = try DataLoader(data.batches(of: 4, seed: 1), ahead: ahead) { batch in
      ctest_count_this_thread(batch.indices.startIndex < 100 ? CTEST_NOTHING : CTEST_LOADERS)
      try standard.standardize(&batch.images)
    }
    for _ in 0..<50 { _ = try loader.next() }
    ctest_count_this_thread(CTEST_LOADERS)
    let before = ctest_allocations(CTEST_LOADERS)
    var step = 0
    while step < 100 {
      _ = try loader.next()
      step += 1
    }
    let after = ctest_allocations(CTEST_LOADERS)
    ctest_count_this_thread(CTEST_NOTHING)
    #expect(after == before)
  }

  @Test(arguments: [0, 2])
  func keptBatchesStayAsTheyWere(ahead: Int) throws {
    let data = try samples(100)
    let kept = try all(DataLoader(data.batches(of: 4), ahead: ahead, map: Self.noisy))
    for (number, batch) in kept.enumerated() {
      let whole = batch.images.doubles.map { $0.rounded(.down) }
      #expect(whole == (number * 12..<number * 12 + 12).map(Double.init))
    }
  }

  @Test(arguments: [-1, 1025])
  func impossibleNumbersAreRefused(ahead: Int) throws {
    let error = failure { _ = try DataLoader(samples(4).batches(of: 2), ahead: ahead) }
    #expect(error.code == .argument)
    #expect(
      error.message == "A loader can be from 0 to 1024 batches ahead, but \(ahead) was given.")
  }
}
