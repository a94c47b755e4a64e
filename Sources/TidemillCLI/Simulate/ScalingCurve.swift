import Tidemill
import TidemillCompiler
import TidemillTopology

/// Simulated steps of one workload over numbers of threads.
struct ScalingCurve {
  /// A step on so many threads.
  struct Point: Encodable {
    let threads: Int
    let makespanMs: Double
    /// One thread's time by this one.
    let speedup: Double
    let efficiency: Double
  }

  let title: String
  let points: [Point]

  /// Simulates.
  ///
  /// - Parameter most: Numbers of threads go up to this one, all of them to eight and then in growing steps.
  init(
    _ workload: Workload, on machine: Topology, costs: CostModel, upTo most: Int, barriers: Bool
  ) throws {
    title = "\(workload.name), batch \(workload.batchSize)"
    var points: [Point] = []
    for threads in Self.counts(upTo: most) {
      let run = try workload.simulation(
        on: machine, threads: threads, costs: costs, barriers: barriers
      ).run()
      let makespan = run.makespan * 1e3
      points.append(
        Point(
          threads: threads, makespanMs: makespan,
          speedup: (points.first?.makespanMs ?? makespan) / max(makespan, 1e-9),
          efficiency: run.efficiency))
    }
    self.points = points
  }

  private static func counts(upTo most: Int) -> [Int] {
    var counts: [Int] = []
    var next = 1
    while next < most {
      counts.append(next)
      next += max(1, next / 4)
    }
    return counts + [most]
  }

  /// A table for people.
  var lines: [String] {
    var table = TextTable([
      ("threads", .right), ("step", .right), ("speedup", .right), ("efficiency", .right),
    ])
    for point in points {
      table.append([
        "\(point.threads)", "\(NumberText.significant(point.makespanMs)) ms",
        NumberText.fixed(point.speedup, 2), NumberText.percent(point.efficiency, 1),
      ])
    }
    return table.lines
  }

  /// Speed beside what as many workers would be at best.
  var chart: LineChart {
    LineChart(
      title, x: "threads", y: "speedup",
      [
        .init("simulated", points: points.map { (Double($0.threads), $0.speedup) }),
        .init(
          "ideal", points: points.map { (Double($0.threads), Double($0.threads)) }, mark: .dashes),
      ])
  }
}
