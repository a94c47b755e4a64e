import TidemillGraph

/// Samples that go through a network together.
public struct Batch: Sendable {
  /// Pixels, float32 of shape `[count, features]`.
  public let images: Tensor
  /// Classes, int32 of shape `[count]`.
  public let labels: Tensor
  /// Which samples of the data set these are.
  public let indices: ArraySlice<Int>

  /// The number of samples.
  public var count: Int { indices.count }
}

/// All samples of a data set, batch by batch; the last batch may be smaller.
public struct Batches: Sequence, Sendable {
  /// The data set.
  public let dataset: Dataset
  /// Samples in each batch but the last.
  public let size: Int
  private let order: [Int]

  fileprivate init(dataset: Dataset, size: Int, order: [Int]) throws {
    guard size > 0 else {
      throw TidemillError(.argument, "The batch size must be at least 1, but is \(size).")
    }
    self.dataset = dataset
    self.size = size
    self.order = order
  }

  /// The number of batches, the last smaller one included.
  public var count: Int { order.isEmpty ? 0 : (order.count - 1) / size + 1 }

  /// The number of batches.
  public var underestimatedCount: Int { count }

  /// Starts from the first batch.
  public func makeIterator() -> Iterator {
    Iterator(dataset: dataset, size: Swift.min(size, order.count), order: order)
  }

  /// Makes one batch at a time.
  ///
  /// A batch's memory is used again once the caller has let go of it, so a loop that keeps none or
  /// one batch allocates for the first batches and for a smaller last one, and nothing in between.
  public struct Iterator: IteratorProtocol {
    private let dataset: Dataset
    private let size: Int
    private let order: [Int]
    private let imagesType: TensorType
    private let labelsType: TensorType
    private var position = 0
    private var slots: [Slot] = []
    private var oldest = 0

    /// How often memory for a batch was allocated.
    package private(set) var allocations = 0

    fileprivate init(dataset: Dataset, size: Int, order: [Int]) {
      self.dataset = dataset
      self.size = size
      self.order = order
      imagesType = TensorType([size, dataset.features])
      labelsType = TensorType([size], .int32)
    }

    /// The next batch, or `nil` after the last.
    public mutating func next() -> Batch? {
      guard position < order.count else { return nil }
      let indices = order[position..<Swift.min(position + size, order.count)]
      position += indices.count
      guard indices.count == size else {
        allocations += 1
        let images = TensorType([indices.count, dataset.features])
        let labels = TensorType([indices.count], .int32)
        return fill(Slot(images, labels), with: indices, images, labels)
      }
      // Before the call: as its argument it would run while a copy of self keeps all slots in use.
      let slot = freeSlot()
      return fill(slot, with: indices, imagesType, labelsType)
    }

    private func fill(
      _ slot: Slot, with indices: ArraySlice<Int>, _ images: TensorType, _ labels: TensorType
    ) -> Batch {
      dataset.copyRows(indices, images: slot.images, labels: slot.labels)
      return Batch(
        images: Tensor(type: images, storage: slot.images),
        labels: Tensor(type: labels, storage: slot.labels), indices: indices)
    }

    /// Memory that nobody else looks at. Two slots serve a caller that reads one batch ahead.
    private mutating func freeSlot() -> Slot {
      for index in slots.indices where slots[index].isFree() { return slots[index] }
      allocations += 1
      let slot = Slot(imagesType, labelsType)
      if slots.count < 2 {
        slots.append(slot)
      } else {
        slots[oldest] = slot
        oldest = 1 - oldest
      }
      return slot
    }
  }

  /// The memory of one batch.
  fileprivate struct Slot {
    var images: TensorStorage
    var labels: TensorStorage

    init(_ images: TensorType, _ labels: TensorType) {
      self.images = TensorStorage(small: images.byteCount)
      self.labels = TensorStorage(small: labels.byteCount)
    }

    mutating func isFree() -> Bool {
      isKnownUniquelyReferenced(&images) && isKnownUniquelyReferenced(&labels)
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
