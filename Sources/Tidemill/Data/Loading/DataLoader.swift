import TidemillGraph

/// Makes batches one by one, each mapped by a function, and the next ones on a thread of its own while
/// the caller works with the last.
///
/// ```swift
/// let batches = try digits.train.batches(of: 64, seed: 1, epoch: epoch)
/// let loader = try DataLoader(batches, ahead: 2) { batch in
///   try standardization.standardize(&batch.images)
/// }
/// while let batch = try loader.next() {
///   try session.run(batch.images, batch.labels, 0.05)
/// }
/// ```
///
/// Batches, their order and their bits are the same with and without a thread. Once the first few are
/// made nothing is allocated for a batch, but for a smaller last one, where the caller keeps no more
/// than two and the function changes tensors in place.
///
/// The thread is never more than `ahead` batches before the caller. It ends after the last batch, after
/// an error, and where the loader is released, which waits for the batch that is being made. Where the
/// system has no thread, the caller's makes the batches. A loader is used by one thread at a time.
public final class DataLoader {
  /// Changes a batch; called batch after batch. The number of samples must stay.
  ///
  /// Random changes should take their numbers from a ``SeededGenerator`` made for the batch, as with its
  /// `indices.startIndex` as stream: then they are the same wherever an epoch is resumed.
  public typealias Mapping = @Sendable (inout Batch) throws -> Void

  /// The batches, before they are mapped.
  public let batches: Batches
  private let maker: BatchMaker
  private let queue: BatchQueue
  private let thread: LoadingThread?
  /// Where the next batch begins, where there is no thread.
  private var position: Int
  /// Batches that the caller may still hold, the oldest first.
  private var lent: [Batch] = []

  /// As many batches are looked at whether they have come back: a caller that reads one batch ahead
  /// holds two.
  private static let mostLent = 2

  /// How often memory for a batch was allocated.
  package var allocations: Int { queue.allocations }
  /// What the thread works for: gone once the thread has ended and the loader is released.
  package var shared: AnyObject { queue }

  /// A loader at the first batch.
  ///
  /// - Parameters:
  ///   - batches: Which samples in which order, and where to begin.
  ///   - ahead: The most batches that wait for the caller; with 0 there is no thread.
  ///   - map: What is done to each batch.
  /// - Throws: `argument` where `ahead` is not from 0 to 1,024.
  public init(_ batches: Batches, ahead: Int = 2, map: Mapping? = nil) throws {
    guard (0...1024).contains(ahead) else {
      throw TidemillError(
        .argument, "A loader can be from 0 to 1024 batches ahead, but \(ahead) was given.")
    }
    self.batches = batches
    position = batches.start
    let maker = BatchMaker(batches: batches, map: map)
    let queue = BatchQueue(ahead: ahead, spare: ahead + Self.mostLent + 1)
    (self.maker, self.queue) = (maker, queue)
    lent.reserveCapacity(Self.mostLent)
    guard ahead > 0, let first = batches.indices(from: batches.start) else {
      thread = nil
      return
    }
    // Those that wait and the caller's own: later, whether one is missing would be a matter of time.
    queue.reserve(min(ahead + 1, batches.count), for: first, of: batches.dataset)
    thread = LoadingThread { maker.makeAll(for: queue) }
  }

  deinit {
    guard let thread, thread.isOfThisProcess else { return }
    queue.stop()
    thread.join()
  }

  /// The next batch, or `nil` after the last.
  ///
  /// - Throws: what the function throws for this batch, at its place: batches before it come first, and
  ///   after it there are none. `argument` where the function changed the number of samples, or where
  ///   this process is a fork of the one that made the loader, whose thread it has not.
  public func next() throws -> Batch? {
    reclaim()
    guard let batch = try thread.map({ try made(by: $0) }) ?? madeHere() else { return nil }
    if lent.count == Self.mostLent { lent.removeFirst() }
    lent.append(batch)
    return batch
  }

  private func made(by thread: LoadingThread) throws -> Batch? {
    guard thread.isOfThisProcess else {
      throw TidemillError(
        .argument, "A loader does not come along with a fork of its process: make another one.")
    }
    return try queue.take()
  }

  private func madeHere() throws -> Batch? {
    guard let indices = batches.indices(from: position) else { return nil }
    position = indices.endIndex
    var batch = queue.memory(for: indices, of: batches.dataset)
    do { try maker.finish(&batch, indices) } catch {
      position = batches.end
      throw error
    }
    return batch
  }

  /// Takes back the memory of batches that the caller has let go of. It is the caller's thread that
  /// looks, and the queue's lock hands the memory on to the other one.
  private func reclaim() {
    var index = 0
    while index < lent.count {
      if lent[index].isHeldOnce() { queue.giveBack(lent.remove(at: index)) } else { index += 1 }
    }
  }
}

/// Fills batches and maps them.
struct BatchMaker: Sendable {
  let batches: Batches
  let map: DataLoader.Mapping?

  /// What the loader's thread does.
  func makeAll(for queue: BatchQueue) {
    var position = batches.start
    while queue.waitForRoom(), let indices = batches.indices(from: position) {
      position = indices.endIndex
      var batch = queue.memory(for: indices, of: batches.dataset)
      do { try finish(&batch, indices) } catch {
        queue.finish(error)
        return
      }
      queue.put(consume batch)
    }
    queue.finish(nil)
  }

  /// Makes a batch in memory that nobody else looks at.
  ///
  /// - Throws: as ``DataLoader/next()``.
  func finish(_ batch: inout Batch, _ indices: ArraySlice<Int>) throws {
    batch.fill(with: indices, of: batches.dataset)
    guard let map else { return }
    try map(&batch)
    let images = batch.images.shape.dimensions.first ?? 0
    let labels = batch.labels.shape.dimensions.first ?? 0
    guard images == indices.count, labels == indices.count else {
      throw TidemillError(
        .argument,
        "A function was given a batch of \(indices.count) samples, and made \(images) images and "
          + "\(labels) labels of it: the number of samples must stay.")
    }
  }
}
