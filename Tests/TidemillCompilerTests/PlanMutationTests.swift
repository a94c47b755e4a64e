import Testing
import TidemillCompiler
import TidemillGraph
import TidemillTestSupport

/// The verifier of memory plans sees every kind of damage that a planner could do.
@Suite struct PlanMutationTests {
  private typealias Step = MemoryPlan.Step
  private typealias Value = MemoryPlan.Value

  private func plans() throws -> [(seed: UInt64, program: Program, plan: MemoryPlan)] {
    try (0..<60 as Range<UInt64>).map { seed in
      let random = try RandomGraph(seed: seed)
      let program = random.graph.simplified().lowered()
      // Every other one as tight as can be, with values that are computed again.
      return (seed, program, program.planned(limit: seed % 2 == 0 ? nil : 0))
    }
  }

  private func isCaught(_ plan: MemoryPlan, _ program: Program) -> Bool {
    do { try plan.verify(program) } catch {
      return "\(error)".contains("The memory plan is broken")
    }
    return false
  }

  private func changed(
    _ plan: MemoryPlan, steps: [Step]? = nil, values: [Value]? = nil, arenaBytes: Int? = nil
  ) -> MemoryPlan {
    MemoryPlan(
      steps: steps ?? plan.steps, values: values ?? plan.values,
      arenaBytes: arenaBytes ?? plan.arenaBytes, livePeak: plan.livePeak)
  }

  private func moved(_ plan: MemoryPlan, _ value: Int, to offset: Int) -> MemoryPlan {
    var values = plan.values
    let old = values[value]
    values[value] = Value(
      buffer: old.buffer, lifetime: old.lifetime, offset: offset, byteCount: old.byteCount)
    let end = offset + old.byteCount
    return changed(plan, values: values, arenaBytes: Swift.max(plan.arenaBytes, end))
  }

  @Test func unchangedPlansPass() throws {
    for (seed, program, plan) in try plans() {
      #expect(throws: Never.self, "seed \(seed)") { try plan.verify(program) }
    }
  }

  /// A value moved to where another one is written during its life.
  @Test func overlaps() throws {
    var tried = 0
    for (seed, program, plan) in try plans() {
      for (index, value) in plan.values.enumerated() where value.byteCount > 0 {
        for other in plan.values
        where other.byteCount > 0 && value.lifetime.lowerBound < other.lifetime.lowerBound
          && other.lifetime.lowerBound < value.lifetime.upperBound && other.offset != value.offset
        {
          tried += 1
          #expect(
            isCaught(moved(plan, index, to: other.offset), program), "seed \(seed), value \(index)")
        }
      }
    }
    #expect(tried > 500)
  }

  /// A result moved onto an operand of a call that cannot work in place.
  @Test func overlapsWithinOneStep() throws {
    var tried = 0
    for (seed, program, plan) in try plans() {
      for step in plan.steps {
        let call = program.calls[step.call].call
        guard call.kernelName != "elementwise" else { continue }
        for write in call.writes {
          for (index, read) in call.reads.enumerated() where !call.mayWriteInPlace(ofRead: index) {
            guard let result = step.values[write.buffer], let operand = step.values[read.buffer],
              result != operand, plan.values[result.index].byteCount > 0,
              plan.values[operand.index].byteCount > 0
            else { continue }
            tried += 1
            let offset = plan.values[operand.index].offset
            #expect(isCaught(moved(plan, result.index, to: offset), program), "seed \(seed)")
          }
        }
      }
    }
    #expect(tried > 50)
  }

  @Test func misplaced() throws {
    for (seed, program, plan) in try plans() {
      for (index, value) in plan.values.enumerated() where value.byteCount > 0 {
        for offset in [value.offset + 1, -64] {
          #expect(isCaught(moved(plan, index, to: offset), program), "seed \(seed)")
        }
      }
      if let top = plan.values.map({ $0.offset + $0.byteCount }).max(), top > 0 {
        #expect(isCaught(changed(plan, arenaBytes: top - 1), program), "seed \(seed)")
      }
    }
  }

  /// Without a step, either a call is missing or what it computed again is.
  @Test func droppedSteps() throws {
    for (seed, program, plan) in try plans() {
      for position in plan.steps.indices {
        var steps = plan.steps
        steps.remove(at: position)
        #expect(isCaught(changed(plan, steps: steps), program), "seed \(seed), step \(position)")
      }
    }
  }

  /// A reader before its writer.
  @Test func swappedSteps() throws {
    var tried = 0
    for (seed, program, plan) in try plans() {
      for later in plan.steps.indices {
        for earlier in 0..<later {
          let written = program.calls[plan.steps[earlier].call].call.writes.map(\.buffer)
          let read = program.calls[plan.steps[later].call].call.reads.filter { $0.count > 0 }
          let depends = read.contains { view in
            guard let value = plan.steps[later].values[view.buffer] else { return false }
            return written.contains(view.buffer) && plan.steps[earlier].values[view.buffer] == value
              && plan.values[value.index].lifetime.lowerBound == earlier
          }
          guard depends else { continue }
          tried += 1
          var steps = plan.steps
          steps.swapAt(earlier, later)
          #expect(
            isCaught(changed(plan, steps: steps), program), "seed \(seed): \(earlier), \(later)")
        }
      }
    }
    #expect(tried > 200)
  }
}
