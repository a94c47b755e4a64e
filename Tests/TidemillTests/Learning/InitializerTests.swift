import Testing
import Tidemill
import TidemillTestSupport

/// First numbers: their mean, variance and bounds, and that a seed stands for them.
@Suite struct InitializerTests {
  private func draw(_ initializer: Initializer, _ dtype: DType = .float32) throws -> [Double] {
    try initializer.tensor(TensorType([300, 200], dtype), fanIn: 300, fanOut: 200, seed: 9).doubles
  }

  private func moments(_ x: [Double]) -> (mean: Double, variance: Double) {
    let mean = x.reduce(0, +) / Double(x.count)
    return (mean, x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count))
  }

  /// Normal, variance 2/fanIn; five standard errors of 60,000 numbers.
  @Test(arguments: [DType.float32, .float64]) func he(dtype: DType) throws {
    let numbers = try draw(.he, dtype)
    let (mean, variance) = moments(numbers)
    #expect(abs(mean) < 5 * (2.0 / 300 / 60_000).squareRoot())
    #expect(abs(variance / (2.0 / 300) - 1) < 0.03)
    // Normal rather than uniform: some are beyond three deviations, about 0.27%.
    let far = numbers.filter { abs($0) > 3 * variance.squareRoot() }.count
    #expect((100..<230).contains(far))
  }

  /// Uniform, variance 2/(fanIn + fanOut), bound √(6/(fanIn + fanOut)).
  @Test func glorot() throws {
    let numbers = try draw(.glorot)
    let (mean, variance) = moments(numbers)
    let bound = (6.0 / 500).squareRoot()
    #expect(abs(mean) < 5 * (2.0 / 500 / 60_000).squareRoot())
    #expect(abs(variance / (2.0 / 500) - 1) < 0.02)
    #expect(numbers.allSatisfy { abs($0) <= bound * 1.000001 })
    #expect(numbers.contains { abs($0) > bound * 0.999 })
  }

  @Test func others() throws {
    #expect(try draw(.zeros).allSatisfy { $0 == 0 })
    #expect(try draw(.constant(0.5)).allSatisfy { $0 == 0.5 })
    #expect(try draw(.uniform(bound: 0.25)).allSatisfy { abs($0) <= 0.25 })
    #expect(abs(moments(try draw(.normal(deviation: 3))).variance / 9 - 1) < 0.03)
    #expect(
      try message {
        try Initializer.he.tensor(TensorType([2], .int32), fanIn: 1, fanOut: 1, seed: 1)
      }
      .contains("int32[2]"))
  }

  /// A seed gives the same bits again; parameters of one network, and close seeds, differ.
  @Test func seeds() throws {
    let network = Sequential {
      Linear(20, 20)
      Linear(20, 20)
    }
    let stores = try [1, 1, 2].map { try network.initialize(seed: $0).tensors.map(\.tensor) }
    #expect(zip(stores[0], stores[1]).allSatisfy { $0.hasSameBits(as: $1) })
    #expect(stores[0][0] != stores[2][0])
    #expect(stores[0][0] != stores[0][2])
    #expect(stores[0][1].doubles.allSatisfy { $0 == 0 }, "biases start at 0")
  }
}
