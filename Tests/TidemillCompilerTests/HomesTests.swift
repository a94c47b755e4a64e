import Testing
import Tidemill
import TidemillCompiler
import TidemillGraph

/// Tasks are planned for the workers whose caches have their bytes, and for all workers.
@Suite struct HomesTests {
  /// Independent products of one size, and what each worker is expected to take for its tasks.
  private func loads(products: Int, threads: Int) throws -> [Double] {
    let function = try compile(threads: threads) { graph in
      (0..<products).map { _ in
        let x = graph.read(
          Parameter("x", TensorType([96, 96])) { _ in try Tensor(zeros: [96, 96]) })
        return x.matmul(x)
      }
    }
    let tasks = function.executable.tasks
    #expect(tasks.homes.count == tasks.tasks.count)
    #expect(tasks.homes.allSatisfy { $0 < threads })
    return (0..<threads).map { worker in
      zip(tasks.tasks, tasks.homes).reduce(0) { $0 + ($1.1 == worker ? $1.0.seconds : 0) }
    }
  }

  /// Proves: what does not depend on one another is spread over all workers, a quarter from even at most.
  @Test(arguments: [2, 3, 8])
  func independentTasksAreSpread(threads: Int) throws {
    let loads = try loads(products: 8 * threads, threads: threads)
    let mean = loads.reduce(0, +) / Double(threads)
    #expect(loads.allSatisfy { abs($0 - mean) <= 0.25 * mean }, "\(loads)")
  }

  /// Of the bytes that updates touch, the share that was touched last, in this step or the one before, by a task of the
  /// same home; among bytes that some task touched as the same region.
  private func nearness(_ tasks: TaskGraph, homes: [UInt32]) -> Double {
    var lastToucher: [TaskGraph.TouchedRegion: UInt32] = [:]
    var (near, all) = (0, 0)
    for step in 0..<2 {
      for (task, home) in zip(tasks.tasks, homes) {
        for place in Set(task.reads + task.writes) {
          if step == 1, task.writesState, let last = lastToucher[place] {
            all += place.region.runBytes
            near += last == home ? place.region.runBytes : 0
          }
          lastToucher[place] = home
        }
      }
    }
    return Double(near) / Double(max(all, 1))
  }

  /// Proves: on a training step updates are planned where their parameters and gradients are, which they are not where
  /// homes are drawn.
  @Test(arguments: ["mlp_digits", "mlp_deep"])
  func updatesStayWhereTheirParametersAre(name: String) throws {
    let workload = try #require(Workload.all.first { $0.name == name })
    let tasks = try workload.compiled(threads: 2).executable.tasks
    var random = SeededGenerator(seed: 5)
    let drawn = tasks.homes.map { _ in UInt32(random.next() % 2) }
    let (planned, chance) = (nearness(tasks, homes: tasks.homes), nearness(tasks, homes: drawn))
    #expect(planned > 0.8 && chance < planned - 0.15, "\(planned), \(chance)")
  }
}
