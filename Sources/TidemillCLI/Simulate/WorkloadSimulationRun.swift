import ArgumentParser
import Tidemill
import TidemillCompiler
import TidemillTopology

/// What is simulated of a workload, and what is written about it.
struct WorkloadSimulationOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Samples of a step, in place of the workload's own.", valueName: "n"))
  var batch: Int?

  @Flag(help: "With a barrier after each operation, for comparison.")
  var barriers = false

  @Flag(help: "Also runs the step on this machine, and tells both times.")
  var measure = false

  @Option(help: ArgumentHelp("Draws speed over the number of threads.", valueName: "file.svg"))
  var curve: String?

  /// A batch whose tensors can be counted in bytes.
  private static let mostSamples = 1 << 20

  func validate() throws {
    if let batch { try require(batch, in: 1...Self.mostSamples, "--batch") }
    if let curve {
      try OutputFile.check(curve, "--curve")
      try OutputFile.check(curve, "--curve", endsIn: ".svg")
    }
  }
}

/// `tidemill simulate WORKLOAD`
struct WorkloadSimulationRun {
  let workload: Workload
  let options: WorkloadSimulationOptions
  let machine: MachineOptions
  let threads: Int?
  /// A picture to draw.
  let gantt: String?
  let format: OutputFormat

  func run() throws {
    guard !options.measure || machine.isThisMachine else {
      throw ValidationError("--measure is for this machine: leave out --topology and --synthetic.")
    }
    let workload = try options.batch.map(workload.batched) ?? workload
    let topology = try machine.machine()
    let costs = try machine.costs()
    let simulation = try workload.simulation(
      on: topology, threads: threads, costs: costs, barriers: options.barriers)
    let run = simulation.run()
    try run.verify(simulation.graph)
    var report = SimulationReport(workload, run, barriers: options.barriers)
    if options.measure {
      let measured = try WorkloadMeasurement(
        workload, threads: run.workers, seconds: 0.3, barriers: options.barriers)
      report.measuredMs = measured.stepMsMedian
      report.predictedByMeasured = report.makespanMs / max(measured.stepMsMedian, 1e-9)
    }
    if let gantt { try Self.gantt(simulation, run, workload).write(to: gantt) }
    var curve: ScalingCurve?
    if let path = options.curve {
      let found = try ScalingCurve(
        workload, on: topology, costs: costs,
        upTo: try topology.placement(threads: threads).threads, barriers: options.barriers)
      try found.chart.write(to: path)
      report.curve = found.points
      curve = found
    }
    switch format {
    case .json: try Output.line(JSONText.encode(report, pretty: true))
    case .text:
      for line in report.lines + (curve.map { [""] + $0.lines } ?? []) { try Output.line(line) }
    }
  }

  private static func gantt(
    _ simulation: Simulation, _ run: SimulatedRun, _ workload: Workload
  ) -> Gantt {
    Gantt(
      "\(workload.name), batch \(workload.batchSize), simulated", x: "ms",
      rows: (0..<run.workers).map { "worker \($0)" },
      run.entries.map { entry in
        Gantt.Bar(
          row: entry.worker, start: entry.start * 1e3, end: entry.end * 1e3,
          label: simulation.graph.calls[simulation.graph.tasks[entry.task].call].label)
      })
  }
}
