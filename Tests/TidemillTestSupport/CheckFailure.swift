/// What a check of this module found wrong: a sentence with the seed and the element.
package struct CheckFailure: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}

/// The message of the error that `body` throws.
///
/// - Throws: `CheckFailure` where it throws nothing.
package func message<R>(of body: () throws -> R) throws -> String {
  do { _ = try body() } catch { return "\(error)" }
  throw CheckFailure("nothing was thrown")
}
