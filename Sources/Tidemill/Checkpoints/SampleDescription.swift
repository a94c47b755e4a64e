import CZlib
import TidemillGraph

/// The samples that a network was trained on, as far as others need to know.
public struct SampleDescription: Codable, Equatable, Sendable {
  /// What the data set is called.
  public let name: String
  /// How many there are, those for validation included.
  public let count: Int
  /// Rows of pixels of an image.
  public let imageHeight: Int
  /// Columns of pixels of an image.
  public let imageWidth: Int
  /// The number of classes.
  public let classes: Int
  /// What each class is called; empty where they have only numbers.
  public let classNames: [String]
  /// CRC-32 of all labels and pixels.
  public let checksum: UInt32

  /// Describes samples.
  ///
  /// - Parameter samples: All that training is given.
  public init(_ samples: Dataset) {
    name = samples.name
    count = samples.count
    imageHeight = samples.imageHeight
    imageWidth = samples.imageWidth
    classes = samples.classes
    classNames = samples.classNames ?? []
    checksum = Self.checksum([samples.labels, samples.images])
  }

  private static func checksum(_ tensors: [Tensor]) -> UInt32 {
    tensors.reduce(0) { sum, tensor in
      withExtendedLifetime(tensor) {
        let bytes = UnsafeRawBufferPointer(tensor.storage.bytes)
        // zlib counts 32 bits of bytes at a time.
        return stride(from: 0, to: bytes.count, by: 1 << 30).reduce(sum) { sum, start in
          let part = UnsafeRawBufferPointer(
            rebasing: bytes[start..<min(start + 1 << 30, bytes.count)])
          return UInt32(
            truncatingIfNeeded: crc32(
              uLong(sum), part.bindMemory(to: UInt8.self).baseAddress, uInt(part.count)))
        }
      }
    }
  }

  /// - Throws: `argument` with the first number that is out of range.
  func check() throws {
    for (name, number) in [
      ("number of samples", count), ("height of images", imageHeight),
      ("width of images", imageWidth), ("number of classes", classes),
    ] { try OptionCheck.require(number > 0, "\(name) must be 1 or more", number) }
    try OptionCheck.require(
      classNames.isEmpty || classNames.count == classes,
      "class names must be one for each of the \(classes) classes, or none", classNames.count)
  }

  /// - Throws: `data` where other samples are to be trained on than these.
  func check(_ given: SampleDescription) throws {
    let fits = given.count == count && given.checksum == checksum && given.classes == classes
    guard fits else {
      throw TidemillError(
        .data,
        "Training began with \(count) samples of '\(name.printable())', and can only go on with the same ones, "
          + "but \(given.count == count ? "others" : "\(given.count)") of '\(given.name)' were given."
      )
    }
  }
}
