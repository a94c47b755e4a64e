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
    // Everything seems slow, so that everything is cut.
    let slow = CostConstant.allCases.map { ($0, min($0.standard * 100, 0.1)) }
    options.costs = try CostModel(Dictionary(uniqueKeysWithValues: slow))
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
}
