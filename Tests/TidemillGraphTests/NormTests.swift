import Foundation
import Testing
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// Layer norm and RMS norm.
@Suite struct NormTests {
  private static func normalised(_ row: [Double], _ epsilon: Double, centred: Bool) -> [Double] {
    let mean = centred ? row.reduce(0, +) / Double(row.count) : 0
    let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
    return row.map { ($0 - mean) / (variance + epsilon).squareRoot() }
  }

  /// Numbers, and gradients of orders one and two, which are operations of their own.
  @Test(arguments: [1, 2, 5, 33, 129]) func layerNorm(columns: Int) throws {
    let rows: TestInput = .uniform([3, columns], 1...4)
    let (gain, bias): (TestInput, TestInput) = (.uniform([columns]), .uniform([columns]))
    func normal(_ x: [[Double]]) -> [Double] {
      NormTests.rows(x[0], columns).flatMap { Self.normalised($0, 0.25, centred: true) }
    }
    try checkOperation("layerNorm", inputs: [rows]) {
      $0[0].layerNorm(epsilon: 0.25)
    } oracle: {
      normal($0)
    }
    try checkOperation("layerNorm with gain", inputs: [rows, gain]) {
      $0[0].layerNorm(gain: $0[1], epsilon: 0.25)
    } oracle: { x in
      normal(x).enumerated().map { $1 * x[1][$0 % columns] }
    }
    try checkOperation("layerNorm with gain and bias", inputs: [rows, gain, bias]) {
      $0[0].layerNorm(gain: $0[1], bias: $0[2], epsilon: 0.25)
    } oracle: { x in
      normal(x).enumerated().map { $1 * x[1][$0 % columns] + x[2][$0 % columns] }
    }
    try checkOperation("layerNorm with bias", inputs: [rows, bias]) {
      $0[0].layerNorm(bias: $0[1], epsilon: 0.25)
    } oracle: { x in
      normal(x).enumerated().map { $1 + x[1][$0 % columns] }
    }
  }

  @Test(arguments: [1, 2, 5, 33, 129]) func rmsNorm(columns: Int) throws {
    let rows: TestInput = .uniform([3, 4, columns], -2...3)
    try checkOperation("rmsNorm", inputs: [rows, .uniform([columns])]) {
      $0[0].rmsNorm(gain: $0[1], epsilon: 0.25)
    } oracle: { x in
      NormTests.rows(x[0], columns).flatMap { Self.normalised($0, 0.25, centred: false) }
        .enumerated().map { $1 * x[1][$0 % columns] }
    }
  }

  private static func rows(_ x: [Double], _ columns: Int) -> [[Double]] {
    stride(from: 0, to: x.count, by: columns).map { Array(x[$0..<$0 + columns]) }
  }

  /// The operation, its gradients and theirs against a formula of simple operations: many rows, so that the sums over
  /// them have several parts.
  @Test(arguments: [(70, 9), (1, 40), (33, 1)]) func againstItsDecomposition(
    rows: Int, columns: Int
  ) throws {
    var generator = 0.3
    func draw(_ shape: Shape) throws -> Tensor {
      try float64(
        (0..<shape.count).map { _ in
          generator = 3.9 * generator * (1 - generator); return 6 * generator - 3
        }, shape)
    }
    let operands = try [
      draw([rows, columns]), draw([columns]), draw([columns]), draw([rows, columns]),
    ]
    for isLayer in [true, false] {
      let found = try numbers(operands) { graph, v in
        let mean = v[0].mean(axes: [1], keepingAxes: true)
        let centred = isLayer ? v[0] - mean : v[0]
        let variance = centred.squared().mean(axes: [1], keepingAxes: true)
        let unit = centred * (variance + 1e-2).rsqrt()
        let simple = isLayer ? unit * v[1] + v[2] : unit * v[1] + v[2] * 0
        let fused =
          isLayer
          ? v[0].layerNorm(gain: v[1], bias: v[2], epsilon: 1e-2)
          : v[0].rmsNorm(gain: v[1], epsilon: 1e-2) + v[2] * 0
        return [fused, simple].flatMap { y in
          let first = graph.gradient(of: (y * v[3]).sum(), withRespectTo: Array(v[0...2]))
          let squares = first.reduce(graph.fill(0, .scalar, .float64)) { $0 + $1.squared().sum() }
          let second = graph.gradient(of: squares, withRespectTo: v)
          let third = graph.gradient(
            of: second.reduce(graph.fill(0, .scalar, .float64)) { $0 + $1.sin().sum() },
            withRespectTo: v)
          return [y] + first + second + third
        }
      }
      for index in 0..<12 {
        let scale = found[index + 12].map(abs).max() ?? 1
        try compare(
          found[index].map { $0 / max(scale, 1) }, found[index + 12].map { $0 / max(scale, 1) },
          1e-11, "\(rows)x\(columns), layer \(isLayer), result \(index)")
      }
    }
  }

  /// One kernel each for the forward pass and the cotangent of the rows; the sums over rows have a second step only
  /// where there are many rows.
  @Test func kernels() throws {
    func names(_ rows: Int) throws -> [String] {
      try Runner { graph in
        let x = graph.input("x", [rows, 8])
        let (gain, bias) = (graph.input("gain", [8]), graph.input("bias", [8]))
        let y = x.layerNorm(gain: gain, bias: bias)
        let gradients = graph.pullback(
          of: y, cotangent: graph.input("g", [rows, 8]), to: [x, gain, bias])
        return [y] + gradients
      }.executable.program.calls.map(\.call.kernelName)
    }
    #expect(
      try names(32) == ["norm", "norm_gradient", "norm_sums", "elementwise", "elementwise"])
    #expect(try names(33).filter { $0 == "reduce" }.count == 1)
  }

  /// No rows are no work, and gradients of nothing are 0.
  @Test func noRows() throws {
    let found = try numbers([float64([], [0, 3]), float64([1, 2, 3], [3])]) { graph, v in
      let y = v[0].layerNorm(gain: v[1], bias: v[1])
      return [y] + graph.gradient(of: y.sum(), withRespectTo: v)
    }
    #expect(found == [[], [], [0, 0, 0]])
  }

  /// Rows whose mean is large: nothing is lost but what their own rounding loses.
  @Test func farFromZero() throws {
    let steps: [Double] = [0, 1, 2, 3, 4, 5, 6, 7]
    let far = try Tensor(steps.map { Float(1e6 + $0 / 8) }, shape: [1, 8])
    for set in InstructionSet.available {
      let runner = try Runner(instructionSet: set) { graph in
        [graph.input("x", [1, 8]).layerNorm(epsilon: 0)]
      }
      let expected = Self.normalised(steps, 0, centred: true)
      try compare(runner.run([far])[0].doubles, expected, 1e-6, "\(set)")
    }
  }
}
