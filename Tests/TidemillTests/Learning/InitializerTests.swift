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

  /// Normal, variance 1/fanIn.
  @Test func leCun() throws {
    let (mean, variance) = moments(try draw(.leCun))
    #expect(abs(mean) < 5 * (1.0 / 300 / 60_000).squareRoot())
    #expect(abs(variance * 300 - 1) < 0.03)
  }

  /// Nothing beyond two deviations; the variance of the rest is 1 − 4φ(2)/(2Φ(2) − 1) = 0.7737.
  @Test func truncatedNormal() throws {
    let numbers = try draw(.truncatedNormal(deviation: 0.5), .float64)
    let (mean, variance) = moments(numbers)
    #expect(abs(mean) < 5 * (0.7737 * 0.25 / 60_000).squareRoot())
    #expect(abs(variance / (0.7737 * 0.25) - 1) < 0.02)
    #expect(numbers.allSatisfy { abs($0) <= 1 })
    #expect(numbers.contains { abs($0) > 0.99 })
  }

  /// QᵀQ = gain²·I or QQᵀ, whichever is smaller, and numbers of either sign.
  @Test(
    arguments: [
      [1, 1], [1, 7], [9, 1], [40, 40], [65, 33], [33, 65], [8, 3, 5], [0, 3], [3, 0],
    ],
    [DType.float32, .float64])
  func orthogonal(dimensions: [Int], dtype: DType) throws {
    let shape = Shape(dimensions)
    let tensor = try Initializer.orthogonal(gain: 2).tensor(
      TensorType(shape, dtype), fanIn: 1, fanOut: 1, seed: 5)
    guard shape.count > 0 else { return }
    let columns = shape.count / dimensions[0]
    let isTall = dimensions[0] > columns
    let matrix = isTall ? transposed(tensor.doubles, columns) : tensor.doubles
    let vectors = rows(matrix, max(columns, dimensions[0]))
    for (i, one) in vectors.enumerated() {
      for (j, other) in vectors.enumerated() {
        let error = abs(dot(one, other) / 4 - (i == j ? 1 : 0))
        #expect(error < (dtype == .float32 ? 1e-6 : 1e-14), "\(shape), \(i), \(j)")
      }
    }
    if shape.count > 100 {
      #expect((0.4...0.6).contains(Double(matrix.filter { $0 > 0 }.count) / Double(shape.count)))
    }
  }

  @Test func orthogonalVectors() throws {
    let text = try message {
      try Initializer.orthogonal().tensor(TensorType([3], .float32), fanIn: 1, fanOut: 1, seed: 1)
    }
    #expect(text.contains("float32[3]; two axes or more are needed"))
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
