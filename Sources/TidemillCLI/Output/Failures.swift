import Foundation
import Tidemill

/// Errors that came up while there was still something to do, to be told at the end.
struct Failures {
  private var errors: [any Error] = []

  /// Whether there were none.
  var isEmpty: Bool { errors.isEmpty }

  /// A line for each error.
  var message: String {
    errors.map { ($0 as? TidemillError)?.message ?? $0.localizedDescription }
      .joined(separator: "\n")
  }

  /// Keeps an error.
  mutating func append(_ error: any Error) { errors.append(error) }

  /// Does something, and goes on where it fails.
  ///
  /// - Returns: Whether it was done.
  @discardableResult
  mutating func attempt(_ body: () throws -> Void) -> Bool {
    do {
      try body()
      return true
    } catch {
      append(error)
      return false
    }
  }

  /// Throws what has come up, if anything has.
  func check() throws {
    if !isEmpty { throw TidemillError(.file, message) }
  }
}
