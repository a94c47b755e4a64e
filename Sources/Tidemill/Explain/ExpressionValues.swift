import TidemillGraph

/// The values of names: `w=0.5, x=[1, 2], m=[[1, 2], [3, 4]]`.
package struct ExpressionValues: Sendable {
  package let source: ExpressionSource
  package let entries: [(name: String, range: Range<Int>, tensor: Tensor)]

  /// Reads values, in float64; an empty text has none.
  ///
  /// - Throws: `argument`, with a line that marks the position.
  package init(_ text: String) throws {
    source = try ExpressionSource(text, what: "The text of values")
    var parser = try ExpressionParser(source)
    var seen: Set<String> = []
    var entries: [(name: String, range: Range<Int>, tensor: Tensor)] = []
    for (name, range, value) in try parser.assignments() {
      guard seen.insert(name).inserted else {
        throw source.error("'\(name.printable())' already has a value.", at: range)
      }
      guard case .constant(let shape, let numbers) = value else { continue }
      entries.append((name, range, try Tensor(numbers, shape: Shape(shape))))
    }
    self.entries = entries
  }

  /// Proves that each name of an expression has a value, and each value a name.
  ///
  /// - Throws: `argument`, with a line that marks the one that has not.
  package func check(against expression: Expression) throws(TidemillError) {
    let given = Set(entries.map(\.name))
    for (name, range) in expression.names where !given.contains(name) {
      let isFunction = ExpressionFunction(name) != nil
      throw expression.source.error(
        isFunction
          ? "'\(name)' is a function; its arguments come in parentheses, as in \(name)(x)."
          : "'\(name.printable())' has no value; give one, as in --at \(name.printable())=1.",
        at: range)
    }
    let used = Set(expression.names.map(\.name))
    for entry in entries where !used.contains(entry.name) {
      throw source.error(
        "'\(entry.name.printable())' has a value, but is not in the expression.", at: entry.range)
    }
  }
}
