import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// Values and gradients of expressions.
@Suite struct ExplainNumbersTests {
  private func explained(_ text: String, _ values: String) throws -> Explanation {
    try Explanation(Expression(text), at: ExpressionValues(values))
  }

  /// What a node has, by its label or its definition.
  private func numbers(
    _ explanation: Explanation, _ name: String
  ) throws -> (value: [Double], gradient: [Double]) {
    let node = try #require(
      explanation.nodes.first { $0.label == name || $0.definition == name }, "\(name)")
    #expect(node.gradient.shape == node.value.shape)
    return (node.value.doubles, node.gradient.doubles)
  }

  private func check(
    _ explanation: Explanation, _ name: String, _ value: [Double], _ gradient: [Double]
  ) throws {
    let found = try numbers(explanation, name)
    for (found, expected) in [(found.value, value), (found.gradient, gradient)] {
      try #require(found.count == expected.count, "\(name)")
      for (found, expected) in zip(found, expected) {
        #expect(abs(found - expected) <= 1e-12, "\(name): \(found), not \(expected)")
      }
    }
  }

  /// [E] Worked number 1.
  @Test func sumTimesNumber() throws {
    let f = try explained("(x + y) * z", "x=-2, y=5, z=-4")
    #expect(f.nodes.map(\.label) == ["x", "y", "q1", "z", "q2"])
    #expect(f.nodes.map(\.definition) == ["x", "y", "x + y", "z", "q1 * z"])
    try check(f, "x", [-2], [-4])
    try check(f, "y", [5], [-4])
    try check(f, "q1", [3], [-4])
    try check(f, "z", [-4], [3])
    try check(f, "q2", [-12], [1])
  }

  /// [E] Worked number 2, from its gates and as one function.
  @Test(arguments: [
    "1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))", "sigmoid(w0*x0 + w1*x1 + w2)",
    "sigmoid(dot([w0, w1], [x0, x1]) + w2)",
  ])
  func neuron(text: String) throws {
    let f = try explained(text, "w0=2, w1=-3, w2=-3, x0=-1, x1=-2")
    try check(f, "w0", [2], [-0.19661193324148185])
    try check(f, "x0", [-1], [0.3932238664829637])
    try check(f, "w1", [-3], [-0.3932238664829637])
    try check(f, "x1", [-2], [-0.5898357997244456])
    try check(f, "w2", [-3], [0.19661193324148185])
    #expect(abs(f.nodes[f.nodes.count - 1].value.doubles[0] - 0.7310585786300049) < 1e-12)
  }

  /// [S] Worked number 3.
  @Test(arguments: ["(dot(w, φ) - y)^2", "square(w @ φ - y)"])
  func squaredLoss(text: String) throws {
    let f = try explained(text, "w=[3,1], φ=[1,2], y=2")
    try check(f, "w", [3, 1], [6, 12])
    try check(f, "φ", [1, 2], [18, 6])
    try check(f, "q1", [5], [6])
    try check(f, "q2", [3], [6])
    try check(f, "q3", [9], [1])
  }

  /// [S] Worked number 4, within the margin and beyond it.
  @Test func hinge() throws {
    let text = "max(1 - dot(w, φ) * y, 0)"
    let within = try explained(text, "w=[3,1], φ=[1,2], y=0.1")
    try check(within, "w", [3, 1], [-0.1, -0.2])
    let beyond = try explained(text, "w=[3,1], φ=[1,2], y=1")
    try check(beyond, "w", [3, 1], [0, 0])
    // At the margin the first argument gets all.
    let issue = try explained("max(1 - (w*x)*y, 0)", "w=0.5,x=2,y=1")
    try check(issue, "w", [0.5], [-2])
    try check(issue, "x", [2], [-0.5])
    try check(issue, "y", [1], [-1])
    try check(issue, "max(q3, 0)", [0], [1])
  }

  @Test("Paths add, and a name is one node")
  func paths() throws {
    let f = try explained("x^2 * x + x", "x=3")
    try check(f, "x", [3], [28])
    #expect(f.nodes.filter { $0.label == "x" }.count == 1)
  }

  @Test("Nodes that do nothing have gradients of their own")
  func identities() throws {
    let f = try explained("sum(x) + max(x) * x", "x=3")
    try check(f, "sum(x)", [3], [1])
    try check(f, "max(x)", [3], [3])
    try check(f, "x", [3], [7])
    try check(try explained("x", "x=2"), "x", [2], [1])
    try check(try explained("7", ""), "7", [7], [1])
    try check(try explained("1 + 2 * 3", ""), "q1", [6], [1])
    try check(try explained("x * 1 + 0", "x=5"), "x * 1", [5], [1])
    try check(try explained("transpose(x) * mean(x)", "x=5"), "mean(x)", [5], [5])
  }

  @Test("Matrices")
  func matrices() throws {
    let f = try explained(
      "0.5 * (y - dot(v, relu(W @ x)))^2", "x=[1,2], y=1, W=[[-1,1],[1,-2]], v=[3,-1]")
    try check(f, "W", [-1, 1, 1, -2], [6, 12, 0, 0])
    try check(f, "x", [1, 2], [-6, 6])
    try check(f, "W @ x", [1, -3], [6, 0])
    let stacked = try explained("sum([[a, 1], [a, b]] * [[1, 2], [3, 4]])", "a=1, b=1")
    try check(stacked, "a", [1], [4])
    try check(stacked, "b", [1], [4])
  }

  @Test("Every function has the gradient that differences have")
  func functions() throws {
    for function in ExpressionFunction.all {
      for count in function.arguments {
        let arguments = ["x", "[0.25, 0.75]", "[0.9, 0.9]"].prefix(count).joined(separator: ", ")
        let text = "sum(\(function.name)(\(arguments)) * \(function.name)(\(arguments)))"
        func value(_ x: Double) throws -> (Double, [Double]) {
          let f = try explained(text, "x=[\(x), 0.5]")
          let node = try #require(f.nodes.first { $0.label == "x" })
          return (f.nodes[f.nodes.count - 1].value.doubles[0], node.gradient.doubles)
        }
        let (x, step) = (0.3, 1e-6)
        let difference = try (value(x + step).0 - value(x - step).0) / (2 * step)
        let found = try value(x).1[0]
        #expect(abs(found - difference) < 1e-6, "\(text): \(found), not \(difference)")
      }
    }
  }

  private static let units: [(String, String, Double, [Double])] = {
    let (alpha, scale): (Double, Double) = (1.6732632423543772, 1.0507009873554805)
    let small: Double = exp(-2)
    return [
      ("sum(floor(x))", "x=[-1.5,2.7]", 0, [0, 0]),
      ("sum(round(x))", "x=[2.5,-0.6]", 1, [0, 0]),
      ("sum(clamp(x, -1, 2))", "x=[-3,0.5]", -0.5, [0, 1]),
      ("sum(leakyrelu(x))", "x=[-2,3]", 2.98, [0.01, 1]),
      ("sum(elu(x))", "x=[-2,3]", 2 + small, [small, 1]),
      (
        "sum(selu(x))", "x=[-2,3]", scale * (3 + alpha * (small - 1)),
        [scale * alpha * small, scale]
      ),
      ("norm(x)", "x=[3,-4]", 5, [0.6, -0.8]),
      ("variance(x)", "x=[1,4]", 2.25, [-1.5, 1.5]),
      ("product(x)", "x=[3,-4]", -12, [-4, 3]),
    ]
  }()

  @Test(
    "Values and gradients of steps, of limits, of units that may be negative, and of whole vectors",
    arguments: units)
  func more(text: String, values: String, result: Double, gradient: [Double]) throws {
    let f = try explained(text, values)
    #expect(abs(f.nodes[f.nodes.count - 1].value.doubles[0] - result) <= 1e-12)
    let x = try numbers(f, "x")
    try check(f, "x", x.value, gradient)
  }

  @Test("A limit of clamp has the gradient of what is beyond it")
  func limits() throws {
    let f = try explained("sum(clamp(x, a, b))", "x=[-3,0.5,7,9], a=-1, b=2")
    try check(f, "a", [-1], [1])
    try check(f, "b", [2], [2])
  }

  @Test("What is not finite is shown, not hidden")
  func notFinite() throws {
    let f = try explained("log(x) * 0", "x=0")
    #expect(try numbers(f, "log(x)").value == [-.infinity])
    #expect(try numbers(f, "x").gradient[0].isNaN)
    #expect(f.nodes.map { NumberBlock.short($0.value, digits: 4) } == ["0", "-inf", "0", "nan"])
    #expect(NumberBlock.short(-.nan, digits: 4) == "nan")
    #expect(NumberBlock.short(-0.0, digits: 4) == "0")
  }

  @Test("The longest expression that there can be")
  func longest() throws {
    let text = Array(repeating: "x", count: 2048).joined(separator: "+")
    let f = try explained(text, "x=0.5")
    try check(f, "x", [0.5], [2048])
    #expect(f.nodes.count == 2048)
    #expect(throws: TidemillError.self) { try f.svg() }
  }
}
