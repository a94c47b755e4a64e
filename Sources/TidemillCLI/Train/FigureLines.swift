import Tidemill

extension StepFigures {
  /// For people: a heading, then each layer's number, in lines of at most 78 characters.
  var lines: [String] {
    Self.wrapped(
      "gradient norms", gradientNorms.map { "\($0.layer): \(NumberText.significant($0.value))" })
      + Self.wrapped(
        "zero shares", zeroShares.map { "\($0.layer): \(NumberText.percent($0.value))" })
  }

  private static func wrapped(_ heading: String, _ parts: [String]) -> [String] {
    let indentation = String(repeating: " ", count: 16)
    var lines: [String] = []
    for part in parts {
      if let last = lines.last, last.count + 2 + part.count <= 78 {
        lines[lines.count - 1] = last + "  " + part
      } else {
        let start = heading + indentation.dropFirst(heading.count)
        lines.append((lines.isEmpty ? start : indentation) + part)
      }
    }
    return lines
  }
}
