import ArgumentParser
import Tidemill

/// A memory budget as people type it: `64MiB`, `40%` of the arena, `smallest` or `unlimited`.
package enum BudgetText {
  /// Reads a budget.
  ///
  /// - Throws: `ValidationError`, with the forms there are.
  package static func parse(_ text: String) throws -> MemoryBudget {
    switch text.lowercased() {
    case "smallest": return .smallest
    case "unlimited": return .unlimited
    default: break
    }
    if text.hasSuffix("%") {
      guard let percent = Double(text.dropLast()), percent >= 0, percent <= 100 else {
        throw ValidationError("give a share of the arena from 0% to 100%.")
      }
      return .fractionOfPeak(percent / 100)
    }
    do { return .bytes(try ByteSize.parse(text)) } catch {
      throw ValidationError(
        "give bytes like 64MiB, a share of the arena like 40%, smallest or unlimited.")
    }
  }
}
