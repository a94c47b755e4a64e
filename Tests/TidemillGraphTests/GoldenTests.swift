import Testing
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// Results and gradients of every operation against those of PyTorch, NumPy, SciPy and JAX.
///
/// Odd shapes, axes without elements, every way of broadcasting, NaN, infinities, zeros, subnormals, the ends of all
/// types, ties; on every instruction set that the CPU has.
@Suite struct GoldenTests {
  /// Of random numbers, in the script too.
  static let seed: UInt64 = 7

  @Test(arguments: GoldenOperation.all.keys.sorted()) func agree(operation: String) throws {
    let tolerance = try #require(GoldenOperation.all[operation]).tolerance
    let goldens = try #require(Golden.all.get()[operation], "no golden")
    for golden in goldens {
      for set in InstructionSet.available {
        let found = try Self.run(golden, set)
        if let wrong = tolerance.mismatch(found[0], try golden.result, golden.operands) {
          Issue.record("\(golden), \(set): \(wrong)")
        }
        for (found, expected) in zip(found.dropFirst(), golden.gradients) {
          let operands = golden.operands
          if let wrong = GoldenTolerance.gradient.mismatch(found, expected, operands) {
            Issue.record("\(golden), \(set), gradient: \(wrong)")
          }
        }
      }
    }
  }

  /// The result, then the gradients that the golden has.
  private static func run(_ golden: Golden, _ set: InstructionSet) throws -> [Tensor] {
    try Runner(instructionSet: set) { graph in
      let x = declare(golden, graph)
      let result = try #require(GoldenOperation.record(golden, graph, x))
      guard !golden.gradients.isEmpty else { return [result] }
      let weights = graph.constant(try golden.weights())
      return [result]
        + graph.pullback(
          of: result, cotangent: weights, to: x.filter(\.dtype.isFloatingPoint))
    }.run(golden.operands, seed: seed)
  }

  static func declare(_ golden: Golden, _ graph: GraphBuilder) -> [Value] {
    golden.operands.enumerated().map {
      graph.input("x\($0.offset)", $0.element.shape, $0.element.dtype)
    }
  }
}
