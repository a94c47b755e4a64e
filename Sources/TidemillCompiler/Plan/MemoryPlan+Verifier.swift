import TidemillGraph

extension MemoryPlan {
  /// Proves the plan by playing it: who owns each byte of the arena, step by step.
  ///
  /// - Every call of the program runs, in an order in which what it reads is there.
  /// - Whoever writes takes the bytes from whoever had them; whoever reads must own them still, all of them.
  /// - Nothing lies outside of the arena; everything is aligned.
  ///
  /// - Throws: `internal-inconsistency`, naming the first step that breaks a rule.
  package func verify(_ program: Program) throws {
    func broken(_ what: String) -> TidemillError {
      TidemillError(
        .internalInconsistency, "The memory plan is broken: \(what). Please report this.")
    }
    for value in values {
      guard value.offset >= 0, value.offset % MemoryPlan.alignment == 0,
        value.offset + value.byteCount <= arenaBytes
      else { throw broken("'\(program[value.buffer].label)' lies outside of the arena") }
    }
    guard Set(steps.map(\.call)) == Set(program.calls.indices) else {
      throw broken("not every call runs")
    }
    // Owners of ranges of bytes; a write cuts away what was there.
    var owners: [(range: Range<Int>, value: ValueID)] = []
    for (position, step) in steps.enumerated() {
      let call = program.calls[step.call]
      for view in call.call.reads {
        guard let value = step.values[view.buffer] else { continue }
        let placed = values[value.index]
        let wanted = placed.offset..<placed.offset + placed.byteCount
        let owned = owners.filter { $0.value == value }.reduce(0) { $0 + $1.range.count }
        guard owned == wanted.count || view.count == 0 else {
          throw broken("step \(position), \(call.label), reads what is no longer there")
        }
      }
      for view in call.call.writes {
        guard let value = step.values[view.buffer] else { continue }
        let placed = values[value.index]
        let taken = placed.offset..<placed.offset + placed.byteCount
        owners = owners.flatMap { owner -> [(range: Range<Int>, value: ValueID)] in
          guard owner.value != value, owner.range.overlaps(taken) else { return [owner] }
          let before = owner.range.lowerBound..<max(owner.range.lowerBound, taken.lowerBound)
          let after = min(owner.range.upperBound, taken.upperBound)..<owner.range.upperBound
          return [before, after].filter { !$0.isEmpty }.map { ($0, owner.value) }
        }
        if !owners.contains(where: { $0.value == value }) { owners.append((taken, value)) }
      }
    }
  }
}
