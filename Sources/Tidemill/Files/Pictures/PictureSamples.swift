import TidemillGraph

/// The numbers of a picture as its file has them.
package struct PictureSamples {
  package let width: Int
  package let height: Int
  /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.
  package let channels: Int
  /// What stands for white; at least 1.
  package let maximum: UInt16
  /// `width·height·channels` numbers, row major from the top left, none above `maximum`.
  package let values: [UInt16]

  /// float32 of shape `[height, width, wanted]`, from 0 to 1.
  func tensor(_ wanted: Picture.Channels) throws -> Tensor {
    var result = try Tensor(zeros: [height, width, wanted.count])
    try result.withMutableScalars(as: Float.self) { target in
      var place = 0
      for pixel in stride(from: 0, to: values.count, by: channels) {
        let red = part(pixel)
        let (green, blue) = channels < 3 ? (red, red) : (part(pixel + 1), part(pixel + 2))
        if wanted == .grey {
          target[place] = channels < 3 ? red : luma(red, green, blue)
        } else {
          (target[place], target[place + 1], target[place + 2]) = (red, green, blue)
        }
        if wanted == .rgba {
          target[place + 3] = channels % 2 == 0 ? part(pixel + channels - 1) : 1
        }
        place += wanted.count
      }
    }
    return result
  }

  private func part(_ place: Int) -> Float { Float(values[place]) / Float(maximum) }

  /// In float64 and rounded once, so that equal colours give their own value.
  private func luma(_ red: Float, _ green: Float, _ blue: Float) -> Float {
    if red == green && green == blue { return red }
    return Float(0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue))
  }
}

/// Whether a picture of these sizes has at most `limit` pixels.
///
/// - Throws: `file`, with the sizes.
func checkPixels(width: Int, height: Int, limit: Int, name: String) throws {
  let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
  // Whatever the limit, the bytes of so many pixels can still be counted.
  let limit = min(limit, 1 << 40)
  guard !overflow, pixels <= limit else {
    throw TidemillError(
      .file, "\(name): has \(width) x \(height) pixels, and no more than \(limit) are read.")
  }
}
