import TidemillGraph

/// What the units of a first layer look for: a picture with a tile for each unit.
///
/// A pixel of a tile is the weight from that pixel of the image: grey 128 is 0, white positive,
/// black negative. Each unit is scaled by its own largest weight. A line one pixel wide is between
/// tiles.
public struct FeaturePicture: Sendable {
  /// Pixels of a row of the picture.
  public let width: Int
  /// Rows of the picture.
  public let height: Int
  /// Pixels on a side that one weight takes.
  public let magnification: Int
  /// Shades from 0, black, to 255, white; row major from the top left.
  public let pixels: [UInt8]

  /// The shade of the lines between tiles and of places without a tile.
  package static let background: UInt8 = 64

  /// Draws a layer's weights.
  ///
  /// - Parameters:
  ///   - weights: float32 or float64, shape `[inputs, units]`.
  ///   - imageHeight: Rows of the image that the inputs are; `inputs = imageHeight·imageWidth`.
  ///   - imageWidth: Columns of that image.
  ///   - magnification: Pixels on a side for one weight; without it, so that tiles have 48 pixels
  ///     or a few more.
  /// - Throws: `argument` where shapes do not fit or the picture would have 2^28 pixels or more.
  public init(
    weights: Tensor, imageHeight: Int, imageWidth: Int, magnification: Int? = nil
  ) throws {
    let (inputs, overflow) = imageHeight.multipliedReportingOverflow(by: imageWidth)
    guard weights.dtype.isFloatingPoint, weights.shape.rank == 2, imageHeight > 0, imageWidth > 0,
      !overflow, inputs == weights.shape[0], weights.shape[1] > 0
    else {
      throw TidemillError(
        .argument,
        "A picture of features needs weights of shape [inputs, units] with an input for each of "
          + "\(imageHeight) x \(imageWidth) pixels, but they are \(weights.type).")
    }
    let layout = try Layout(
      units: weights.shape[1], imageHeight: imageHeight, imageWidth: imageWidth,
      magnification: magnification)
    width = layout.width
    height = layout.height
    self.magnification = layout.scale
    pixels = Self.draw(
      weights.doubles, units: weights.shape[1], columns: layout.columns, imageWidth: imageWidth,
      scale: layout.scale, picture: (width, height))
  }

  /// Where tiles are: known before there are weights.
  package struct Layout {
    let columns: Int
    let scale: Int
    let width: Int
    let height: Int

    /// Lays out tiles for `units` images of at least one pixel.
    ///
    /// - Throws: `argument` where the picture would have 2^28 pixels or more.
    package init(units: Int, imageHeight: Int, imageWidth: Int, magnification: Int? = nil) throws {
      let longest = max(imageHeight, imageWidth)
      scale = magnification ?? max(1, (48 + longest - 1) / longest)
      columns = Int(Double(units).squareRoot().rounded(.up))
      let rows = (units + columns - 1) / columns
      guard let width = FeaturePicture.side(columns, imageWidth, scale),
        let height = FeaturePicture.side(rows, imageHeight, scale), width * height < 1 << 28
      else {
        throw TidemillError(
          .argument,
          "A picture of \(units) features of \(imageHeight) x \(imageWidth) pixels, magnified "
            + "\(scale) times, is not possible: it must be magnified at least once and have fewer "
            + "than 2^28 pixels.")
      }
      self.width = width
      self.height = height
    }
  }

  /// Writes the picture as PNG: whole, or not at all and an old one survives.
  ///
  /// - Throws: `file`, with the path and the system's reason.
  public func write(to path: String) throws {
    try PNG.write(grey: pixels, width: width, height: height, to: path)
  }

  /// Pixels of `tiles` tiles in a row with lines between them, if they are fewer than 2^28.
  fileprivate static func side(_ tiles: Int, _ extent: Int, _ scale: Int) -> Int? {
    guard scale > 0 else { return nil }
    let (tile, tileOverflow) = extent.multipliedReportingOverflow(by: scale)
    let (all, overflow) = tiles.multipliedReportingOverflow(by: tile &+ 1)
    return tileOverflow || overflow || all - 1 >= 1 << 28 ? nil : all - 1
  }

  private static func draw(
    _ weights: [Double], units: Int, columns: Int, imageWidth: Int, scale: Int,
    picture: (width: Int, height: Int)
  ) -> [UInt8] {
    let imageHeight = weights.count / units / imageWidth
    var pixels = [UInt8](repeating: background, count: picture.width * picture.height)
    for unit in 0..<units {
      let feature = stride(from: unit, to: weights.count, by: units).map { weights[$0] }
      let largest = feature.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
      let top = unit / columns * (imageHeight * scale + 1)
      let left = unit % columns * (imageWidth * scale + 1)
      for y in 0..<imageHeight * scale {
        for x in 0..<imageWidth * scale {
          let weight = feature[y / scale * imageWidth + x / scale]
          pixels[(top + y) * picture.width + left + x] = shade(weight, largest: largest)
        }
      }
    }
    return pixels
  }

  /// 128 for 0 and for what is not a number, 255 for `largest` and above, 0 for `-largest` and
  /// below.
  private static func shade(_ weight: Double, largest: Double) -> UInt8 {
    guard !weight.isNaN, weight != 0 else { return 128 }
    let part = largest > 0 ? weight / largest : weight
    return UInt8((127.5 + 127.5 * min(max(part, -1), 1)).rounded())
  }
}
