import CPNG
import TidemillGraph

extension PNG {
  /// What a file begins with.
  package static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  /// Deflate makes at most this many bytes of one (zlib's technical details).
  private static let largestRatio = 1032

  /// Takes the bytes of a file of any depth and colour type.
  ///
  /// - Parameters:
  ///   - bytes: All of them; what follows the end of the picture is not looked at.
  ///   - name: What errors call the file.
  ///   - limit: The most pixels.
  /// - Throws: `file` where the bytes are no PNG, are damaged or truncated, or have too many pixels.
  package static func decode(
    _ bytes: [UInt8], name: String, limit: Int = Picture.usualLimit
  ) throws -> PictureSamples {
    var header = cpng_header()
    try check(name) { cpng_read_header(bytes, bytes.count, &header, $0) }
    let (width, height) = (Int(header.width), Int(header.height))
    try checkPixels(width: width, height: height, limit: limit, name: name)
    // Eight pixels of one bit are a byte: less than that cannot unpack to the whole picture.
    guard width * height / 8 <= bytes.count * largestRatio else {
      throw failure(
        name, "it claims \(width) x \(height) pixels, but its \(bytes.count) bytes cannot hold them"
      )
    }
    let channels = Int(header.channels)
    let values = try [UInt16](unsafeUninitializedCapacity: width * height * channels) {
      target, count in
      try check(name) {
        cpng_read_pixels(bytes, bytes.count, target.baseAddress, target.count, $0)
      }
      count = target.count
    }
    return PictureSamples(
      width: width, height: height, channels: channels, maximum: .max, values: values)
  }

  /// Calls libpng and throws its reason where it fails.
  private static func check(
    _ name: String, _ call: (UnsafeMutablePointer<CChar>?) -> Bool
  ) throws {
    var message = [CChar](repeating: 0, count: Int(CPNG_MESSAGE_SIZE))
    guard call(&message) else {
      let reason = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw failure(name, String(decoding: reason, as: UTF8.self))
    }
  }

  private static func failure(_ name: String, _ reason: String) -> TidemillError {
    TidemillError(.file, "\(name): is no valid PNG file: \(reason).")
  }
}
