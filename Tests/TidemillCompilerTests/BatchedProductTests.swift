import Testing
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// Batches of matrix products, of which there are fewer than threads, are cut by columns as well.
@Suite struct BatchedProductTests {
  private let batch = 2
  private let rows = 64
  private let depth = 700
  private let columns = 200

  private func tensor(_ shape: Shape, _ step: Int) throws -> Tensor {
    let count = shape.dimensions.reduce(1, *)
    return try Tensor((0..<count).map { Float(($0 * step) % 101 - 50) * 0.01 }, shape: shape)
  }

  /// Proves: the tiles are as many as there are threads, as far as columns allow, and each result is in one of them.
  @Test(arguments: [(1, 1), (2, 2), (5, 4), (8, 8), (100, 14)])
  func tiles(threads: Int, expected: Int) throws {
    let runner = try Runner { graph in
      [graph.input("a", [batch, rows, depth]).matmul(graph.input("b", [batch, depth, columns]))]
    }
    let call = try #require(runner.executable.program.calls.first?.call)
    let tiles = call.tiles(atMost: threads)
    #expect(tiles.count == expected)
    var covered = [Int](repeating: 0, count: batch * columns)
    for tile in tiles {
      for l in tile.first { for j in tile.second { covered[l * columns + j] += 1 } }
    }
    #expect(covered.allSatisfy { $0 == 1 })
  }

  /// Proves: for any number of threads, a batch's product with elementwise work and random numbers at its end gives the bits
  /// of each matrix multiplied by itself and worked on in memory.
  @Test(arguments: [1, 2, 5, 8])
  func sameBits(threads: Int) throws {
    let (a, b) = (try tensor([batch, rows, depth], 7919), try tensor([batch, depth, columns], 31))
    func shifted(_ graph: GraphBuilder, _ product: Value) -> Value {
      product + graph.uniform([batch, rows, columns])
    }
    let fused = try Runner(threads: threads) { graph in
      let (a, b) = (graph.input("a", a.shape), graph.input("b", b.shape))
      return [shifted(graph, a.matmul(b))]
    }
    #expect(fused.executable.program.calls.map(\.call.kernelName) == ["gemm"])
    #expect(fused.executable.tasks.calls.map(\.taskCount) == [[1: 1, 2: 2, 5: 4, 8: 8][threads]])
    let single = try Runner { graph in
      [graph.input("a", [rows, depth]).matmul(graph.input("b", [depth, columns]))]
    }
    let (x, y) = (try a.scalars(as: Float.self), try b.scalars(as: Float.self))
    var products: [Float] = []
    for l in 0..<batch {
      let left = Array(x[(l * rows * depth)..<((l + 1) * rows * depth)])
      let right = Array(y[(l * depth * columns)..<((l + 1) * depth * columns)])
      let product = try single.run([
        Tensor(left, shape: [rows, depth]), Tensor(right, shape: [depth, columns]),
      ])
      products += try product[0].scalars(as: Float.self)
    }
    let rest = try Runner { graph in
      [shifted(graph, graph.input("p", [batch, rows, columns]))]
    }
    let sums = try Tensor(products, shape: [batch, rows, columns])
    let wanted = try rest.run([sums], seed: 3)[0]
    #expect(try fused.run([a, b], seed: 3)[0].hasSameBits(as: wanted))
  }
}
