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

  /// The choice of this name, with a size where it has one.
  ///
  /// - Throws: `ValidationError` where it has none, but one is given.
  func choice(size: Double?) throws -> InitializerChoice {
    switch self {
    case .orthogonal: return size.map { .orthogonal(gain: $0) } ?? .orthogonal()
    case .uniform: return size.map { .uniform(bound: $0) } ?? .uniform()
    case .normal: return size.map { .normal(deviation: $0) } ?? .normal()
    case .truncatedNormal: return size.map { .truncatedNormal(deviation: $0) } ?? .truncatedNormal()
    case .constant: return size.map { .constant(value: $0) } ?? .constant()
    case .he, .glorot, .leCun:
      guard size == nil else {
        throw ValidationError("--initial-size is for --initializer \(Self.withSize).")
      }
      return self == .he ? .he : self == .glorot ? .glorot : .leCun
    }
  }
}
