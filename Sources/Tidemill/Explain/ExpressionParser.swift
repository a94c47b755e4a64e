import TidemillGraph

/// Reads the language of expressions by recursive descent.
///
/// ```
/// sum     = product { ("+" | "-") product }
/// product = unary { ("*" | "/" | "@") unary }
/// unary   = "-" unary | power
/// power   = primary [ "^" unary ]
/// primary = number | name | name "(" sum { "," sum } ")" | "(" sum ")" | "[" sum { "," sum } "]"
/// ```
///
/// So `^` binds from the right and tighter than a minus before it: `-x^2` is `-(x^2)`, and `2^-1` is a half.
package struct ExpressionParser {
  private let source: ExpressionSource
  private var tokens: ExpressionTokens
  private var token: ExpressionToken
  private var nodes: [Expression.Node] = []
  private var known: [String: Int] = [:]
  private var depth = 0
  /// Where the last token that was taken ends.
  private var end = 0

  /// Of parentheses, brackets, calls, signs and powers in each other: far below what a stack holds.
  package static let maximumDepth = 100

  package init(_ source: ExpressionSource) throws(TidemillError) {
    self.source = source
    tokens = ExpressionTokens(source)
    token = try tokens.next()
  }

  /// A text that is one expression.
  package mutating func wholeExpression() throws(TidemillError) -> [Expression.Node] {
    _ = try sum()
    guard token.kind == .end else { throw unexpected() }
    return nodes
  }

  /// A text of values: `w = 0.5, x = [1, 2]`.
  ///
  /// - Returns: Each name with its range and the number or the block of numbers behind it.
  package mutating func assignments() throws(TidemillError) -> [(
    name: String, range: Range<Int>, value: Expression.Kind
  )] {
    var result: [(name: String, range: Range<Int>, value: Expression.Kind)] = []
    while token.kind != .end || !result.isEmpty {
      let (start, range) = (token, token.range)
      guard case .name(let name) = start.kind else {
        throw source.error("A name is expected here, as in w=0.5.", at: range)
      }
      try advance()
      guard token.kind == .sign("=") else {
        throw source.error(
          "'=' and a value are expected after '\(name.printable())'.", at: token.range)
      }
      try advance()
      let first = token.range.lowerBound
      let index = try sum()
      let value = nodes[index]
      guard case .constant = value.kind else {
        throw source.error(
          "The value of '\(name.printable())' must be a number, or numbers as in [1, 2] or "
            + "[[1, 2], [3, 4]].",
          at: first..<end)
      }
      result.append((name, range, value.kind))
      nodes = []
      known = [:]
      if token.kind == .end { break }
      guard token.kind == .sign(",") else { throw unexpected() }
      try advance()
    }
    return result
  }

  // MARK: The grammar

  private mutating func sum() throws(TidemillError) -> Int {
    try deeper()
    defer { depth -= 1 }
    return try chain(["+": .add, "-": .subtract]) { parser throws(TidemillError) in
      try parser.product()
    }
  }

  private mutating func product() throws(TidemillError) -> Int {
    try chain(["*": .multiply, "/": .divide, "@": .matmul]) { parser throws(TidemillError) in
      try parser.unary()
    }
  }

  /// Operations that bind from the left.
  private mutating func chain(
    _ operations: [Character: Expression.Kind],
    of operand: (inout ExpressionParser) throws(TidemillError) -> Int
  ) throws(TidemillError) -> Int {
    var result = try operand(&self)
    while case .sign(let sign) = token.kind, let operation = operations[sign] {
      let range = token.range
      try advance()
      let right = try operand(&self)
      result = append(operation, [result, right], range)
    }
    return result
  }

  private mutating func unary() throws(TidemillError) -> Int {
    guard token.kind == .sign("-") else { return try power() }
    try deeper()
    defer { depth -= 1 }
    let range = token.range
    try advance()
    let operand = try unary()
    // −1 is a number, and no operation on one.
    if case .constant([], let numbers) = nodes[operand].kind {
      nodes[operand].kind = .constant(shape: [], numbers: numbers.map { -$0 })
      nodes[operand].range = range.lowerBound..<nodes[operand].range.upperBound
      return operand
    }
    return append(.negate, [operand], range)
  }

  private mutating func power() throws(TidemillError) -> Int {
    let base = try primary()
    guard token.kind == .sign("^") else { return base }
    try deeper()
    defer { depth -= 1 }
    let range = token.range
    try advance()
    let exponent = try unary()
    return append(.power, [base, exponent], range)
  }

  private mutating func primary() throws(TidemillError) -> Int {
    let start = token
    switch start.kind {
    case .number(let number):
      try advance()
      return append(.constant(shape: [], numbers: [number]), [], start.range)
    case .name(let name):
      try advance()
      if token.kind == .sign("(") { return try call(name, start.range) }
      if let index = known[name] { return index }
      known[name] = append(.name(name), [], start.range)
      return nodes.count - 1
    case .sign("("):
      try advance()
      let inner = try sum()
      try close(")", opened: start)
      return inner
    case .sign("["):
      try advance()
      let elements = try list(until: "]", opened: start)
      guard !elements.isEmpty else {
        throw source.error("A vector needs at least one element.", at: start.range)
      }
      return block(elements, start.range.lowerBound)
    default:
      throw unexpected("a number, a name or '(' is expected")
    }
  }

  private mutating func call(
    _ name: String, _ range: Range<Int>
  ) throws(TidemillError) -> Int {
    guard let function = ExpressionFunction(name) else {
      let nearest = ExpressionFunction.nearest(to: name).map { "; did you mean '\($0)'?" }
      throw source.error(
        "There is no function '\(name.printable())'"
          + (nearest ?? "; those there are stand in 'tidemill help explain'."), at: range)
    }
    let opened = token
    try advance()
    let arguments = try list(until: ")", opened: opened)
    guard function.arguments.contains(arguments.count) else {
      let least = function.arguments.lowerBound
      let most = function.arguments.upperBound
      let wanted = least == most ? "\(least)" : "\(least) or \(most)"
      throw source.error(
        "\(name) takes \(wanted) argument\(most == 1 ? "" : "s"), not \(arguments.count).",
        at: range)
    }
    return append(.function(function), arguments, range)
  }

  /// Expressions with commas between them; perhaps none.
  private mutating func list(
    until end: Character, opened: ExpressionToken
  ) throws(TidemillError) -> [Int] {
    var elements: [Int] = []
    if token.kind != .sign(end) {
      elements.append(try sum())
      while token.kind == .sign(",") {
        try advance()
        elements.append(try sum())
      }
    }
    try close(end, opened: opened)
    return elements
  }

  // MARK: Nodes

  private mutating func append(
    _ kind: Expression.Kind, _ operands: [Int], _ range: Range<Int>
  ) -> Int {
    nodes.append(Expression.Node(kind: kind, operands: operands, range: range))
    return nodes.count - 1
  }

  /// Blocks of numbers of one shape are one larger block; anything else is an operation.
  private mutating func block(_ elements: [Int], _ start: Int) -> Int {
    let range = start..<end
    var shape: [Int]?
    var numbers: [Double] = []
    for element in elements {
      guard case .constant(let inner, let more) = nodes[element].kind, inner == shape ?? inner,
        inner.count < Shape.maximumRank
      else { return append(.stack, elements, range) }
      shape = inner
      numbers += more
    }
    // Numbers are never shared, so these are the last nodes.
    nodes.removeLast(elements.count)
    return append(
      .constant(shape: [elements.count] + (shape ?? []), numbers: numbers), [], range)
  }

  // MARK: Tokens

  private mutating func advance() throws(TidemillError) {
    end = token.range.upperBound
    token = try tokens.next()
  }

  private mutating func close(
    _ sign: Character, opened: ExpressionToken
  ) throws(TidemillError) {
    guard token.kind == .sign(sign) else {
      guard token.kind == .end else { throw unexpected("'\(sign)' is expected") }
      throw source.error(
        "The \(opened.text(in: source)) is never closed; '\(sign)' is missing.", at: opened.range)
    }
    try advance()
  }

  private mutating func deeper() throws(TidemillError) {
    guard depth < Self.maximumDepth else {
      throw source.error(
        "This is nested more than \(Self.maximumDepth) deep; take it apart.", at: token.range)
    }
    depth += 1
  }

  /// The token that does not belong where it is.
  private func unexpected(_ expected: String = "an operator is expected") -> TidemillError {
    let found = token.kind == .end ? "the text ends" : "there is \(token.text(in: source))"
    return source.error("Here \(found), but \(expected).", at: token.range)
  }
}
