import TidemillGraph

/// How a classifier's weights are drawn; see ``Initializer``.
public enum InitializerChoice: Codable, Equatable, Sendable {
  /// ``Initializer/he``
  case he
  /// ``Initializer/glorot``
  case glorot
  /// ``Initializer/leCun``
  case leCun
  /// ``Initializer/orthogonal(gain:)``
  case orthogonal(gain: Double = 1)
  /// ``Initializer/uniform(bound:)``
  case uniform(bound: Double = 0.05)
  /// ``Initializer/normal(deviation:)``
  case normal(deviation: Double = 0.05)
  /// ``Initializer/truncatedNormal(deviation:)``
  case truncatedNormal(deviation: Double = 0.05)
  /// ``Initializer/constant(_:)``
  case constant(value: Double = 0)

  var initializer: Initializer {
    switch self {
    case .he: .he
    case .glorot: .glorot
    case .leCun: .leCun
    case .orthogonal(let gain): .orthogonal(gain: gain)
    case .uniform(let bound): .uniform(bound: bound)
    case .normal(let deviation): .normal(deviation: deviation)
    case .truncatedNormal(let deviation): .truncatedNormal(deviation: deviation)
    case .constant(let value): .constant(value)
    }
  }

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
