import TidemillGraph

/// The bytes that a session of an executable uses, and what they were bought with.
///
/// Seconds are rough, by the work and the bytes of each kernel call: good for shares, not for clocks. A step's are those
/// of all threads together; those of an operation are one core's.
public struct MemoryReport: Hashable, Sendable {
  /// An operation that runs more than once in a step.
  public struct Recomputation: Hashable, Sendable {
    /// Where it is in the network, and what it does.
    public let label: String
    /// How often it runs beyond the first time.
    public let times: Int
    /// Bytes of its results, which are free between its runs.
    public let bytes: Int
    /// What each run costs.
    public let seconds: Double
  }

  /// Parameters and optimiser state, shared by the sessions of a store.
  public let stateBytes: Int
  /// Everything that is computed on the way, in one block.
  public let arenaBytes: Int
  /// What comes out.
  public let outputBytes: Int
  /// Scratch memory of the kernels, over all threads.
  public let workspaceBytes: Int
  /// The largest sum of sizes that are needed at one moment: no arena for this order can be smaller.
  public let livePeakBytes: Int
  /// What no plan's arena takes less than, proven: the largest operation's operands and results.
  public let arenaFloorBytes: Int
  /// What the values would take without reuse of memory.
  public let unplannedBytes: Int
  /// Calls that run again to save memory.
  public let recomputedCalls: Int
  /// These operations, the most expensive first.
  public let recomputations: [Recomputation]
  /// A step without a budget, in which everything runs once, in the fastest way that is known.
  public let baseSeconds: Double
  /// A step of this plan.
  public let plannedSeconds: Double
  /// What a step of no plan within the budget takes less than, proven.
  public let leastSeconds: Double
  /// What of ``plannedSeconds`` tasks wait because values take the bytes of others.
  public let waitingSeconds: Double
  /// What finding the plan took, by the clock.
  public let planningSeconds: Double
  /// Whether the plan came from a file, and why not where there was one.
  public let planFile: PlanFileUse

  /// State, arena, outputs and workspaces: what a budget counts.
  public var totalBytes: Int { fixedBytes + arenaBytes }
  /// What no plan takes less than, of what a budget counts, proven.
  public var floorBytes: Int { fixedBytes + arenaFloorBytes }
  /// What runs again, what runs in a way that is slower and needs less memory, and what waits for memory, as a share of a
  /// step without a budget.
  public var overhead: Double { share(of: plannedSeconds) }
  /// What no plan within the budget has less of, proven.
  public var overheadBound: Double { share(of: leastSeconds) }
  /// By how much another plan could be faster at the most, as a share of such a step.
  public var gap: Double { overhead - overheadBound }

  private var fixedBytes: Int { stateBytes + outputBytes + workspaceBytes }

  private func share(of seconds: Double) -> Double {
    baseSeconds > 0 ? max(0, seconds / baseSeconds - 1) : 0
  }
}

/// What became of a file that may hold a plan.
public enum PlanFileUse: Hashable, Sendable {
  /// No file was asked for, or none was needed.
  case none
  /// There was none; the plan was made, and written.
  case written
  /// The plan was read and proven.
  case loaded
  /// There was one that is damaged or stale, for the reason given; the plan was made, and written over it.
  case refused(String)
  /// The plan was made, and could not be written, for the reason given.
  case unwritten(String)
}

extension MemoryReport {
  init(_ planned: PlannedProgram, planningSeconds: Double) {
    let (program, plan) = (planned.program, planned.arena.plan)
    var times: [Int: Int] = [:]
    for step in plan.steps where step.isRecomputation { times[step.call, default: 0] += 1 }
    stateBytes = program.stateBytes
    arenaBytes = plan.arenaBytes
    outputBytes = program.outputBytes
    workspaceBytes = program.workspaceBytes(threads: planned.threads)
    livePeakBytes = plan.livePeak
    arenaFloorBytes = planned.arena.floorBytes
    unplannedBytes = Set(program.calls.indices.flatMap(program.temporaries)).reduce(0) {
      $0 + program[$1].byteCount
    }
    recomputedCalls = times.values.reduce(0, +)
    recomputations = times.sorted { a, b in
      let costs = [a, b].map { Double($0.value) * program.calls[$0.key].cost.seconds }
      return (-costs[0], a.key) < (-costs[1], b.key)
    }.map { index, times in
      let call = program.calls[index]
      let written = Set(call.writes.map(\.buffer)).filter(program.isTemporary)
      return Recomputation(
        label: call.label, times: times,
        bytes: written.reduce(0) { $0 + program[$1].byteCount }, seconds: call.cost.seconds)
    }
    baseSeconds = planned.baseSeconds
    plannedSeconds = planned.seconds
    leastSeconds = planned.leastSeconds
    waitingSeconds = plannedSeconds - planned.secondsWithoutReuse
    self.planningSeconds = planningSeconds
    planFile = planned.file
  }
}
