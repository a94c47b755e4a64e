import Testing
import Tidemill

/// What is wrong with an expression, and where.
@Suite struct ExplainErrorTests {
  private func message(_ text: String, at values: String) -> String {
    do {
      _ = try Explanation(Expression(text), at: ExpressionValues(values))
      return "no error"
    } catch let error as TidemillError {
      #expect(error.code == .argument)
      return error.message
    } catch { return "another error: \(error)" }
  }

  @Test(
    "Mistakes in the expression are marked",
    arguments: [
      ("a # b", "'#' means nothing here.", "  ^"),
      ("1e999 * a", "This number is too large for float64.", "^^^^^"),
      ("a + ", "Here the text ends, but a number, a name or '(' is expected.", "    ^"),
      ("", "Here the text ends, but a number, a name or '(' is expected.", "^"),
      ("a + * b", "Here there is '*', but a number, a name or '(' is expected.", "    ^"),
      ("+a", "Here there is '+', but a number, a name or '(' is expected.", "^"),
      ("2a", "Here there is 'a', but an operator is expected.", " ^"),
      ("(a)(b)", "Here there is '(', but an operator is expected.", "   ^"),
      ("a = 1", "Here there is '=', but an operator is expected.", "  ^"),
      ("(a + b", "The '(' is never closed; ')' is missing.", "^"),
      ("2 * max(a, b", "The '(' is never closed; ')' is missing.", "       ^"),
      ("a + [1, 2", "The '[' is never closed; ']' is missing.", "    ^"),
      ("(a + b]", "Here there is ']', but ')' is expected.", "      ^"),
      ("a + b)", "Here there is ')', but an operator is expected.", "     ^"),
      ("a + []", "A vector needs at least one element.", "    ^"),
      ("1 + mx(a, 0)", "There is no function 'mx'; did you mean 'max'?", "    ^^"),
      ("Sigmoid(a)", "There is no function 'Sigmoid'; did you mean 'sigmoid'?", "^^^^^^^"),
      ("sqroot(a)", "There is no function 'sqroot'; did you mean 'sqrt'?", "^^^^^^"),
      (
        "frobnicate(a)",
        "There is no function 'frobnicate'; those there are stand in 'tidemill help explain'.",
        "^^^^^^^^^^"
      ),
      ("exp(a, b)", "exp takes 1 argument, not 2.", "^^^"),
      ("exp()", "exp takes 1 argument, not 0.", "^^^"),
      ("dot(a)", "dot takes 2 arguments, not 1.", "^^^"),
      ("a * max(1, 2, 3)", "max takes 1 or 2 arguments, not 3.", "    ^^^"),
      ("a + zeta", "'zeta' has no value; give one, as in --at zeta=1.", "    ^^^^"),
      (
        "a + exp", "'exp' is a function; its arguments come in parentheses, as in exp(x).",
        "    ^^^"
      ),
      (
        "a * v",
        "The result has the shape [2], but only a scalar has gradients; take the sum(...) "
          + "or mean(...) of it.", "  ^"
      ),
      (
        "v",
        "The result has the shape [2], but only a scalar has gradients; take the sum(...) "
          + "or mean(...) of it.", "^"
      ),
      (
        "sum(v * [1, 2, 3])",
        "multiply: the shapes [2] and [3] do not broadcast: axis 0 of the left "
          + "has 2 elements, axis 0 of the right 3; they must be equal, or one of them 1.",
        "      ^"
      ),
      (
        "a @ v", "matmul: operands are float64[] and float64[2]; multiply by a scalar with *.",
        "  ^"
      ),
      (
        "dot(v, a)", "dot: two vectors of one length are needed, but the shapes are [2] and [].",
        "^^^"
      ),
      ("logsumexp(a)", "logsumexp: a vector is needed, but the shape is [].", "^^^^^^^^^"),
      (
        "sum([v, a])", "[]: elements must have one shape, but the first has [2] and another [].",
        "    ^^^^^^"
      ),
      (
        "sum([[1, 2], [3]])",
        "[]: elements must have one shape, but the first has [2] and another "
          + "[1].", "    ^^^^^^^^^^^^^"
      ),
      ("\ta\u{1B} +", "'\\u{1b}' means nothing here.", "  ^"),
    ])
  func expression(text: String, sentence: String, carets: String) {
    // Only names that the expression has, so that its own mistake comes first.
    let values = [("a", "2"), ("b", "3"), ("v", "[1, 2]")].filter { name, _ in
      (try? Expression(text))?.names.contains { $0.name == name } ?? true
    }.map { "\($0)=\($1)" }
    let shown = text.replacing("\t", with: " ").replacing("\u{1B}", with: " ")
    #expect(
      message(text, at: values.joined(separator: ","))
        == "\(sentence)\n  \(shown)\n  \(carets)")
  }

  @Test(
    "Mistakes in the values are marked",
    arguments: [
      ("a=1,", "A name is expected here, as in w=0.5.", "    ^"),
      ("1=a", "A name is expected here, as in w=0.5.", "^"),
      ("a", "'=' and a value are expected after 'a'.", " ^"),
      ("a 1", "'=' and a value are expected after 'a'.", "  ^"),
      ("a=", "Here the text ends, but a number, a name or '(' is expected.", "  ^"),
      ("a=1 b=2", "Here there is 'b', but an operator is expected.", "    ^"),
      (
        "a=b", "The value of 'a' must be a number, or numbers as in [1, 2] or [[1, 2], [3, 4]].",
        "  ^"
      ),
      (
        "a=1+1", "The value of 'a' must be a number, or numbers as in [1, 2] or [[1, 2], [3, 4]].",
        "  ^^^"
      ),
      (
        "a=[1,x]",
        "The value of 'a' must be a number, or numbers as in [1, 2] or [[1, 2], [3, 4]].",
        "  ^^^^^"
      ),
      ("a=1,a=2", "'a' already has a value.", "    ^"),
      ("a=1,c=2", "'c' has a value, but is not in the expression.", "    ^"),
      ("a=$", "'$' means nothing here.", "  ^"),
    ])
  func values(text: String, sentence: String, carets: String) {
    #expect(message("a", at: text) == "\(sentence)\n  \(text)\n  \(carets)")
  }

  @Test("A short text cannot ask for any amount of memory")
  func numbers() {
    let row = "[[" + Array(repeating: "1", count: 1000).joined(separator: ",") + "]]"
    let squares = Array(repeating: "transpose(x) * x", count: 200).joined(separator: ", ")
    #expect(
      message("sum([\(squares)])", at: "x=\(row)").hasPrefix(
        "With this there are 2003000 numbers in all, and 1048576 are possible; take smaller "
          + "blocks.\n"))
  }

  @Test("Depth is bounded, and a long line is cut around the mistake")
  func bounds() throws {
    let depth = ExpressionParser.maximumDepth
    let openings = ["(", "-", "exp(", "[", "2^", "-(", "x^-"]
    for opening in openings {
      let text = String(repeating: opening, count: 4096 / opening.utf8.count)
      let found = message(text, at: "")
      #expect(found.hasPrefix("This is nested more than \(depth) deep"), "\(opening): \(found)")
      #expect(found.split(separator: "\n").allSatisfy { $0.count < 80 })
    }
    let nested = String(repeating: "(", count: depth - 1) + "x"
    #expect(try Expression(nested + String(repeating: ")", count: depth - 1)).text == "x")

    let long = String(repeating: "x + ", count: 500) + "y)" + String(repeating: " + x", count: 500)
    let lines = message(long, at: "x=1,y=1").split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[1].hasPrefix("  …") && lines[1].hasSuffix("…"))
    let caret = try #require(lines[2].firstIndex(of: "^"))
    let column = lines[2].distance(from: lines[2].startIndex, to: caret)
    #expect(Array(lines[1])[column] == ")")
  }

  @Test("A text that is too long is not read")
  func length() {
    #expect(
      message(String(repeating: "1", count: 5000), at: "")
        == "The expression has 5000 bytes; at most 4096 are possible.")
    #expect(
      message("1", at: String(repeating: " ", count: 5000))
        == "The text of values has 5000 bytes; at most 4096 are possible.")
  }

  @Test("More axes than a tensor has")
  func axes() {
    let text = String(repeating: "[", count: 9) + "1" + String(repeating: "]", count: 9)
    #expect(message(text, at: "").hasPrefix("[]: brackets can be at most 8 deep.\n"))
  }
}
