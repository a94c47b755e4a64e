import Testing
import Tidemill
import TidemillCompiler
import TidemillTestSupport

/// Whatever order the edges allow, weights have the same bits.
@Suite struct RandomOrderTests {
  /// Proves: a thousand orders, drawn among the tasks that are ready, of a training step that was cut for eight threads.
  @Test func aThousandOrders() throws {
    let workload = try Workload.named("mlp_digits").batched(16)
    var options = try CompileOptions(threads: 8, verifies: true)
    options.costs = try Self.slow()
    let runs = try OrderedRuns(workload, try workload.compiled(options).executable)
    #expect(runs.graph.tasks.count >= 40, "\(runs.graph.tasks.count) tasks")
    let expected = try runs.states(after: Array(runs.graph.tasks.indices))
    var different = 0
    for seed in 0..<1000 as Range<UInt64> {
      let order = runs.graph.randomOrder(seed: seed)
      different += order == Array(runs.graph.tasks.indices) ? 0 : 1
      guard try runs.states(after: order) == expected else {
        throw CheckFailure("seed \(seed): other weights")
      }
    }
    #expect(different > 990)
  }

  /// Proves: one thread or many more than there are cores, each task where it is planned, all planned for one worker so that
  /// others take theirs from it, or drawn at random.
  @Test(arguments: ["mlp_digits", "branches"]) func anyThreadsAndHomes(name: String) throws {
    let workload = try Workload.named(name).batched(16)
    var generator = SeededGenerator(seed: 3)
    var expected: [[UInt8]]?
    for threads in [1, 2, 3, 4, 8, 64] {
      var options = try CompileOptions(threads: threads)
      options.costs = try Self.slow()
      let runs = try OrderedRuns(workload, try workload.compiled(options).executable)
      let homes: [(Int, UInt32) -> UInt32] = [
        { _, home in home }, { _, _ in 0 },
        { _, _ in UInt32(generator.next() % UInt64(threads)) },
      ]
      for (plan, home) in homes.enumerated() {
        let states = try runs.states(threads: threads, home: home)
        #expect(states == expected ?? states, "\(threads) threads, plan \(plan)")
        expected = states
      }
    }
  }

  /// Everything seems slow, so that everything is cut.
  private static func slow() throws -> CostModel {
    let slow = CostConstant.allCases.map { ($0, min($0.standard * 100, 0.1)) }
    return try CostModel(Dictionary(uniqueKeysWithValues: slow))
  }
}
