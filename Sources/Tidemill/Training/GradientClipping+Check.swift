extension GradientClipping {
  /// - Throws: `argument` where the bound is out of range.
  func check() throws {
    let what = rule == .value ? "gradient element" : "gradient norm"
    try OptionCheck.require(
      bound > 0 && bound.isFinite, "largest \(what) must be finite and more than 0", bound)
  }
}
