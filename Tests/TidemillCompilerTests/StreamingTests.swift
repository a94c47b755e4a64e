import Testing
import TidemillGraph
import TidemillTestSupport

/// Results that are too large for the caches are stored past them: the same bits as those of small calls.
@Suite struct StreamingTests {
  /// Calls that move more than 64 MB, an odd number of elements each.
  private static let (rows, columns) = (8_111, 1_001)

  private func tensor(_ rows: Int) throws -> Tensor {
    let numbers = (0..<rows * Self.columns).map {
      Float(($0 &* 2_654_435_761) >> 8 & 0xffff) / 4096
    }
    return try Tensor(numbers, shape: [rows, Self.columns])
  }

  @Test(arguments: [3]) func sameBitsAsSmallCalls(threads: Int) throws {
    func run(_ x: Tensor) throws -> [[Float]] {
      let graph = GraphBuilder()
      let rows = graph.input("x", x.shape)
      let gain = graph.iota([Self.columns], axis: 0, .float32) * 0.01
      let norm = rows.layerNorm(gain: gain)
      let squares = rows * rows + 1
      let results = [
        squares, squares.sum(axes: [1]), rows.softmax(), rows.logSoftmax(), norm,
        graph.pullback(of: norm, cotangent: squares, to: [rows])[0],
      ]
      // Verifiers look at every element, here of tens of millions.
      let runner = try Runner(
        graph.graph(outputs: results), store: store([]), threads: threads, verifies: false)
      return try runner.run([x]).map { try $0.scalars(as: Float.self) }
    }
    let large = try run(tensor(Self.rows))
    // The last rows, which begin at no multiple of a vector.
    let last = 7
    let from = (Self.rows - last) * Self.columns
    let all = try tensor(Self.rows).scalars(as: Float.self)
    let small = try run(Tensor(Array(all[from...]), shape: [last, Self.columns]))
    for (index, (large, small)) in zip(large, small).enumerated() {
      #expect(Array(large.suffix(small.count)) == small, "result \(index)")
    }
    let first = try run(Tensor(Array(all[..<(last * Self.columns)]), shape: [last, Self.columns]))
    for (index, (large, first)) in zip(large, first).enumerated() {
      #expect(Array(large.prefix(first.count)) == first, "result \(index)")
    }
  }
}
