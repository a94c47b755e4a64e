import TidemillGraph

/// Images and what they show.
///
/// ```swift
/// let digits = try Digits.load()
/// for batch in try digits.train.batches(of: 64, seed: 1) {
///   print(try session.run(batch.images, batch.labels, 0.05))
/// }
/// ```
public struct Dataset: Sendable {
  /// What it is called: `digits`.
  public let name: String
  /// Pixels, float32 of shape `[N, features]`, row major inside an image.
  public let images: Tensor
  /// The class of each image, int32 of shape `[N]`, from 0 up to but without ``classes``.
  public let labels: Tensor
  /// The number of classes.
  public let classes: Int
  /// Rows of pixels of an image.
  public let imageHeight: Int
  /// Columns of pixels of an image.
  public let imageWidth: Int
  /// What the classes are called, one name for each, where they have names.
  public let classNames: [String]?

  /// A data set of given images and labels.
  ///
  /// - Parameters:
  ///   - name: What it is called in messages.
  ///   - images: float32, shape `[N, imageHeight·imageWidth]`.
  ///   - labels: int32, shape `[N]`.
  ///   - classes: The number of classes; every label is less.
  ///   - imageHeight: Rows of pixels of an image.
  ///   - imageWidth: Columns of pixels of an image.
  ///   - classNames: What the classes are called, one name for each.
  /// - Throws: `data` where types, shapes or counts do not fit, or a label is out of range: the
  ///   error names the sample, its label and the range.
  public init(
    name: String, images: Tensor, labels: Tensor, classes: Int, imageHeight: Int, imageWidth: Int,
    classNames: [String]? = nil
  ) throws {
    self.name = name
    self.images = images
    self.labels = labels
    self.classes = classes
    self.imageHeight = imageHeight
    self.imageWidth = imageWidth
    self.classNames = classNames
    try checkShapes()
    try checkLabels()
  }

  /// The number of samples, N.
  public var count: Int { labels.count }

  /// The number of pixels of an image.
  public var features: Int { images.shape[1] }

  /// One image, float32 of shape `[1, features]`.
  ///
  /// - Throws: `data` where there is no such sample.
  public func image(_ sample: Int) throws -> Tensor {
    try check(sample)
    return try images.slice(sample..<sample + 1)
  }

  /// The class of one image.
  ///
  /// - Throws: `data` where there is no such sample.
  public func label(_ sample: Int) throws -> Int {
    try check(sample)
    return try labels.withScalars(as: Int32.self) { Int($0[sample]) }
  }

  /// The samples at these places, copied, in this order.
  ///
  /// - Throws: `data` where there is no such sample.
  public func selecting(_ samples: some Collection<Int>) throws -> Dataset {
    for sample in samples { try check(sample) }
    let images = try TensorStorage(byteCount: samples.count * features * MemoryLayout<Float>.size)
    let labels = try TensorStorage(byteCount: samples.count * MemoryLayout<Int32>.size)
    copyRows(samples, images: images, labels: labels)
    return try replacing(
      images: Tensor(type: TensorType([samples.count, features]), storage: images),
      labels: Tensor(type: TensorType([samples.count], .int32), storage: labels))
  }

  /// Other samples of the same kind.
  func replacing(images: Tensor, labels: Tensor) throws -> Dataset {
    try Dataset(
      name: name, images: images, labels: labels, classes: classes, imageHeight: imageHeight,
      imageWidth: imageWidth, classNames: classNames)
  }

  /// Copies samples one after the other; they must exist, and the memory be large enough.
  func copyRows(
    _ samples: some Collection<Int>, images target: TensorStorage,
    labels targetLabels: TensorStorage
  ) {
    let row = features * MemoryLayout<Float>.size
    let source = UnsafeRawBufferPointer(images.storage.bytes)
    let sourceLabels = labels.storage.bytes.bindMemory(to: Int32.self)
    let rowLabels = targetLabels.bytes.bindMemory(to: Int32.self)
    withExtendedLifetime((images, labels, target, targetLabels)) {
      for (position, sample) in samples.enumerated() {
        UnsafeMutableRawBufferPointer(rebasing: target.bytes[position * row..<(position + 1) * row])
          .copyMemory(from: .init(rebasing: source[sample * row..<(sample + 1) * row]))
        rowLabels[position] = sourceLabels[sample]
      }
    }
  }

  private func check(_ sample: Int) throws {
    guard sample >= 0 && sample < count else {
      throw TidemillError(.data, "\(name) has no sample \(sample): it has \(count), from 0 on.")
    }
  }

  private func checkShapes() throws {
    guard images.dtype == .float32, images.shape.rank == 2 else {
      throw TidemillError(
        .data, "\(name): images must be float32[N, features], but are \(images.type).")
    }
    guard labels.dtype == .int32, labels.shape.rank == 1 else {
      throw TidemillError(.data, "\(name): labels must be int32[N], but are \(labels.type).")
    }
    guard images.shape[0] == labels.shape[0] else {
      throw TidemillError(
        .data,
        "\(name): there are \(images.shape[0]) images, but \(labels.shape[0]) labels. "
          + "Each image needs one label.")
    }
    let (pixels, overflow) = imageHeight.multipliedReportingOverflow(by: imageWidth)
    guard imageHeight > 0, imageWidth > 0, !overflow, pixels == images.shape[1] else {
      throw TidemillError(
        .data,
        "\(name): an image of \(imageHeight) x \(imageWidth) pixels does not have the "
          + "\(images.shape[1]) features of \(images.type).")
    }
    guard classes > 0 else {
      throw TidemillError(.data, "\(name): there must be at least 1 class, not \(classes).")
    }
    guard classNames.map({ $0.count == classes }) ?? true else {
      throw TidemillError(
        .data,
        "\(name): there are \(classNames?.count ?? 0) names for \(classes) classes. Each class needs "
          + "one name.")
    }
  }

  private func checkLabels() throws {
    try labels.withScalars(as: Int32.self) { labels in
      guard let sample = labels.firstIndex(where: { $0 < 0 || Int($0) >= classes }) else { return }
      let range = labels[sample] < 0 ? "0 or more" : "from 0 to \(classes - 1)"
      throw TidemillError(
        .data,
        "\(name): the label of sample \(sample) is \(labels[sample]), but labels must be \(range).")
    }
  }
}
