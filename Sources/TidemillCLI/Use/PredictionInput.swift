import Foundation
import Tidemill

/// Samples to tell the class of, from a file or from standard input.
struct PredictionInput {
  /// The tensor, as it was given.
  private let tensor: Tensor
  private let name: String

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
      ? Self.standardInput() : FileReader.contents(of: path, limit: Self.mostBytes)
    if bytes.starts(with: NPY.magic) {
      tensor = try NPY(bytes: bytes, name: name).tensor
    } else {
      let picture = try Picture(bytes: bytes, name: name)
      tensor = try picture.pixels.reshaped(to: [picture.height, picture.width])
    }
  }

  private static func standardInput() throws -> [UInt8] {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= mostBytes {
      let count = read(STDIN_FILENO, &part, part.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw TidemillError(
          .file, "Standard input cannot be read: \(String(cString: strerror(errno))).")
      }
      if count == 0 { return bytes }
      bytes += part[..<count]
    }
    throw TidemillError(.file, "Standard input has more than \(mostBytes) bytes: use a file.")
  }

  /// The samples as float32 of shape `[N, features]`.
  ///
  /// - Throws: `data` where shape or type is not that of samples such as were trained on.
  func samples(for trained: SampleDescription) throws -> Tensor {
    let (height, width) = (trained.imageHeight, trained.imageWidth)
    let one = [[height * width], [height, width]]
    let given = tensor.shape.dimensions
    guard tensor.dtype.isFloatingPoint,
      one.contains(given) || given.count > 1 && one.contains(Array(given.dropFirst()))
    else {
      throw TidemillError(
        .data,
        "\(name): holds \(tensor.type), but the network was trained on images of \(height) x "
          + "\(width) pixels: give float32[N, \(height * width)] or float32[N, \(height), \(width)]."
      )
    }
    let count = one.contains(given) ? 1 : given[0]
    let floats = tensor.dtype == .float32 ? tensor : try Tensor(tensor.doubles.map { Float($0) })
    return try floats.reshaped(to: [count, height * width])
  }
}
