import Testing
import Tidemill
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
      return (seed, program, try program.planned(seed % 2 == 0 ? .unlimited : .bytes(0)).plan)
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
          let written = program.calls[plan.steps[earlier].call].writes.map(\.buffer)
          let read = program.calls[plan.steps[later].call].reads.filter { $0.count > 0 }
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

  /// A training step whose weight is updated while gradients are still computed.
  private func training() throws -> (Program, MemoryPlan) {
    let weights = try (0..<4).map { parameter("w\($0)", try Tensor(zeros: [8, 8])) }
    let graph = GraphBuilder()
    var x = graph.input("x", [16, 8])
    let read = weights.map { graph.read($0) }
    for weight in read { x = x.matmul(weight).tanh() }
    let loss = x.squared().mean()
    graph.requireFinite(loss, "loss")
    for (weight, gradient) in zip(weights, graph.gradient(of: loss, withRespectTo: read)) {
      graph.assign(weight, graph.read(weight) - gradient)
    }
    let program = try graph.graph(outputs: [loss]).simplified().lowered()
    return (program, try program.planned(.smallest).plan)
  }

  /// What writes state or may fail runs a second time, or something is made from state that has changed.
  @Test func repeatedSteps() throws {
    let (program, plan) = try training()
    try plan.verify(program)
    #expect(plan.steps.contains { $0.isRecomputation })
    var tried = 0
    for step in plan.steps {
      let call = program.calls[step.call]
      let readsState = call.reads.contains { program.isState($0.buffer) }
      guard call.writesState || call.call.mayFail || readsState else { continue }
      tried += 1
      #expect(isCaught(changed(plan, steps: plan.steps + [step]), program), "\(call.label)")
    }
    #expect(tried >= 8)
  }

  /// Steps, places and sizes broken at random: what is still accepted computes what the program does.
  @Test func randomDamage() throws {
    var random = SeededIndices(seed: 11)
    var caught = 0
    for (seed, program, plan) in try plans() where plan.steps.count > 2 {
      for _ in 0..<40 {
        var (steps, values) = (plan.steps, plan.values)
        switch random.index(4) {
        case 0: steps.swapAt(random.index(steps.count), random.index(steps.count))
        case 1: steps.remove(at: random.index(steps.count))
        case 2: steps.insert(steps[random.index(steps.count)], at: random.index(steps.count))
        default:
          guard !values.isEmpty else { continue }
          let value = random.index(values.count)
          let old = values[value]
          values[value] = Value(
            buffer: old.buffer, lifetime: old.lifetime,
            offset: values[random.index(values.count)].offset, byteCount: old.byteCount)
        }
        let broken = changed(plan, steps: steps, values: values)
        let isBroken = isCaught(broken, program)
        if isBroken { caught += 1 }
        #expect(isBroken || plays(broken, program), "seed \(seed)")
      }
    }
    #expect(caught > 500)
  }

  /// Whether names that are carried from call to call through the arena are those of the program in order.
  private func plays(_ plan: MemoryPlan, _ program: Program) -> Bool {
    /// What each call writes, as a name of the call and of all that it has read. Who owns bytes is told by
    /// a number; what is in them by the names of those who wrote there, in any order.
    func names(
      _ steps: [Step], _ place: (Step, BufferID) -> (owner: Int, bytes: Range<Int>)?
    ) -> [Int: String] {
      var owners: [Int: Int] = [:]
      var contents: [Int: [Int: String]] = [:]
      var made: [Int: String] = [:]
      func outside(_ buffer: BufferID) -> Int { -1 - buffer.index }
      for step in steps {
        let call = program.calls[step.call].call
        let read = call.reads.filter { $0.count > 0 }.map { view -> [String] in
          var owner = outside(view.buffer)
          if let found = place(step, view.buffer) {
            let all = Set(
              stride(from: found.bytes.lowerBound, to: found.bytes.upperBound, by: 64)
                .map { owners[$0] ?? -1 })
            guard all == [found.owner] else { return ["somebody else's"] }
            owner = found.owner
          }
          return contents[owner, default: [:]].sorted { $0.key < $1.key }.map(\.value)
        }
        var hash = Hasher()
        hash.combine(step.call)
        hash.combine(read)
        let name = "\(hash.finalize())"
        made[step.call] = name
        for view in call.writes {
          let found = place(step, view.buffer)
          contents[found?.owner ?? outside(view.buffer), default: [:]][step.call] = name
          guard let found else { continue }
          for byte in stride(from: found.bytes.lowerBound, to: found.bytes.upperBound, by: 64) {
            owners[byte] = found.owner
          }
        }
      }
      return made
    }
    var start = 0
    var places: [BufferID: Range<Int>] = [:]
    for index in program.buffers.indices {
      let size = (program.buffers[index].byteCount + 63) / 64 * 64
      places[BufferID(index)] = start..<(start + size)
      start += size
    }
    let wanted = names(
      program.calls.indices.map { Step(call: $0, isRecomputation: false, values: [:]) }
    ) { _, buffer in
      guard case .temporary = program[buffer].kind else { return nil }
      return places[buffer].map { (buffer.index, $0) }
    }
    let found = names(plan.steps) { step, buffer in
      step.values[buffer].map {
        let value = plan.values[$0.index]
        return ($0.index, value.offset..<(value.offset + (value.byteCount + 63) / 64 * 64))
      }
    }
    return wanted == found
  }
}

/// Random numbers that are the same each time.
private struct SeededIndices {
  private var generator: SeededGenerator
  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }
  mutating func index(_ bound: Int) -> Int { generator.index(below: bound) }
}

extension Program {
  fileprivate func isState(_ buffer: BufferID) -> Bool {
    if case .state = self[buffer].kind { true } else { false }
  }
}
