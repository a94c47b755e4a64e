import TidemillGraph

/// What a loader makes of bytes; `nil` where it refuses them as it should.
///
/// - Parameter lines: Lines that its sentence may have: a mark below a text takes two more.
/// - Throws: a finding where the error is no ``TidemillError``, or is one that nobody can act on.
func accepted<R>(lines: Int = 1, _ body: () throws -> R) throws -> R? {
  do {
    return try body()
  } catch let error as TidemillError {
    try check(error, lines: lines)
    return nil
  }
}

/// Characters that the sentence of an error may have: a few lines of a terminal.
private let longestMessage = 1_000

private func check(_ error: TidemillError, lines: Int) throws {
  let message = error.message
  // Errors of the engine's own making, and memory that was asked for without need.
  try require(
    error.code != .outOfMemory && error.code.rawValue != "internal-inconsistency",
    "refused with the code \(error.code.rawValue): \(message)")
  try require(
    message.utf8.contains { $0 > 0x20 }, "refused without a sentence: \(error.code.rawValue)")
  try require(
    message.unicodeScalars.count <= longestMessage,
    "refused with \(message.unicodeScalars.count) characters")
  try require(
    message.unicodeScalars.count { $0 == "\n" } < lines, "refused on too many lines: \(message)")
  try require(
    message.unicodeScalars.allSatisfy { $0 == "\n" || isShown($0) },
    "refused with what is not printable: \(message.debugDescription)")
}

private func isShown(_ scalar: Unicode.Scalar) -> Bool {
  if (0x20..<0x7f).contains(scalar.value) { return true }
  return switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator: false
  default: true
  }
}
