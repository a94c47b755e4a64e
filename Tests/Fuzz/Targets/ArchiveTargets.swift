import Tidemill

extension FuzzTarget {
  /// NPZ files: arrays have names of their own, no more bytes than are allowed, and are written and
  /// read again with the same bits.
  static let npz = FuzzTarget("npz") { bytes in
    let limit = 1 << 16
    guard let read = try accepted({ try NPZ(bytes: bytes, name: "f", limit: limit) }) else {
      return
    }
    try require(Set(read.arrays.map(\.name)).count == read.arrays.count, "a name twice")
    // Elements of a file may be narrower than those of the tensor, by 8 bytes to 1 at most.
    let size = read.arrays.reduce(0) { $0 + $1.tensor.storage.byteCount }
    try require(size <= 8 * limit, "\(size) bytes, and \(limit) are allowed")
    for (_, tensor) in read.arrays {
      let file =
        try NPY(tensor).header() + withExtendedLifetime(tensor) { Array(tensor.storage.bytes) }
      let again = try NPY(bytes: file, name: "f")
      try require(again.tensor.hasSameBits(as: tensor), "other bits when read again")
    }
  }

  /// Pictures: as many numbers as pixels and channels, each from 0 to 1; as a grey PNG with 256 steps
  /// the picture keeps each step.
  static let picture = FuzzTarget("picture") { bytes in
    let limit = 1 << 14
    for channels in Picture.Channels.allCases {
      let read = try accepted {
        try Picture(bytes: bytes, name: "f", channels: channels, limit: limit)
      }
      guard let read else { return }
      try require(read.pixels.shape == [read.height, read.width, channels.count], "another shape")
      try require(read.height * read.width <= limit, "more pixels than are allowed")
      let numbers = try read.pixels.withScalars(as: Float.self, Array.init)
      try require(numbers.allSatisfy { (0...1).contains($0) }, "a number that is not from 0 to 1")
      guard channels == .grey, !numbers.isEmpty else { continue }
      let grey = numbers.map { UInt8(($0 * 255).rounded()) }
      let written = try PNG.encode(grey: grey, width: read.width, height: read.height)
      let again = try Picture(bytes: written, name: "f", limit: limit).pixels
      let steps = try again.withScalars(as: Float.self) { $0.map { UInt8(($0 * 255).rounded()) } }
      try require(steps == grey, "other steps of grey when read again")
    }
  }
}
