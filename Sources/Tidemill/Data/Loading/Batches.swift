import TidemillGraph

/// All samples of a data set, batch by batch; the last batch may be smaller.
///
/// ```swift
/// let batches = try digits.train.batches(of: 64, seed: 1, epoch: 3)
/// for batch in batches.droppingSmallerLast() { … }
/// for batch in try batches.starting(at: 640) { … }       // goes on in the middle of an epoch
/// ```
public struct Batches: Sequence, Sendable {
  /// The data set.
  public let dataset: Dataset
  /// Samples in each batch but the last.
  public let size: Int
  /// How many samples of the order are left out at the beginning.
  public private(set) var start = 0
  private let order: [Int]
  private var dropsSmallerLast = false

  fileprivate init(dataset: Dataset, size: Int, order: [Int]) throws {
    guard size > 0 else {
      throw TidemillError(.argument, "The batch size must be at least 1, but is \(size).")
    }
    self.dataset = dataset
    self.size = size
    self.order = order
  }

  /// The end of the last batch in the order.
  var end: Int {
    dropsSmallerLast ? start + (order.count - start) / size * size : order.count
  }

  /// The number of batches, the last smaller one included.
  public var count: Int { end <= start ? 0 : (end - start - 1) / size + 1 }

  /// The number of batches.
  public var underestimatedCount: Int { count }

  /// The same batches from a sample on: what is left of an epoch of which `sample` samples are done.
  ///
  /// - Parameter sample: A position in the order, as the end of the last batch's `indices`.
  /// - Throws: `argument` where the data set has fewer samples.
  public func starting(at sample: Int) throws -> Batches {
    guard (0...order.count).contains(sample) else {
      throw TidemillError(
        .argument,
        "Batches of \(dataset.name) can start at sample 0 to \(order.count), but \(sample) was given."
      )
    }
    var result = self
    result.start = sample
    return result
  }

  /// The same batches but for a smaller last one.
  public func droppingSmallerLast() -> Batches {
    var result = self
    result.dropsSmallerLast = true
    return result
  }

  /// Where the batch is that begins at a position of the order; `nil` after the last.
  func indices(from position: Int) -> ArraySlice<Int>? {
    position < end ? order[position..<position + Swift.min(size, end - position)] : nil
  }

  /// Starts from the first batch.
  public func makeIterator() -> Iterator { Iterator(self) }

  /// Makes one batch at a time.
  ///
  /// A batch's memory is used again once the caller has let go of it, so a loop that keeps none or
  /// one batch allocates for the first batches and for a smaller last one, and nothing in between.
  public struct Iterator: IteratorProtocol {
    private let batches: Batches
    private var position: Int
    /// Two serve a caller that reads one batch ahead.
    private var slots: [Batch] = []
    private var oldest = 0

    /// How often memory for a batch was allocated.
    package private(set) var allocations = 0

    fileprivate init(_ batches: Batches) { (self.batches, position) = (batches, batches.start) }

    /// The next batch, or `nil` after the last.
    public mutating func next() -> Batch? {
      guard let indices = batches.indices(from: position) else { return nil }
      position = indices.endIndex
      guard indices.count == batches.size else {
        allocations += 1
        var batch = Batch(of: batches.dataset, indices)
        batch.fill(with: indices, of: batches.dataset)
        return batch
      }
      let slot = freeSlot(indices)
      slots[slot].fill(with: indices, of: batches.dataset)
      return slots[slot]
    }

    /// Memory that nobody else looks at.
    private mutating func freeSlot(_ indices: ArraySlice<Int>) -> Int {
      for slot in slots.indices where slots[slot].isHeldOnce() { return slot }
      allocations += 1
      let batch = Batch(of: batches.dataset, indices)
      if slots.count < 2 {
        slots.append(batch)
        return slots.count - 1
      }
      defer { oldest = 1 - oldest }
      slots[oldest] = batch
      return oldest
    }
  }
}

extension Dataset {
  /// The samples in an order that a seed and an epoch stand for.
  ///
  /// - Parameters:
  ///   - size: Samples in a batch; the last one may have fewer.
  ///   - seed: The same seed gives the same orders on every machine.
  ///   - epoch: Each epoch has an order of its own.
  /// - Throws: `argument` where the size is not positive.
  public func batches(of size: Int, seed: UInt64, epoch: Int = 0) throws -> Batches {
    let stream = UInt64(bitPattern: Int64(epoch))
    var generator = SeededGenerator(seed: seed, stream: stream)
    return try Batches(dataset: self, size: size, order: generator.shuffled(count))
  }

  /// The samples as they are ordered, to evaluate a network.
  ///
  /// - Parameter size: Samples in a batch; the last one may have fewer.
  /// - Throws: `argument` where the size is not positive.
  public func batches(of size: Int) throws -> Batches {
    try Batches(dataset: self, size: size, order: Array(0..<count))
  }
}
