import Testing
import Tidemill
import TidemillCompiler
import TidemillGraph

/// The same tasks behind barriers.
@Suite struct BarrierTests {
  @Test(arguments: ["mlp_digits", "branches"], [1, 3])
  func everyTaskWaitsForTheCallBefore(name: String, threads: Int) throws {
    let graph = try Executable(
      Workload.named(name).recordedGraph(), threads: threads, instructionSet: .preferred()
    ).tasks
    let behind = graph.withBarriers()
    try behind.verify()
    #expect(behind.tasks.count == graph.tasks.count)
    let positions = Set(graph.tasks.map(\.call)).sorted()
    for (earlier, first) in behind.tasks.enumerated() {
      let next = positions.first { $0 > first.call }
      let expected = behind.tasks.indices.filter { behind.tasks[$0].call == next }
      #expect(Array(behind.successors(of: earlier)) == expected)
    }
    // Compiled so, it is the same.
    let compiled = try Executable(
      Workload.named(name).recordedGraph(), threads: threads, instructionSet: .preferred(),
      barriers: true, verifies: true
    ).tasks
    #expect(compiled.successors == behind.successors && compiled.homes == behind.homes)
    #expect(compiled.successors != graph.successors)
    // Who does what stays as it was.
    func homes(_ graph: TaskGraph) -> [[Int]] {
      graph.tasks.indices.map {
        [Int(bitPattern: graph.tasks[$0].arguments), Int(graph.homes[$0])]
      }.sorted { $0.lexicographicallyPrecedes($1) }
    }
    #expect(homes(graph) == homes(behind))
  }
}
