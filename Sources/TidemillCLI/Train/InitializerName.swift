import ArgumentParser
import Tidemill

/// Ways to draw weights as people type them.
enum InitializerName: String, ExpressibleByArgument, CaseIterable {
  case he
  case glorot
  case leCun = "lecun"
  case orthogonal
  case uniform
  case normal
  case truncatedNormal = "truncated-normal"
  case constant

  /// Those that have a size of their own.
  static let withSize = "orthogonal, uniform, normal, truncated-normal and constant"

  /// The initialiser of this name, with a size where it has one.
  ///
  /// - Throws: `ValidationError` where it has none, but one is given.
  func initializer(size: Double?) throws -> Initializer {
    switch self {
    case .orthogonal: return .orthogonal(gain: size ?? 1)
    case .uniform: return .uniform(bound: size ?? 0.05)
    case .normal: return .normal(deviation: size ?? 0.05)
    case .truncatedNormal: return .truncatedNormal(deviation: size ?? 0.05)
    case .constant: return .constant(size ?? 0)
    case .he, .glorot, .leCun:
      guard size == nil else {
        throw ValidationError("--initial-size is for --initializer \(Self.withSize).")
      }
      return self == .he ? .he : self == .glorot ? .glorot : .leCun
    }
  }
}
