import Testing
import Tidemill
import TidemillTestSupport

/// How expressions are read and written.
@Suite struct ExplainLanguageTests {
  /// Every operation in parentheses, so that it is seen what was read.
  static func grouped(_ expression: Expression) -> String {
    var texts: [String] = []
    for node in expression.nodes {
      let x = node.operands.map { texts[$0] }
      let text =
        switch node.kind {
        case .constant, .name: node.text { _ in ("", .primary) }
        case .negate: "(-\(x[0]))"
        case .stack: "[\(x.joined(separator: ", "))]"
        case .function(let function): "\(function.name)(\(x.joined(separator: ", ")))"
        default: "(\(x[0]) \(node.operation) \(x[1]))"
        }
      texts.append(text)
    }
    return texts.last ?? ""
  }

  @Test(
    "Precedence, and the fewest parentheses",
    arguments: [
      ("a + b * c", "(a + (b * c))", "a + b * c"),
      ("a - b - c", "((a - b) - c)", "a - b - c"),
      ("a - (b - c)", "(a - (b - c))", "a - (b - c)"),
      ("a / b / c", "((a / b) / c)", "a / b / c"),
      ("a / (b * c)", "(a / (b * c))", "a / (b * c)"),
      ("a * b @ c", "((a * b) @ c)", "a * b @ c"),
      ("a ^ b ^ c", "(a ^ (b ^ c))", "a^b^c"),
      ("(a ^ b) ^ c", "((a ^ b) ^ c)", "(a^b)^c"),
      ("-a^b", "(-(a ^ b))", "-a^b"),
      ("(-a)^b", "((-a) ^ b)", "(-a)^b"),
      ("a^-b", "(a ^ (-b))", "a^-b"),
      ("a^-b^c", "(a ^ (-(b ^ c)))", "a^-b^c"),
      ("-a * b", "((-a) * b)", "-a * b"),
      ("-(a * b)", "(-(a * b))", "-(a * b)"),
      ("a - -b", "(a - (-b))", "a - -b"),
      ("--a", "(-(-a))", "--a"),
      ("-2^2", "(-(2 ^ 2))", "-2^2"),
      ("(-2)^2", "(-2 ^ 2)", "(-2)^2"),
      ("2^-1", "(2 ^ -1)", "2^-1"),
      ("((a))", "a", "a"),
      ("a+b-c*d/e", "((a + b) - ((c * d) / e))", "a + b - c * d / e"),
      ("max(a, min(b, c))", "max(a, min(b, c))", "max(a, min(b, c))"),
      ("sum([1, -2.50, 3e2])", "sum([1, -2.5, 300])", "sum([1, -2.5, 300])"),
      ("[[1,2],[3,4]] @ [a, 1]", "([[1, 2], [3, 4]] @ [a, 1])", "[[1, 2], [3, 4]] @ [a, 1]"),
      ("-[1, -2]", "(-[1, -2])", "-[1, -2]"),
      ("a − b · c × d", "(a - ((b * c) * d))", "a - b * c * d"),
      ("θ₁ + _x2", "(θ₁ + _x2)", "θ₁ + _x2"),
      (".5 + 5. + 1e3 + 1E-2", "(((0.5 + 5) + 1000) + 0.01)", "0.5 + 5 + 1000 + 0.01"),
    ])
  func precedence(text: String, groups: String, shortest: String) throws {
    let expression = try Expression(text)
    #expect(Self.grouped(expression) == groups)
    #expect(expression.text == shortest)
  }

  @Test("A name is one node, a number as many as are written")
  func nodes() throws {
    #expect(try Expression("x * x + x").nodes.count == 3)
    #expect(try Expression("2 * 2 + 2").nodes.count == 5)
    #expect(try Expression("[1, 2, 3]").nodes.count == 1)
    #expect(try Expression("q2 * x + y").labels == ["q2", "x", "q1", "y", "q3"])
  }

