/// The states of a ``TimeSweep`` in one direction, and how they came to be.
///
/// Where all states reach the limit the sweep goes back some steps and tries others.
struct SweepBeam {
  private let line: SweepLine
  private var time: Int
  private var states: [SweepState]
  /// What was placed by those that went on, in order, each with the step before.
  private var steps: [(before: Int, placed: [SweepState.Place])] = []
  /// What to go back to: the states before each choice.
  private var marks: [Mark] = []

  private struct Mark {
    let time: Int
    let states: [SweepState]
    let steps: Int
  }

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
  /// - Parameter work: How many that live may still be looked at for births; what was is taken from it.
  /// - Returns: The height; `nil` where none is found below the limit, or time or work is over.
  mutating func run(
    width: Int, target: Int, below limit: Int, _ generator: inout PlanningGenerator,
    work: inout Int, _ deadline: Deadline, into offsets: inout [Int]
  ) -> Int? {
    var left = Self.patience * width * width * line.births.reduce(0) { $0 + $1.count }
    var (farthest, back) = (0, 1)
    while true {
      let mark = Mark(time: time, states: states, steps: steps.count)
      guard let sections = nextSections() else { break }
      let tries = states.count == 1 ? width * width : width
      let births = sections.reduce(0) { $0 + line.births[$1].count }
      left -= states.count * tries * births
      work -= states.reduce(0) { $0 + $1.live.count } * tries * births
      guard work > 0 else { return nil }
      guard let next = next(sections, tries, target, limit, &generator, deadline) else {
        return nil
      }
      if next.isEmpty {
        guard width > 1, left > 0, !marks.isEmpty else { return nil }
        // Twice as far each time, until it gets farther than before.
        back = marks.count > farthest || back >= marks.count ? 1 : 2 * back
        farthest = max(farthest, marks.count)
        goBack(min(back, marks.count))
        continue
      }
      if width > 1 { marks.append(mark) }
      choose(width, from: next)
    }
    guard let best = states.min(by: { $0.height < $1.height }) else { return nil }
    var step = best.step
    while step >= 0 {
      for place in steps[step].placed { offsets[place.index] = place.offset }
      step = steps[step].before
    }
    return best.height
  }

  /// For each birth of a state in a sweep that never goes back, one that does may have so many.
  private static let patience = 64

  /// What comes of all states, below the limit; `nil` where time is over.
  private func next(
    _ sections: [Int], _ tries: Int, _ target: Int, _ limit: Int,
    _ generator: inout PlanningGenerator, _ deadline: Deadline
  ) -> [SweepState]? {
    var next: [SweepState] = []
    for state in states {
      for attempt in 0..<tries {
        var tried = state
        for section in sections where tried.height < limit {
          tried.advance(line, to: section, isRandom: attempt > 0, &generator)
        }
        guard tried.height < limit else { continue }
        tried.judge(line, at: sections[sections.count - 1], target: target)
        next.append(tried)
      }
      if deadline.isPast { return nil }
    }
    return next
  }

  private mutating func choose(_ width: Int, from next: [SweepState]) {
    states = Array(next.sorted { $0.cost < $1.cost }.prefix(width))
    for index in states.indices {
      steps.append((states[index].step, states[index].placed))
      states[index].step = steps.count - 1
      states[index].placed = []
    }
  }

  private mutating func goBack(_ count: Int) {
    let mark = marks[marks.count - count]
    marks.removeLast(count)
    (time, states) = (mark.time, mark.states)
    steps.removeSubrange(mark.steps...)
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
