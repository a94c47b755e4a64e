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

  /// Proves: on a training step, most bytes that an update touches were touched last, in this step or the one before, by
  /// the worker that it is planned for.
  @Test(arguments: ["mlp_digits", "mlp_deep"])
  func updatesStayWhereTheirParametersAre(name: String) throws {
    let workload = try #require(Workload.all.first { $0.name == name })
    let tasks = try workload.compiled(threads: 2).executable.tasks
    var lastToucher: [TaskGraph.TouchedRegion: UInt32] = [:]
    var (near, all) = (0, 0)
    for step in 0..<2 {
      for (task, home) in zip(tasks.tasks, tasks.homes) {
        for place in Set(task.reads + task.writes) where task.writesState {
          if step == 1, let last = lastToucher[place] {
            all += place.region.runBytes
            near += last == home ? place.region.runBytes : 0
          }
          lastToucher[place] = home
        }
      }
    }
    #expect(all > 1_000_000, "\(all)")
    #expect(Double(near) > 0.9 * Double(all), "\(near) of \(all)")
  }
}
