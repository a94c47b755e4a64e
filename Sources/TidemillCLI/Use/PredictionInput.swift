import Foundation
import Tidemill

/// Samples to tell the class of, from a file or from standard input.
struct PredictionInput {
  /// The numbers, as they were given.
  private let array: NPY
  private let name: String
  private let isPicture: Bool

  /// More than anybody sends through a pipe for this.
  private static let mostBytes = 1 << 30

  /// Reads samples.
  ///
  /// - Parameter path: An NPY file or a picture, which the first bytes tell, or `-` for standard input.
  /// - Throws: `file` where it cannot be read, or is neither.
  init(_ path: String) throws {
    name = path == "-" ? "standard input" : path
    let bytes =
      try path == "-"
      ? StandardInput.bytes(limit: Self.mostBytes)
      : FileReader.contents(of: path, limit: Self.mostBytes)
    isPicture = Picture.isKnown(bytes)
    if isPicture {
      let picture = try Picture(bytes: bytes, name: name)
      array = NPY(try picture.pixels.reshaped(to: [picture.height, picture.width]))
    } else if bytes.starts(with: NPY.magic) {
      array = try NPY(bytes: bytes, name: name)
    } else {
      throw TidemillError(
        .file,
        "\(name): is \(bytes.isEmpty ? "empty" : "of another format"): give an array as NPY, which "
          + "numpy.save writes, or a picture as PNG, PGM or PPM.")
    }
  }

  /// The samples as float32 of shape `[N, features]`.
  ///
  /// - Throws: `data` where shape or type is not that of samples such as were trained on, or a number is
  ///   not finite.
  func samples(for trained: SampleDescription) throws -> Tensor {
    let (height, width) = (trained.imageHeight, trained.imageWidth)
    let one = [[height * width], [height, width], [height, width, 1]]
    let given = array.tensor.shape.dimensions
    guard array.tensor.dtype != .bool,
      one.contains(given) || given.count > 1 && one.contains(Array(given.dropFirst()))
    else { throw misfit(trained) }
    let count = one.contains(given) ? 1 : given[0]
    let samples = try array.samples([count, height * width])
    try checkFinite(samples)
    return samples
  }

  private func checkFinite(_ samples: Tensor) throws {
    let place = try samples.withScalars(as: Float.self) { numbers in
      numbers.firstIndex { !$0.isFinite }
    }
    guard let place else { return }
    let (sample, feature) = place.quotientAndRemainder(dividingBy: samples.shape[1])
    let given = array.tensor.doubles[place]
    throw TidemillError(
      .data,
      "\(name): feature \(feature) of sample \(sample) is \(given)"
        + (given.isFinite ? ", more than float32 holds" : "") + ": give finite numbers.")
  }

  private func misfit(_ trained: SampleDescription) -> TidemillError {
    let (height, width) = (trained.imageHeight, trained.imageWidth)
    let isTable = height == 1
    let found =
      isPicture
      ? "is a picture of \(array.tensor.shape[1]) x \(array.tensor.shape[0]) pixels"
      : "holds \(array.elementName)\(array.tensor.shape)"
    let wanted = isTable ? "samples of \(width) features" : "images of \(width) x \(height) pixels"
    let advice =
      if isTable {
        "an NPY array float32[N, \(width)]"
      } else if isPicture {
        "a picture of \(width) x \(height) pixels"
      } else {
        "float32[N, \(height * width)] or float32[N, \(height), \(width)]"
      }
    return TidemillError(
      .data, "\(name): \(found), but the network was trained on \(wanted): give \(advice).")
  }
}
