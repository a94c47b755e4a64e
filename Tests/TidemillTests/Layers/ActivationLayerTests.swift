import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// Layers without parameters against their definitions, and their gradients against differences, in both modes.
@Suite struct ActivationLayerTests {
  private static let elementwise: [(any Layer, @Sendable (Double) -> Double)] = [
    (ReLU(), { max($0, 0) }), (Tanh(), { tanh($0) }), (Sigmoid(), { logistic($0) }),
    (LeakyReLU(), { $0 > 0 ? $0 : 0.01 * $0 }), (LeakyReLU(slope: 0.3), { $0 > 0 ? $0 : 0.3 * $0 }),
    (ELU(), { $0 > 0 ? $0 : expm1($0) }), (ELU(alpha: 0.5), { $0 > 0 ? $0 : 0.5 * expm1($0) }),
    (SELU(), { 1.0507009873554805 * ($0 > 0 ? $0 : 1.6732632423543772 * expm1($0)) }),
    (GELU(), { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }),
    (
      GELU(.tanh),
      { 0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * pow($0, 3)))) }
    ),
    (SiLU(), { $0 * logistic($0) }), (Softplus(), { log1p(exp($0)) }),
    (Lambda { $0 * 3 - 1 }, { $0 * 3 - 1 }),
  ]

  @Test(arguments: Mode.allCases) func functionsOfElements(mode: Mode) throws {
    let x = [-3.5, -1.25, -0.5, 0.25, 1, 4.75]
    let tensor = try float64(x, [2, 3])
    for (layer, function) in Self.elementwise {
      try compare(
        numbers(of: layer, mode, tensor).doubles, x.map(function), 1e-14, "\(layer)")
      let report = try checkGradients(at: [tensor]) { _, x in layer(x[0], mode) }
      #expect(report.agrees && report.checkedElements == 6, "\(layer): \(report)")
    }
  }

  @Test(arguments: Mode.allCases) func softmaxAlongAnAxis(mode: Mode) throws {
    let x = [0.5, -1, 2, 0.25, 3, -0.75]
    let tensor = try float64(x, [2, 3])
    func share(_ element: Int, of group: [Int]) -> Double {
      exp(x[element]) / group.reduce(0) { $0 + exp(x[$1]) }
    }
    let rows = (0..<6).map { share($0, of: $0 < 3 ? [0, 1, 2] : [3, 4, 5]) }
    let columns = (0..<6).map { share($0, of: [$0 % 3, $0 % 3 + 3]) }
    let layers: [(any Layer, [Double])] = [
      (Softmax(), rows), (Softmax(axis: 0), columns), (LogSoftmax(), rows.map { log($0) }),
      (LogSoftmax(axis: -2), columns.map { log($0) }),
    ]
    for (layer, expected) in layers {
      try compare(numbers(of: layer, mode, tensor).doubles, expected, 1e-14, "\(layer)")
      let report = try checkGradients(at: [tensor]) { _, x in layer(x[0], mode).squared() }
      #expect(report.agrees, "\(layer): \(report)")
    }
  }

  @Test func shapes() throws {
    let x = try float64((0..<12).map { Double($0) }, [2, 3, 2])
    let cases: [(any Layer, Shape)] = [
      (Flatten(), [2, 6]), (Reshape([6]), [2, 6]), (Reshape([2, 1, 3]), [2, 2, 1, 3]),
    ]
    for (layer, shape) in cases {
      let found = try numbers(of: layer, x)
      #expect(found.shape == shape && found.doubles == x.doubles)
    }
    #expect(try numbers(of: Flatten(), float64([1, 2])).shape == [2, 1])
    #expect(try numbers(of: Flatten(), Tensor(zeros: [0, 3, 2])).shape == [0, 6])
    #expect(try numbers(of: Flatten(), Tensor(zeros: [3, 0, 2])).shape == [3, 0])
    #expect(try mistake(of: Flatten(), []).contains("Flatten: float32[] has no axis of samples"))
    #expect(try mistake(of: Reshape([4]), [2, 3]).contains("cannot become [2, 4]"))
  }
}
