import CKernels
import Testing
import Tidemill
import TidemillCompiler
import TidemillGraph
import TidemillRuntime

@Suite("Task grids") struct TaskGridTests {
  /// Edges are those of the pattern's definition, from neighbours of the step before, no task is merged with
  /// another, and who waits for whom does not depend on the number of threads.
  @Test("edges", arguments: TaskGrid.Pattern.allCases, [1, 2, 5])
  func edges(pattern: TaskGrid.Pattern, threads: Int) throws {
    let kernel = try #require(tm_links(TM_SCALAR))
    for (width, steps) in [(1, 3), (2, 4), (5, 3), (8, 2)] {
      let graph = TaskGrid(pattern, width: width, steps: steps)
        .graph(kernel, seconds: 1e-6, threads: threads)
      #expect(graph.tasks.count == width * steps)
      var found: Set<[Int]> = []
      for task in graph.tasks.indices {
        for successor in graph.successors(of: task) {
          found.insert(position(graph, task) + position(graph, successor))
        }
      }
      var expected: Set<[Int]> = []
      for step in 1..<steps where pattern != .trivial {
        for one in 0..<width {
          for other in 0..<width where abs(one - other) <= (pattern == .stencil ? 1 : 2) {
            expected.insert([step - 1, one, step, other])
          }
        }
      }
      #expect(found == expected)
    }
  }

  /// Columns of one worker are neighbours, also where tasks are planned to take less than a hand-over: only those at the
  /// borders wait for another worker.
  @Test("columns lie in blocks", arguments: [TaskGrid.Pattern.stencil, .nearest5], [1e-7, 1e-5])
  func blocks(pattern: TaskGrid.Pattern, seconds: Double) throws {
    let kernel = try #require(tm_links(TM_SCALAR))
    let graph = TaskGrid(pattern, width: 8, steps: 40).graph(kernel, seconds: seconds, threads: 2)
    for (task, home) in graph.homes.enumerated() {
      #expect(home == (position(graph, task)[1] < 4 ? 0 : 1))
    }
  }

  /// Tasks that take less than a hand-over are shared too: it is sharing that is measured.
  @Test(arguments: [TaskGrid.Pattern.trivial, .stencil, .nearest5], [1e-8, 1e-5])
  func workersShareTheGrid(pattern: TaskGrid.Pattern, seconds: Double) throws {
    let kernel = try #require(tm_links(TM_SCALAR))
    let graph = TaskGrid(pattern, width: 2, steps: 40).graph(kernel, seconds: seconds, threads: 2)
    #expect(!graph.runsOnCaller)
    #expect(graph.homes.count { $0 == 1 } == 40)
  }

  private func position(_ graph: TaskGraph, _ task: Int) -> [Int] {
    let region = graph.tasks[task].writes[0].region
    let column = (region.start - TaskGrid.offset(of: 0)) / region.runBytes
    return [graph.tasks[task].call, column]
  }

  /// Each column's numbers go through one link for each step and iteration, the first column's through more.
  @Test("what the tasks compute", arguments: InstructionSet.available)
  func values(instructionSet: InstructionSet) throws {
    let kernel = try #require(tm_links(instructionSet.table.pointee.isa))
    let grid = TaskGrid(.nearest5, width: 6, steps: 7, slowness: 3)
    #expect(grid.work == 7 * 8)
    let execution = try Execution(
      grid.graph(kernel, seconds: 1e-7, threads: 2), pool: Pool(threads: 2))
    let memory = try TensorStorage(byteCount: TaskGrid.offset(of: 6))
    memory.bytes.storeBytes(of: Int64(5), as: Int64.self)
    withUnsafePointer(to: memory.bytes.baseAddress) {
      #expect(execution.run(bases: $0, seed: 0, step: 0) == nil)
    }
    for column in 0..<6 {
      var value = 0.0
      for _ in 0..<7 * 5 * (column == 0 ? 3 : 1) {
        value =
          instructionSet.table.pointee.isa == TM_SCALAR
          ? value * 0.999999 + 1e-6 : 1e-6.addingProduct(value, 0.999999)
      }
      for index in 0..<Int(TM_LINKS_VALUES) {
        let offset = TaskGrid.offset(of: column) + index * 8
        #expect(memory.bytes.load(fromByteOffset: offset, as: Double.self) == value)
      }
    }
  }

  /// Figures are finite and positive; how large they are depends on the machine.
  @Test("measures")
  func measures() throws {
    let figures = try TaskGranularity(
      TaskGrid(.stencil, width: 3, steps: 20, slowness: 2), threads: 2,
      instructionSet: .preferred(), repetitions: 2)
    #expect(figures.emptyTask > 0 && figures.emptyTask.isFinite)
    #expect(figures.coarseEfficiency > 0 && figures.coarseEfficiency.isFinite)
    #expect(figures.metg50.map { $0 > 0 } ?? true)
  }
}
