import TidemillGraph

extension TidemillError.Code {
  /// A file cannot be read or written, or is not in the format it should be.
  public static let file = Self("file")
}
