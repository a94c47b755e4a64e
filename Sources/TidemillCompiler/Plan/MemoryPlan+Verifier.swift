import TidemillGraph

extension MemoryPlan {
  /// Proves the plan by playing it: who owns each byte of the arena, step by step.
  ///
  /// - Every call of the program runs, in an order in which what it reads is there: all that earlier calls
  ///   of the program write there, and nothing else. What writes state or may fail the run runs once.
  /// - Whoever writes takes the bytes from whoever had them; whoever reads must own them still, all of them.
  /// - What a call writes lies apart from all else that the call touches, or exactly in the place of an
  ///   operand where the call allows that.
  /// - Nothing lies outside of the arena; everything is aligned and of its buffer's size.
  ///
  /// - Throws: `internal-inconsistency`, naming the first step that breaks a rule.
  package func verify(_ program: Program) throws {
    func broken(_ what: String) -> TidemillError {
      TidemillError(
        .internalInconsistency, "The memory plan is broken: \(what). Please report this.")
    }
    for value in values {
      guard value.offset >= 0, value.offset % MemoryPlan.alignment == 0,
        value.byteCount == program[value.buffer].byteCount,
        value.offset + value.byteCount <= arenaBytes
      else { throw broken("'\(program[value.buffer].label)' lies outside of the arena") }
    }
    guard Set(steps.map(\.call)) == Set(program.calls.indices) else {
      throw broken("not every call runs")
    }
    try verifyContents(program, broken)
    // Owners of ranges of bytes; a write cuts away what was there.
    var owners: [(range: Range<Int>, value: ValueID)] = []
    for (position, step) in steps.enumerated() {
      let call = program.calls[step.call]
      for view in call.reads {
        guard let value = step.values[view.buffer] else { continue }
        let placed = values[value.index]
        let wanted = placed.offset..<placed.offset + placed.byteCount
        let owned = owners.filter { $0.value == value }.reduce(0) { $0 + $1.range.count }
        guard owned == wanted.count || view.count == 0 else {
          throw broken("step \(position), \(call.label), reads what is no longer there")
        }
      }
      guard step.values.allSatisfy({ values[$1.index].buffer == $0 }) else {
        throw broken("step \(position), \(call.label), takes one buffer's bytes for another")
      }
      guard writesLieApart(in: step, call.call) else {
        throw broken("step \(position), \(call.label), writes over what it still reads")
      }
      for view in call.writes {
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

  private func writesLieApart(in step: Step, _ call: any KernelCall) -> Bool {
    func bytes(_ view: View) -> Range<Int>? {
      step.values[view.buffer].map { values[$0.index] }.map { $0.offset..<$0.offset + $0.byteCount }
    }
    for (position, write) in call.writes.enumerated() {
      guard let written = bytes(write) else { continue }
      for other in call.writes[..<position] where other.buffer != write.buffer {
        if let taken = bytes(other), taken.overlaps(written) { return false }
      }
      for (index, read) in call.reads.enumerated() where read.buffer != write.buffer {
        guard let used = bytes(read), used.overlaps(written) else { continue }
        guard used == written, call.mayWriteInPlace(ofRead: index), read.isContiguous,
          write.isContiguous, read.offset == write.offset, read.dtype.size == write.dtype.size
        else { return false }
      }
    }
    return true
  }
}
