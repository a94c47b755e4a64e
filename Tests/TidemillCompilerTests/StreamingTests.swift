import Testing
import Tidemill
import TidemillGraph
import TidemillTestSupport
import TidemillTopology

/// Results that are too large for the caches are stored past them: the same bits as of results that are not.
@Suite struct StreamingTests {
  private func streaming(_ machine: Topology, threads: Int) throws -> Streaming {
    try CompileOptions(threads: threads, topology: machine).streaming
  }

  private func streaming(_ machine: String, threads: Int) throws -> Streaming {
    try streaming(Topology(synthetic: machine), threads: threads)
  }

  /// Proves: twice the last caches of the cores that work; those of 32 MiB where none is known.
  @Test func twiceTheLastCaches() throws {
    let two = "l3:2(size=16777216) core:2 pu:1"
    #expect(try streaming(two, threads: 4).leastBytes == 64 << 20)
    #expect(try streaming(two, threads: 1).leastBytes == 32 << 20)
    let shared = "l3:1(size=33554432) l2:4(size=1048576) core:1 pu:2"
    #expect(try streaming(shared, threads: 2).leastBytes == 64 << 20)
    let lastIsSecond = "l2:2(size=1048576) l1d:1(size=32768) core:1 pu:1"
    #expect(try streaming(lastIsSecond, threads: 2).leastBytes == 4 << 20)
    for unknown in [try Topology.plain(cores: 2), try Topology(synthetic: "core:2 pu:1")] {
      #expect(try streaming(unknown, threads: 2) == .standard)
    }
    #expect(Streaming(lastCaches: .max).leastBytes > 1 << 60)
  }

  /// Proves: a machine with a small L3 stores past it what one with a large L3 keeps, elementwise, by rows and in norms, and
  /// both compute the same bits.
  @Test(arguments: [1, 3]) func sameBitsOnAnyMachine(threads: Int) throws {
    // Odd numbers, so that rows and tasks begin at no multiple of a vector.
    let (rows, columns) = (811, 1_001)
    let numbers = (0..<rows * columns).map { Float(($0 &* 2_654_435_761) >> 8 & 0xffff) / 4096 }
    let x = try Tensor(numbers, shape: [rows, columns])
    func run(_ machine: String) throws -> (streaming: Set<String>, results: [Tensor]) {
      let runner = try Runner(
        threads: threads, streaming: streaming(machine, threads: threads)
      ) { graph in
        let x = graph.input("x", [rows, columns])
        let gain = graph.iota([columns], axis: 0, .float32) * 0.01
        let norm = x.layerNorm(gain: gain)
        let squares = x * x + 1
        let gradient = graph.pullback(of: norm, cotangent: squares, to: [x])[0]
        return [squares, squares.sum(axes: [1]), x.softmax(), x.logSoftmax(), norm, gradient]
      }
      let calls = runner.executable.program.calls.compactMap { $0.call as? any StreamingCall }
      return (Set(calls.filter(\.streams).map(\.kernelName)), try runner.run([x]))
    }
    let small = try run("l3:1(size=2097152) core:3 pu:1")
    let large = try run("l3:1(size=134217728) core:3 pu:1")
    #expect(small.streaming == ["elementwise", "row", "norm", "norm_gradient"])
    #expect(large.streaming.isEmpty)
    for (index, (small, large)) in zip(small.results, large.results).enumerated() {
      #expect(small.hasSameBits(as: large), "result \(index)")
    }
  }
}
