extension Initializer {
  /// - Throws: `argument` where its number is out of range.
  func check() throws {
    switch self {
    case .he, .glorot, .leCun: break
    case .orthogonal(let size), .uniform(let size), .normal(let size), .truncatedNormal(let size):
      try OptionCheck.require(
        size > 0 && Float(size).isFinite,
        "size of initial weights must be finite as a float32 and more than 0", size)
    case .constant(let value):
      try OptionCheck.require(
        Float(value).isFinite, "initial value of weights must be finite as a float32", value)
    }
  }
}
