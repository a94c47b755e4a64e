import TidemillGraph

/// Checks of numbers that people choose.
enum OptionCheck {
  /// - Throws: `argument` where the condition does not hold, with what was expected and found.
  static func require(_ condition: Bool, _ what: String, _ found: Any) throws {
    guard condition else {
      throw TidemillError(.argument, "The \(what), but \(found) was given.")
    }
  }
}
