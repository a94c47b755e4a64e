import TidemillGraph

/// Samples that go through a network together.
public struct Batch: Sendable {
  /// Pixels, float32 of shape `[count, features]`.
  public var images: Tensor
  /// Classes, int32 of shape `[count]`.
  public var labels: Tensor
  /// Which samples of the data set these are; positions are those in the order of the epoch.
  public internal(set) var indices: ArraySlice<Int>

  /// The number of samples.
  public var count: Int { indices.count }

  /// Memory for samples of a data set.
  init(of dataset: Dataset, _ indices: ArraySlice<Int>) {
    let images = TensorType([indices.count, dataset.features])
    let labels = TensorType([indices.count], .int32)
    self.images = Tensor(type: images, storage: TensorStorage(small: images.byteCount))
    self.labels = Tensor(type: labels, storage: TensorStorage(small: labels.byteCount))
    self.indices = indices
  }

  /// Whether `count` samples of a data set fit exactly.
  func hasRoom(for count: Int, of dataset: Dataset) -> Bool {
    images.dtype == .float32 && images.shape.rank == 2 && images.shape[0] == count
      && images.shape[1] == dataset.features && labels.dtype == .int32 && labels.shape.rank == 1
      && labels.shape[0] == count
  }

  /// Copies samples into memory that has room for them, and that nobody else looks at.
  mutating func fill(with indices: ArraySlice<Int>, of dataset: Dataset) {
    dataset.copyRows(indices, images: images.storage, labels: labels.storage)
    self.indices = indices
  }

  /// Whether nobody else holds the memory.
  mutating func isHeldOnce() -> Bool { images.isHeldOnce() && labels.isHeldOnce() }
}
