import Testing
import Tidemill
import TidemillTestSupport

/// The public comparison of gradients with differences.
@Suite struct CheckGradientsTests {
  private func numbers(_ values: [Double], _ shape: Shape) throws -> Tensor {
    try Tensor(values, shape: shape)
  }

  @Test func agreement() throws {
    let inputs = try [
      numbers([0.5, -1.5, 2, 0.25, -1, 3], [2, 3]), numbers([1, 2, -0.5], [3, 1]),
      Tensor([1, 0] as [Int32]), numbers([], [0, 2]),
    ]
    let report = try checkGradients(at: inputs) { _, x in
      softmaxCrossEntropyPerRow(
        x[0].matmul(x[1]).broadcast(to: [2, 2]).tanh() * x[0].slice(axis: 1, 0..<2), labels: x[2])
    }
    #expect(report.agrees && report.checkedElements == 9, "\(report)")
    #expect(report.description == "All 9 derivatives agree.")
  }

  /// A gradient that is wrong for one element of one input: exactly this one is named, with both numbers.
  @Test func disagreement() throws {
    let inputs = try [numbers([1, 2], [2]), numbers([1, 2, 3, 4, 5, 6], [2, 3])]
    let report = try checkGradients(at: inputs) { graph, x in
      // The gradient does not see that element [1, 2] is multiplied by 2.
      let seen = x[1].slice([1..<2, 2..<3])
      return x[0].sum() + x[1].sum() + (seen.stoppingGradient()).sum()
    }
    #expect(!report.agrees && report.disagreements.count == 1)
    let one = try #require(report.disagreements.first)
    #expect(one.input == 1 && one.index == [1, 2])
    #expect(abs(one.expected / one.found - 2) < 1e-9)
    #expect(report.description.hasPrefix("By input 1, element [1, 2], the gradient is "))
    #expect(report.description.contains(", but differences give "))
  }

  /// Of a result with several numbers, where each has a part in a wrong one; of scalars; of NaN.
  @Test func manyResultsAndScalars() throws {
    let scalar = Tensor(scalar: 2.0)
    let wrong = try checkGradients(at: [scalar, numbers([1, 2, 3], [3])]) { _, x in
      x[0].stoppingGradient() * x[1]
    }
    #expect(wrong.disagreements.map(\.input) == [0] && wrong.disagreements[0].index == [])
    let none = try checkGradients(at: [scalar]) { _, x in (x[0] - 3).log() }
    #expect(none.disagreements.count == 1)
  }

  /// Random numbers stay the same from run to run, so dropout can be checked.
  @Test func randomNumbers() throws {
    let report = try checkGradients(at: [numbers([1, 2, 3, 4, 5], [5])], seed: 3) { graph, x in
      x[0].dropout(0.4).squared() + graph.normal([5], .float64)
    }
    #expect(report.agrees, "\(report)")
  }

  @Test func mistakes() throws {
    let one = Tensor(scalar: 1.0)
    #expect(
      try message { try checkGradients(at: [one, Tensor(scalar: Float(1))]) { $1[0] } }
        .contains("input 1 is float32[]"))
    #expect(
      try message { try checkGradients(at: [Tensor(scalar: Int32(1))]) { $1[0] } }
        .contains("no input is float64"))
    #expect(
      try message { try checkGradients(at: [one]) { $1[0].cast(to: .float32) } }
        .contains("the result is float32[], but float64 is needed"))
    #expect(
      try message { try checkGradients(at: [one]) { $1[0].sum(axes: [3]) } }.contains("axes [3]"))
  }
}
