import TidemillGraph

/// A function that an expression can call: a name, and what it is in the graph.
package struct ExpressionFunction: Hashable, Sendable {
  package let name: String
  /// How many arguments it takes.
  package let arguments: ClosedRange<Int>
  private let apply: @Sendable ([Value]) -> Value

  /// Finds a function.
  package init?(_ name: String) {
    guard let function = Self.byName[name] else { return nil }
    self = function
  }

  private init(
    _ name: String, _ arguments: ClosedRange<Int>, _ apply: @escaping @Sendable ([Value]) -> Value
  ) {
    self.name = name
    self.arguments = arguments
    self.apply = apply
  }

  /// Of one value.
  private init(_ name: String, _ apply: @escaping @Sendable (Value) -> Value) {
    self.init(name, 1...1) { apply($0[0]) }
  }

  /// Records the function; requires as many operands as it takes.
  package func callAsFunction(_ operands: [Value]) -> Value { apply(operands) }

  package static func == (lhs: Self, rhs: Self) -> Bool { lhs.name == rhs.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }

  // MARK: The functions

  /// All functions, by their names.
  package static let all: [ExpressionFunction] = elementwise + choices + blocks

  private static let elementwise = [
    ExpressionFunction("abs") { $0.abs() },
    ExpressionFunction("cos") { $0.cos() },
    ExpressionFunction("elu") { $0.elu() },
    ExpressionFunction("erf") { $0.erf() },
    ExpressionFunction("exp") { $0.exp() },
    ExpressionFunction("expm1") { $0.expm1() },
    ExpressionFunction("floor") { $0.floor() },
    ExpressionFunction("gelu") { $0.gelu() },
    ExpressionFunction("leakyrelu") { $0.leakyRelu() },
    ExpressionFunction("log") { $0.log() },
    ExpressionFunction("log1p") { $0.log1p() },
    ExpressionFunction("relu") { $0.relu() },
    ExpressionFunction("round") { $0.rounded() },
    ExpressionFunction("rsqrt") { $0.rsqrt() },
    ExpressionFunction("selu") { $0.selu() },
    ExpressionFunction("sigmoid") { $0.sigmoid() },
    ExpressionFunction("sign") { $0.sign() },
    ExpressionFunction("silu") { $0.silu() },
    ExpressionFunction("sin") { $0.sin() },
    ExpressionFunction("softplus") { $0.softplus() },
    ExpressionFunction("sqrt") { $0.sqrt() },
    ExpressionFunction("square") { $0.squared() },
    ExpressionFunction("tanh") { $0.tanh() },
  ]

  /// Of several values one, element by element; of one value its extreme element.
  private static let choices = [
    ExpressionFunction("clamp", 3...3) { clamp($0[0], from: $0[1], to: $0[2]) },
    ExpressionFunction("max", 1...2) {
      $0.count == 1 ? $0[0].max() : TidemillGraph.max($0[0], $0[1])
    },
    ExpressionFunction("min", 1...2) {
      $0.count == 1 ? $0[0].min() : TidemillGraph.min($0[0], $0[1])
    },
  ]

  private static let blocks = [
    ExpressionFunction("dot", 2...2) { dot($0[0], $0[1]) },
    ExpressionFunction("logsoftmax") { $0.logSoftmax() },
    ExpressionFunction("logsumexp") { logSumExp($0) },
    ExpressionFunction("mean") { $0.mean() },
    ExpressionFunction("norm") { $0.norm() },
    ExpressionFunction("product") { $0.product() },
    ExpressionFunction("softmax") { $0.softmax() },
    ExpressionFunction("sum") { $0.sum() },
    ExpressionFunction("transpose") { $0.transposed() },
    ExpressionFunction("variance") { $0.variance() },
  ]

  private static let byName = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  /// The inner product of two vectors.
  private static func dot(_ lhs: Value, _ rhs: Value) -> Value {
    guard !lhs.isValid || !rhs.isValid || lhs.shape.rank == 1 && lhs.shape == rhs.shape else {
      return lhs.builder.diagnose(
        "dot: two vectors of one length are needed, but the shapes are \(lhs.shape) and "
          + "\(rhs.shape).")
    }
    return lhs.matmul(rhs)
  }

  /// `min(max(x, lower), upper)`: a limit is the result beyond it, and has the gradient there.
  private static func clamp(_ operand: Value, from lower: Value, to upper: Value) -> Value {
    TidemillGraph.min(TidemillGraph.max(operand, lower), upper)
  }

  private static func logSumExp(_ operand: Value) -> Value {
    guard !operand.isValid || operand.shape.rank == 1 else {
      return operand.builder.diagnose(
        "logsumexp: a vector is needed, but the shape is \(operand.shape).")
    }
    return operand.logSumExp()
  }

  /// The name that is nearly right, if there is one.
  package static func nearest(to name: String) -> String? {
    NearestName.nearest(to: name, among: all.map(\.name))
  }
}
