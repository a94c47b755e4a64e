import TidemillGraph

/// An order of steps before it has offsets: what lives when.
struct Schedule {
  let steps: [MemoryPlan.Step]
  /// For each value: its buffer, and the steps that touch it, ascending.
  private(set) var uses: [(buffer: BufferID, steps: [Int])] = []
  /// When each step runs, in moments that count up, never none; one after the other, if no others are known.
  private(set) var moments: [Range<Int>]
  let program: Program

  /// Runs in an order and with moments in which threads may do them side by side.
  init(_ program: Program, _ runs: ParallelRuns) {
    let order = runs.order
    self.init(program, runs: order.map { runs.runs[$0] })
    let times = Set(runs.starts + runs.ends).sorted()
    let rank = Dictionary(uniqueKeysWithValues: times.enumerated().map { ($1, $0) })
    moments = order.map { (rank[runs.starts[$0]] ?? 0)..<(rank[runs.ends[$0]] ?? 0) }
  }

  /// Every call once, in the program's order.
  init(_ program: Program) { self.init(program, runs: Array(program.calls.indices)) }

  /// Calls in an order; a life of a buffer begins whenever the first call that writes it runs.
  init(_ program: Program, runs: [Int]) {
    self.program = program
    let temporaries = program.calls.indices.map(program.temporaries)
    var firstWriter: [BufferID: Int] = [:]
    for call in runs {
      for view in program.calls[call].writes where firstWriter[view.buffer] == nil {
        firstWriter[view.buffer] = call
      }
    }
    var current: [BufferID: MemoryPlan.ValueID] = [:]
    var hasRun: Set<Int> = []
    var steps: [MemoryPlan.Step] = []
    for (position, call) in runs.enumerated() {
      var values: [BufferID: MemoryPlan.ValueID] = [:]
      for buffer in temporaries[call] {
        if firstWriter[buffer] == call { current[buffer] = nil }
        let value = current[buffer] ?? MemoryPlan.ValueID(uses.count)
        if value.index == uses.count { uses.append((buffer, [])) }
        uses[value.index].steps.append(position)
        current[buffer] = value
        values[buffer] = value
      }
      steps.append(
        MemoryPlan.Step(
          call: call, isRecomputation: !hasRun.insert(call).inserted, values: values))
    }
    self.steps = steps
    moments = steps.indices.map { $0..<$0 + 1 }
  }

  var valueCount: Int { uses.count }

  func lifetime(of value: Int) -> ClosedRange<Int> {
    let steps = uses[value].steps
    return (steps.first ?? 0)...(steps.last ?? 0)
  }

  /// For each value the step at whose beginning all others that use it have ended, if there is one.
  func lastUses() -> [Int?] {
    uses.map { use in
      var last = (step: Int?.none, end: -1)
      var before = -1
      for step in use.steps {
        let end = moments[step].upperBound
        if end > last.end {
          before = last.end
          last = (step, end)
        } else {
          before = max(before, end)
        }
      }
      return last.step.flatMap { before <= moments[$0].lowerBound ? $0 : nil }
    }
  }

  /// From when to when a value lives.
  func moments(of value: Int) -> Range<Int> {
    let runs = uses[value].steps.map { moments[$0] }
    let start = runs.map(\.lowerBound).min() ?? 0
    return start..<(runs.map(\.upperBound).max() ?? start)
  }

  /// A plan with these places.
  ///
  /// - Parameter offsets: By value.
  func plan(offsets: [Int], arenaBytes: Int, livePeak: Int) -> MemoryPlan {
    let values = (0..<valueCount).map { value in
      MemoryPlan.Value(
        buffer: uses[value].buffer, lifetime: lifetime(of: value), offset: offsets[value],
        byteCount: program[uses[value].buffer].byteCount)
    }
    return MemoryPlan(steps: steps, values: values, arenaBytes: arenaBytes, livePeak: livePeak)
  }
}

extension Program {
  /// The temporary buffers that a call touches, by number.
  func temporaries(of call: Int) -> [BufferID] {
    let touched = Set((calls[call].reads + calls[call].writes).map(\.buffer))
    return touched.filter(isTemporary).sorted { $0.index < $1.index }
  }

  func isTemporary(_ buffer: BufferID) -> Bool {
    if case .temporary = self[buffer].kind { true } else { false }
  }

  /// The bytes that a buffer takes in the arena, in units of the alignment.
  func units(of buffer: BufferID) -> Int {
    let (whole, rest) = self[buffer].byteCount.quotientAndRemainder(
      dividingBy: MemoryPlan.alignment)
    return whole + (rest > 0 ? 1 : 0)
  }
}
