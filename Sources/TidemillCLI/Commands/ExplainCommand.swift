import ArgumentParser
import Tidemill

/// `tidemill explain EXPRESSION`
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Works out a formula and its gradients, node by node.",
    usage: "tidemill explain <expression> [<options>]",
    discussion: """
      Example: tidemill explain 'max(1 - (w*x)*y, 0)' --at w=0.5,x=2,y=1

      Numbers, names, + - * / ^, @ for the product of matrices, parentheses, [1, 2] and \
      [[1, 2], [3, 4]]; the result must be a scalar. A row is a node: its value, and the gradient \
      of the result with respect to it, in float64. JSON has all digits, and null for what is not \
      finite. Functions:
      \(Self.functions)
      """)

  @Argument(help: "The formula; where it starts with a minus, with a space before that.")
  var expression: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The values of its names: w=0.5,x=[1,2].", valueName: "values"))
  var at = ""

  @Option(
    help: ArgumentHelp("Writes the graph for Graphviz; - for standard output.", valueName: "file"))
  var dot: String?

  @Option(
    help: ArgumentHelp(
      "Draws the graph, values above and gradients below; - for standard output.",
      valueName: "file.svg"))
  var svg: String?

  @OptionGroup var format: FormatOption

  private static let standardOutput = "-"
  private static let functions =
    "  " + ExpressionFunction.all.map(\.name).sorted().joined(separator: " ")

  func validate() throws {
    let outputs = [dot, svg].count { $0 == Self.standardOutput }
    guard outputs + (format.format == .json ? 1 : 0) <= 1 else {
      throw ValidationError(
        "Standard output can have one of --dot -, --svg - and --format json; name a file.")
    }
    let files = [(dot, "--dot"), (svg, "--svg")].compactMap { path, option in
      path.map { (path: $0, option: option) }
    }.filter { $0.path != Self.standardOutput }
    for (path, option) in files { try OutputFile.check(path, option) }
    try OutputFile.checkDistinct(files)
  }

  func run() throws {
    let explanation = try Explanation(Expression(expression), at: ExpressionValues(at))
    // All of it is made before any of it is written.
    let picture = try svg.map { _ in try explanation.svg() }
    var failures = Failures()
    failures.attempt { if let dot { try write(explanation.dot + "\n", to: dot) } }
    failures.attempt { if let svg, let picture { try write(picture, to: svg) } }
    if dot != Self.standardOutput, svg != Self.standardOutput {
      failures.attempt { try writeResult(explanation) }
    }
    try failures.check()
  }

  private func writeResult(_ explanation: Explanation) throws {
    switch format.format {
    case .json: try Output.line(JSONText.encode(ExplanationReport(explanation), pretty: true))
    case .text: for line in Self.table(explanation).lines { try Output.line(line) }
    }
  }

  private func write(_ text: String, to path: String) throws {
    if path == Self.standardOutput {
      try Output.line(text)
    } else {
      try AtomicFile.write(Array(text.utf8), to: path)
    }
  }

  private static func table(_ explanation: Explanation) -> TextTable {
    var table = TextTable([
      ("node", .left), ("expression", .left), ("value", .right), ("gradient", .right),
    ])
    for node in explanation.nodes {
      table.append([
        NumberBlock.shortened(node.label, 24),
        node.isLeaf ? "" : NumberBlock.shortened(node.definition, 48),
        NumberBlock.short(node.value, digits: 6, limit: 60),
        NumberBlock.short(node.gradient, digits: 6, limit: 60),
      ])
    }
    return table
  }
}
