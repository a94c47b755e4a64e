import CPlatform
import Tidemill

/// Time over memory: the plans of budgets from the smallest to the unlimited arena. For JSON; names of
/// fields are stable.
package struct PlanCurve: Encodable {
  /// The plan of one budget.
  package struct Point: Encodable {
    package let totalBytes: Int
    package let arenaBytes: Int
    package let recomputedCalls: Int
    /// What runs again, as a share of running everything once.
    package let predictedOverhead: Double
    package let overheadBound: Double
    /// Of steps by the clock, against those of the unlimited arena at the same time; absent where none
    /// were timed.
    package var measuredOverhead: Double?
    package var stepMs: Double?
  }

  let workload: String
  let threads: Int
  /// By falling arena; no two have the same plan.
  package private(set) var points: [Point] = []

  /// Makes and measures plans.
  ///
  /// - Parameters:
  ///   - points: How many budgets, evenly from the smallest arena to the unlimited one.
  ///   - steps: How many steps of each plan are timed.
  package init(
    _ workload: Workload, points: Int, steps: Int,
    compile: (MemoryBudget) throws -> CompiledFunction
  ) throws {
    let free = try compile(.unlimited)
    let least = try compile(.smallest).memory
    self.workload = workload.name
    threads = free.threads
    var functions = [free]
    let fixed = least.totalBytes - least.arenaBytes
    let span = free.memory.arenaBytes - least.arenaBytes
    for index in 1..<points {
      let arena = free.memory.arenaBytes - Int(Double(span) * Double(index) / Double(points - 1))
      let function = try compile(.bytes(fixed + max(arena, least.arenaBytes)))
      if function.memory.arenaBytes != functions.last?.memory.arenaBytes {
        functions.append(function)
      }
    }
    let times = try Self.measure(functions, workload, steps: steps)
    for (index, function) in functions.enumerated() {
      let memory = function.memory
      var point = Point(
        totalBytes: memory.totalBytes, arenaBytes: memory.arenaBytes,
        recomputedCalls: memory.recomputedCalls, predictedOverhead: memory.overhead,
        overheadBound: memory.overheadBound)
      if steps > 0 {
        let ratios = zip(times[index], times[0]).map { $0 / max($1, 1) }
        point.measuredOverhead = Self.median(ratios) - 1
        point.stepMs = Self.median(times[index]) / 1e6
      }
      self.points.append(point)
    }
  }

  /// Nanoseconds of steps, by plan. Plans take turns, so that a machine that gets slower or faster does
  /// so for all of them.
  private static func measure(
    _ functions: [CompiledFunction], _ workload: Workload, steps: Int
  ) throws -> [[Double]] {
    guard steps > 0 else { return functions.map { _ in [] } }
    let store = try workload.initialize(seed: 1)
    let sessions = try functions.map { try $0.session(store) }
    let data = try workload.data(seed: 1)
    for session in sessions { try session.run(data.input, data.target) }
    var times = functions.map { _ in [Double]() }
    for _ in 0..<steps {
      for (index, session) in sessions.enumerated() {
        let start = tidemill_nanoseconds()
        try session.run(data.input, data.target)
        times[index].append(Double(tidemill_nanoseconds() - start))
      }
    }
    return times
  }

  private static func median(_ numbers: [Double]) -> Double {
    numbers.isEmpty ? 0 : numbers.sorted()[numbers.count / 2]
  }

  /// Overheads over the arena.
  package var chart: LineChart {
    func series(
      _ name: String, _ mark: LineChart.Mark, _ share: (Point) -> Double?
    ) -> LineChart.Series {
      LineChart.Series(
        name,
        points: points.compactMap { point in
          share(point).map { (Double(point.arenaBytes) / Double(1 << 20), $0 * 100) }
        }, mark: mark)
    }
    let all = [
      series("predicted", .line) { $0.predictedOverhead },
      series("proven bound", .dashes) { $0.overheadBound },
      series("measured", .dots) { $0.measuredOverhead },
    ]
    return LineChart(
      "\(workload): time over memory", x: "arena, MiB", y: "more time, %",
      all.filter { !$0.points.isEmpty })
  }

  /// For people.
  package var table: TextTable {
    var table = TextTable([
      ("total", .right), ("arena", .right), ("again", .right), ("predicted", .right),
      ("bound", .right), ("measured", .right), ("step", .right),
    ])
    for point in points {
      table.append([
        NumberText.bytes(point.totalBytes), NumberText.bytes(point.arenaBytes),
        "\(point.recomputedCalls)", NumberText.percent(point.predictedOverhead),
        NumberText.percent(point.overheadBound),
        point.measuredOverhead.map { NumberText.percent($0) } ?? "",
        point.stepMs.map { "\(NumberText.significant($0)) ms" } ?? "",
      ])
    }
    return table
  }
}
