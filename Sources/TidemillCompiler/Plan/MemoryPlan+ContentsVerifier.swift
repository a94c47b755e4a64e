import TidemillGraph

extension MemoryPlan {
  /// Whoever reads memory, in the arena or not, finds there what the program's order leaves there.
  func verifyContents(
    _ program: Program, _ broken: (String) -> TidemillError
  ) throws {
    var writers: [BufferID: [Int]] = [:]
    for (index, call) in program.calls.enumerated() {
      for view in call.writes { writers[view.buffer, default: []].append(index) }
    }
    var runs: [Int: Int] = [:]
    var inArena: [ValueID: Set<Int>] = [:]
    var outside: [BufferID: Set<Int>] = [:]
    for (position, step) in steps.enumerated() {
      let call = program.calls[step.call]
      runs[step.call, default: 0] += 1
      if runs[step.call] != 1, call.writesState || call.call.mayFail {
        throw broken("step \(position), \(call.label), must run once")
      }
      for view in call.reads where view.count > 0 {
        let written =
          step.values[view.buffer].map { inArena[$0] ?? [] } ?? outside[view.buffer] ?? []
        let read = Region(view, base: 0)
        func concerns(_ writer: Int) -> Bool {
          program.calls[writer].writes.contains {
            $0.buffer == view.buffer && Region($0, base: 0).overlaps(read)
          }
        }
        let expected = (writers[view.buffer] ?? []).filter { $0 < step.call && concerns($0) }
        guard written.filter(concerns) == Set(expected) else {
          throw broken(
            "step \(position), \(call.label), reads what others have changed or not made")
        }
      }
      for view in call.writes {
        if let value = step.values[view.buffer] {
          guard inArena[value, default: []].insert(step.call).inserted || call.writes.count > 1
          else { throw broken("step \(position), \(call.label), writes a value twice") }
        } else {
          outside[view.buffer, default: []].insert(step.call)
        }
      }
    }
  }
}
