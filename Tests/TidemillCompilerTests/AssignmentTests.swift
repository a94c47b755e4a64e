import Testing
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// State is read as it was before the run, whatever is assigned, in whatever order and place.
@Suite struct AssignmentTests {
  private let a: Parameter
  private let b: Parameter

  init() throws {
    a = parameter("a", try float64([1, 2, 3, 4], [2, 2]))
    b = parameter("b", try float64([5, 6, 7, 8], [2, 2]))
  }

  /// The states after one step and the outputs of it, for 1 and 3 threads.
  private func step(
    _ body: (GraphBuilder, Value, Value) -> [Value]
  ) throws -> (a: [Double], b: [Double], outputs: [[Double]]) {
    var found: [(a: [Double], b: [Double], outputs: [[Double]])] = []
    for threads in [1, 3] {
      let store = try store([a, b])
      let runner = try Runner(store: store, threads: threads) { graph in
        body(graph, graph.read(a), graph.read(b))
      }
      let outputs = try runner.run().map(\.doubles)
      found.append(
        (try store.tensor(named: "a").doubles, try store.tensor(named: "b").doubles, outputs))
    }
    #expect(found[0] == found[1])
    return found[0]
  }

  @Test func swap() throws {
    let found = try step { graph, x, y in
      graph.assign(a, y)
      graph.assign(b, x)
      return []
    }
    #expect(found.a == [5, 6, 7, 8] && found.b == [1, 2, 3, 4])
  }

  @Test func eachFromTheOther() throws {
    let found = try step { graph, x, y in
      graph.assign(a, y * 2)
      graph.assign(b, x + y)
      return [x - y]
    }
    #expect(found.a == [10, 12, 14, 16] && found.b == [6, 8, 10, 12])
    #expect(found.outputs == [[-4, -4, -4, -4]])
  }

  /// The update reads its own state at other places than it writes.
  @Test func transposedSelfUpdate() throws {
    let found = try step { graph, x, y in
      graph.assign(a, x + x.transposed())
      graph.assign(b, y.transposed())
      return []
    }
    #expect(found.a == [2, 5, 5, 8] && found.b == [5, 7, 6, 8])
  }

  @Test func sliceAndBroadcastOfItself() throws {
    let found = try step { graph, x, y in
      graph.assign(a, x - x.slice([0..<1, 0..<2]))
      graph.assign(b, y.matmul(y))
      return []
    }
    #expect(found.a == [0, 0, 2, 2] && found.b == [67, 78, 91, 106])
  }

  @Test func oneValueToTwoStates() throws {
    let found = try step { graph, x, y in
      let sum = x + y
      graph.assign(a, sum)
      graph.assign(b, sum)
      return [sum]
    }
    #expect(found.a == [6, 8, 10, 12] && found.b == found.a && found.outputs == [found.a])
  }

  /// Reads that are recorded behind the assignment, as outputs and in other updates.
  @Test func readsAfterAssignmentGiveTheOldNumbers() throws {
    let found = try step { graph, x, y in
      graph.assign(a, x * 10)
      let late = graph.read(a)
      graph.assign(b, late - 1)
      return [late, late * 2, late.transposed(), y]
    }
    #expect(found.a == [10, 20, 30, 40] && found.b == [0, 1, 2, 3])
    #expect(found.outputs == [[1, 2, 3, 4], [2, 4, 6, 8], [1, 3, 2, 4], [5, 6, 7, 8]])
  }

  @Test func ofConstantsAndInputs() throws {
    let store = try store([a, b])
    let runner = try Runner(store: store) { graph in
      graph.assign(a, graph.input("x", [2, 2], .float64))
      graph.assign(b, graph.fill(3, [2, 2], .float64))
      return []
    }
    _ = try runner.run([float64([9, 8, 7, 6], [2, 2])])
    #expect(try store.tensor(named: "a").doubles == [9, 8, 7, 6])
    #expect(try store.tensor(named: "b").doubles == [3, 3, 3, 3])
  }

  /// A failed guard keeps every state, however early its update could have run.
  @Test(arguments: [1, 2, 8]) func failedGuardsKeepState(threads: Int) throws {
    let store = try store([a, b])
    let runner = try Runner(store: store, threads: threads) { graph in
      graph.assign(a, graph.read(a) + 1)
      graph.assign(b, graph.read(b).transposed())
      var x = graph.input("x", [64, 64], .float64)
      for _ in 0..<6 { x = x.matmul(x) * 0.01 }
      graph.requireFinite(x.sum(), "the sum")
      return [x.sum()]
    }
    var numbers = [Double](repeating: 0.1, count: 64 * 64)
    _ = try runner.run([float64(numbers, [64, 64])])
    #expect(try store.tensor(named: "a").doubles == [2, 3, 4, 5])
    numbers[77] = .nan
    let text = try message { try runner.run([float64(numbers, [64, 64])]) }
    #expect(text.contains("Step 1: the sum is not finite"))
    #expect(try store.tensor(named: "a").doubles == [2, 3, 4, 5])
    #expect(try store.tensor(named: "b").doubles == [5, 7, 6, 8])
  }
}
