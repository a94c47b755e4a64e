import TidemillGraph

extension TidemillError.Code {
  /// A data set is unknown, missing, or holds what it must not: labels out of range, sizes that
  /// differ.
  public static let data = Self("data")
}
