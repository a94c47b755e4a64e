/// How a classifier's gradients are made smaller; see ``GradientClipping``.
public struct ClippingChoice: Codable, Equatable, Sendable {
  /// What is bounded.
  public enum Rule: String, Codable, Sendable {
    /// The size of every element.
    case value
    /// The norm of all gradients together.
    case norm
  }

  /// What is bounded.
  public let rule: Rule
  /// The largest size or norm.
  public let bound: Double

  /// Every element to at most this size.
  public static func value(_ bound: Double) -> ClippingChoice {
    ClippingChoice(rule: .value, bound: bound)
  }

  /// All of them by one factor, to at most this norm.
  public static func norm(_ bound: Double) -> ClippingChoice {
    ClippingChoice(rule: .norm, bound: bound)
  }

  var clipping: GradientClipping {
    switch rule {
    case .value: .value(bound)
    case .norm: .globalNorm(bound)
    }
  }

  /// - Throws: `argument` where the bound is out of range.
  func check() throws {
    let what = rule == .value ? "gradient element" : "gradient norm"
    try OptionCheck.require(
      bound > 0 && bound.isFinite, "largest \(what) must be finite and more than 0", bound)
  }
}
