import TidemillGraph

/// The pixels of a picture in a file: PNG, PGM or PPM, told by its first bytes.
///
/// ```swift
/// let digit = try Picture(path: "seven.png").pixels      // float32[28, 28, 1], 0 black, 1 white
/// let photo = try Picture(path: "cat.png", channels: .rgb).pixels
/// ```
///
/// PNG in every form: 1 to 16 bits, grey, palette or RGB, with or without alpha, interlaced or not.
/// PGM and PPM as text or as bytes (P2, P3, P5, P6), with a largest value up to 65535.
///
/// Numbers are those of the file divided by the largest possible one: nothing is done about gamma, and
/// transparency is not mixed with a background. Grey is made from colours as luma, by the weights of
/// ITU-R BT.601 that Pillow uses: `0.299·R + 0.587·G + 0.114·B`.
public struct Picture: Sendable {
  /// What is wanted of each pixel.
  public enum Channels: Sendable, CaseIterable {
    /// One number; the luma of colours; alpha is left out.
    case grey
    /// Red, green and blue, the same three for grey; alpha is left out.
    case rgb
    /// Red, green, blue and alpha, which is 1 where a file has none.
    case rgba

    /// How many numbers a pixel has.
    public var count: Int {
      switch self {
      case .grey: 1
      case .rgb: 3
      case .rgba: 4
      }
    }
  }

  /// Pixels that are read unless told otherwise: a small file can claim to be huge.
  public static let usualLimit = 1 << 26

  /// float32 of shape `[height, width, channels]`, each from 0 to 1, from the top left.
  public let pixels: Tensor

  /// Rows of pixels.
  public var height: Int { pixels.shape[0] }
  /// Pixels of a row.
  public var width: Int { pixels.shape[1] }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - channels: What is wanted of each pixel.
  ///   - limit: The most pixels; a file with more is refused before memory for them is asked for.
  /// - Throws: `file` where the file cannot be read, is of no known format, is damaged or has too many
  ///   pixels: the error names the path and what is wrong.
  public init(path: String, channels: Channels = .grey, limit: Int = usualLimit) throws {
    try self.init(
      bytes: FileReader.contents(of: path), name: path, channels: channels, limit: limit)
  }

  /// Whether a file begins as one of a format that can be read.
  package static func isKnown(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: PNG.signature) || PNM.isPNM(bytes)
  }

  /// Takes the bytes of a file.
  ///
  /// - Parameter name: What errors call it.
  /// - Throws: `file`, as ``init(path:channels:limit:)``.
  package init(
    bytes: [UInt8], name: String, channels: Channels = .grey, limit: Int = usualLimit
  ) throws {
    let samples =
      if bytes.starts(with: PNG.signature) {
        try PNG.decode(bytes, name: name, limit: limit)
      } else if PNM.isPNM(bytes) {
        try PNM.decode(bytes, name: name, limit: limit)
      } else {
        throw TidemillError(
          .file, "\(name): is no picture that can be read: it begins neither like PNG, PGM nor PPM."
        )
      }
    pixels = try samples.tensor(channels)
  }
}
