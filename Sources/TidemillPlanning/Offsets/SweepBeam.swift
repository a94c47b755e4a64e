/// The states of a ``TimeSweep`` in one direction, and how they came to be.
struct SweepBeam {
  private let line: SweepLine
  private var time: Int
  private var states: [SweepState]
  /// What was placed by those that went on, in order, each with the step before.
  private var steps: [(before: Int, placed: [SweepState.Place])] = []

  /// A state goes on for so many births as are this share of those that live, then the best are chosen.
  private static let share = 8

  init(_ line: SweepLine, stack: [Int], time: Int, offsets: [Int], height: Int) {
    self.line = line
    self.time = time + 1
    let live = stack.map { index in
      SweepState.Live(
        bottom: offsets[index], top: offsets[index] + line.sizes[index], end: line.end[index])
    }
    states = [SweepState(live: live, height: height)]
  }

  /// Sweeps to the end, and writes offsets of what is born on the way.
  ///
  /// - Returns: The height; `nil` where none is below the limit, or time is over.
  mutating func run(
    width: Int, target: Int, below limit: Int, _ generator: inout PlanningGenerator,
    _ deadline: Deadline, into offsets: inout [Int]
  ) -> Int? {
    while let sections = nextSections() {
      var next: [SweepState] = []
      let tries = states.count == 1 ? width * width : width
      for state in states {
        for attempt in 0..<tries {
          var tried = state
          for section in sections {
            tried.advance(line, to: section, isRandom: attempt > 0, &generator)
          }
          guard tried.height < limit else { continue }
          tried.judge(line, target: target)
          next.append(tried)
        }
        if deadline.isPast { return nil }
      }
      next.sort { $0.cost < $1.cost }
      states = Array(next.prefix(width))
      for index in states.indices {
        steps.append((states[index].step, states[index].placed))
        states[index].step = steps.count - 1
        states[index].placed = []
      }
    }
    guard let best = states.min(by: { $0.height < $1.height }) else { return nil }
    var step = best.step
    while step >= 0 {
      for place in steps[step].placed { offsets[place.index] = place.offset }
      step = steps[step].before
    }
    return best.height
  }

  /// Sections with births, up to where enough are born to choose between states; `nil` at the end, or
  /// where no state is left.
  private mutating func nextSections() -> [Int]? {
    guard let state = states.first else { return nil }
    var sections: [Int] = []
    var births = 0
    while time < line.births.count && births * Self.share <= state.live.count {
      if !line.births[time].isEmpty { sections.append(time) }
      births += line.births[time].count
      time += 1
    }
    return sections.isEmpty ? nil : sections
  }
}
