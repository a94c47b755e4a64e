import Foundation
import Testing
import Tidemill
import TidemillTestSupport

/// Layer norm and RMS norm as layers.
@Suite struct NormLayerTests {
  private func sample() throws -> Tensor {
    try Tensor([1, 2, 4, -1, 0.5, 3, 2, 2, -3, 0.25] as [Double], shape: [2, 5])
  }

  @Test(arguments: Mode.allCases) func gradients(mode: Mode) throws {
    let norm = LayerNorm(5, dtype: .float64)
    #expect(norm.namedParameters.map(\.name) == ["gain", "bias"])
    try checkParameterGradients(norm, mode, at: sample())
    try checkParameterGradients(LayerNorm(5, bias: false, dtype: .float64), mode, at: sample())
    let rms = RMSNorm(5, dtype: .float64)
    #expect(rms.namedParameters.map(\.name) == ["gain"])
    try checkParameterGradients(rms, mode, at: sample())
  }

  /// At first the gain is 1 and the bias 0: rows of mean 0 and variance 1, and of mean square 1.
  @Test func firstNumbers() throws {
    let layer = try numbers(of: LayerNorm(5, epsilon: 0, dtype: .float64), sample()).doubles
    let rms = try numbers(of: RMSNorm(5, epsilon: 0, dtype: .float64), sample()).doubles
    for row in 0..<2 {
      let (centred, scaled) = (layer[row * 5..<row * 5 + 5], rms[row * 5..<row * 5 + 5])
      #expect(abs(centred.reduce(0, +)) < 1e-14)
      #expect(abs(centred.reduce(0) { $0 + $1 * $1 } - 5) < 1e-14)
      #expect(abs(scaled.reduce(0) { $0 + $1 * $1 } - 5) < 1e-14)
    }
  }

  /// Between other layers, and with gradients by everything.
  @Test func inANetwork() throws {
    let network = Sequential {
      Linear(5, 4, dtype: .float64)
      LayerNorm(4, dtype: .float64)
      Tanh()
      RMSNorm(4, dtype: .float64)
    }
    try checkParameterGradients(network, .training, at: sample())
  }

  @Test func mistakes() throws {
    #expect(try mistake(of: LayerNorm(3), [2, 5]).contains("LayerNorm"))
    #expect(try mistake(of: RMSNorm(3), [2, 1]).contains("must have 3 elements"))
    #expect(try mistake(of: LayerNorm(5, epsilon: -1), [2, 5]).contains("epsilon is -1.0"))
  }
}
