/// What a comparison of symbolic gradients with differences found; see ``checkGradients(at:tolerance:step:seed:_:)``.
public struct GradientReport: Hashable, Sendable, CustomStringConvertible {
  /// An element whose derivatives differ.
  public struct Disagreement: Hashable, Sendable, CustomStringConvertible {
    /// The input's position.
    public let input: Int
    /// Where in the input: one number for each axis.
    public let index: [Int]
    /// The symbolic derivative.
    public let found: Double
    /// The derivative by differences.
    public let expected: Double

    /// A sentence with all four.
    public var description: String {
      "By input \(input), element \(index), the gradient is \(found), but differences give \(expected)."
    }
  }

  /// Where they differ by more than the tolerance, in the order of inputs and elements.
  public let disagreements: [Disagreement]
  /// How many derivatives were compared.
  public let checkedElements: Int

  /// Whether all derivatives agree.
  public var agrees: Bool { disagreements.isEmpty }

  /// One sentence, or one line for each disagreement.
  public var description: String {
    agrees
      ? "All \(checkedElements) derivatives agree."
      : disagreements.map(\.description).joined(separator: "\n")
  }
}