  /// A random expression in the language, with all parentheses; what it means as `grouped` says it.
  private static func random(
    _ generator: inout SeededGenerator, depth: Int
  ) -> (text: String, groups: String) {
    let leaf = depth == 0 || generator.chance(0.15)
    if leaf {
      let text = generator.element(["x", "y", "w1", "0", "2", "0.1", "1e-300", "3.25", "1e+20"])
      return (text, text)
    }
    switch generator.index(below: 10) {
    case 0...5:
      let sign = generator.element(["+", "-", "*", "/", "@", "^"])
      let (a, b) = (random(&generator, depth: depth - 1), random(&generator, depth: depth - 1))
      return ("(\(a.text))\(sign)(\(b.text))", "(\(a.groups) \(sign) \(b.groups))")
    case 6:
      let a = random(&generator, depth: depth - 1)
      // A minus before a number makes another number.
      if Double(a.groups) != nil {
        let isNegative = a.groups.hasPrefix("-")
        return ("-(\(a.text))", isNegative ? String(a.groups.dropFirst()) : "-\(a.groups)")
      }
      return ("-(\(a.text))", "(-\(a.groups))")
    case 7:
      let name = generator.element(["exp", "sum", "relu"])
      let a = random(&generator, depth: depth - 1)
      return ("\(name)(\(a.text))", "\(name)(\(a.groups))")
    case 8:
      let (a, b) = (random(&generator, depth: depth - 1), random(&generator, depth: depth - 1))
      return ("max(\(a.text), \(b.text))", "max(\(a.groups), \(b.groups))")
    default:
      let (a, b) = (random(&generator, depth: depth - 1), random(&generator, depth: depth - 1))
      return ("[\(a.text), \(b.text)]", "[\(a.groups), \(b.groups)]")
    }
  }

  @Test("Random expressions mean what they say, and are the same when they are read again")
  func roundTrips() throws {
    for seed in 0..<5000 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let (text, groups) = Self.random(&generator, depth: 1 + Int(seed % 5))
      let first = try Expression(text)
      #expect(Self.grouped(first) == groups, "seed \(seed): \(text)")
      let second = try Expression(first.text)
      #expect(second.text == first.text, "seed \(seed): \(text)")
      #expect(
        second.nodes.map(\.kind) == first.nodes.map(\.kind)
          && second.nodes.map(\.operands) == first.nodes.map(\.operands), "seed \(seed): \(text)")
    }
  }

  /// Pieces of the language in any order, and now and then other characters.
  private static func noise(_ generator: inout SeededGenerator) -> String {
    let pieces = [
      "x", "y", "w", "1", "2.5", "1e3", "1e999", ".", "e", "+", "-", "*", "/", "^", "@", "(", ")",
      "(", ")", "[", "]", ",", "=", " ", "\n", "max(", "exp(", "sum(", "dot(", "mx(", "é", "\u{0}",
      "\u{301}", "🙂", "\u{1B}[2J", "\u{202E}", "−", "#", "\"", "<", "&", "\u{D}\u{A}",
    ]
    if generator.chance(0.2) {
      // Nearly right, with one character gone, twice there or another.
      var text = Array(random(&generator, depth: 3).text)
      let position = generator.index(below: text.count)
      let other: [[Character]] = [
        [], [text[position], text[position]], ["x"], ["]"], ["-"], [","],
      ]
      text.replaceSubrange(position...position, with: generator.element(other))
      return String(text)
    }
    let valid = Array(pieces[..<6]) + pieces[9...20]
    let tame = generator.chance(0.7)
    return (0..<generator.index(below: 24)).map { _ in
      generator.element(tame ? valid : pieces)
    }.joined()
  }

  @Test("No text traps; what can be read can be read again")
  func noise() throws {
    var (read, worked) = (0, 0)
    let values = try ["x=2", "y=[1,2]", "w=-0.5"].map { try ExpressionValues($0).entries[0].name }
    #expect(values == ["x", "y", "w"])
    for seed in 0..<100_000 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let text = Self.noise(&generator)
      do { _ = try ExpressionValues(text) } catch is TidemillError {}
      guard let expression = try Self.expression(text) else { continue }
      read += 1
      #expect(try Expression(expression.text).text == expression.text, "seed \(seed): \(text)")
      guard read.isMultiple(of: 25) else { continue }
      let at = expression.names.map { "\($0.name)=\($0.name == "y" ? "[1, 2]" : "1.5")" }
      do {
        let explanation = try Explanation(
          expression, at: ExpressionValues(at.joined(separator: ",")))
        _ = try explanation.svg()
        worked += 1
      } catch let error as TidemillError {
        #expect(error.code == .argument, "seed \(seed): \(error)")
      }
    }
    #expect(read > 3000 && worked > 100, "\(read) read, \(worked) worked out")
  }

  private static func expression(_ text: String) throws -> Expression? {
    do { return try Expression(text) } catch {
      #expect(error.code == .argument)
      #expect(error.message.split(separator: "\n").last?.contains("^") == true, "\(error)")
      return nil
    }
  }
}
