import CKernels
import TidemillGraph

/// Which memory each slot of a session's address table names.
package enum SlotKind: Hashable, Sendable {
  case arena
  case state(StateKey)
  case input(Int)
  case output(Int)
  case constant(ConstantData)
}

/// The slots of a program: the arena first, then everything that lies outside of it.
package struct SlotTable: Sendable {
  package let kinds: [SlotKind]
  private let slotOfBuffer: [BufferID: Int]

  package init(_ program: Program) {
    var kinds: [SlotKind] = [.arena]
    var slots: [BufferID: Int] = [:]
    for (index, buffer) in program.buffers.enumerated() {
      let kind: SlotKind
      switch buffer.kind {
      case .temporary: continue
      case .state(let key): kind = .state(key)
      case .input(let position): kind = .input(position)
      case .output(let position): kind = .output(position)
      case .constant(let data): kind = .constant(data)
      }
      slots[BufferID(index)] = kinds.count
      kinds.append(kind)
    }
    self.kinds = kinds
    slotOfBuffer = slots
  }

  /// Where a buffer lies at a step of the plan.
  func place(of buffer: BufferID, at step: MemoryPlan.Step, in plan: MemoryPlan) -> Place {
    if let value = step.values[buffer] {
      return Place(slot: 0, offset: plan.values[value.index].offset)
    }
    return Place(slot: slotOfBuffer[buffer] ?? 0, offset: 0)
  }
}

extension MemoryPlan {
  /// Cuts every step into tile tasks and joins them by edges.
  ///
  /// - Parameters:
  ///   - grain: Seconds that a tile should take.
  ///   - machine: The workers that will run the tasks: decides how many tiles a call is worth, never a result.
  ///   - costs: What work takes, likewise.
  ///   - kernels: Those of an instruction set.
  package func tasks(
    of program: Program, slots: SlotTable, grain: Double, machine: MachineModel,
    costs: CostModel, kernels: tm_kernel_table
  ) -> TaskGraph {
    func cut(for machine: MachineModel) -> TaskGraph {
      cutTasks(
        of: program, slots: slots, grain: grain, machine: machine, costs: costs, kernels: kernels)
    }
    let tasks = cut(for: machine)
    // One thread gains nothing by parts.
    return tasks.runsOnCaller && machine.workers.count > 1 ? cut(for: machine.caller) : tasks
  }

  private func cutTasks(
    of program: Program, slots: SlotTable, grain: Double, machine: MachineModel,
    costs: CostModel, kernels: tm_kernel_table
  ) -> TaskGraph {
    let estimate = TileEstimate(
      costs: costs, machine: machine, footprint: program.stateBytes + arenaBytes,
      grain: grain)
    let storage = ArgumentStorage()
    var tasks: [TaskGraph.Task] = []
    var calls: [TaskGraph.Call] = []
    var edges = EdgeBuilder()
    for (position, step) in steps.enumerated() {
      let call = program.calls[step.call]
      let encoder = ArgumentEncoder(storage: storage, call: position) {
        slots.place(of: $0, at: step, in: self)
      }
      func touched(_ view: View) -> TaskGraph.TouchedRegion {
        let place = slots.place(of: view.buffer, at: step, in: self)
        return .init(slot: place.slot, region: Region(view, base: place.offset))
      }
      let tiles = estimate.tiles(of: call.call)
      for tile in tiles {
        let (reads, writes) = call.call.touched(by: tile)
        let work = call.call.work(of: tile)
        tasks.append(
          TaskGraph.Task(
            kernel: call.call.kernel(in: kernels),
            arguments: call.call.arguments(of: tile, in: encoder),
            call: position, work: work,
            seconds: estimate.seconds(work, reads: reads, writes: writes),
            writesState: call.writesState, mayFail: call.call.mayFail,
            reads: reads.map(touched), writes: writes.map(touched)))
      }
      edges.add(tasks.suffix(tiles.count).map(\.accesses))
      let label = step.isRecomputation ? "\(call.label) (again)" : call.label
      calls.append(
        TaskGraph.Call(
          label: label, kernelName: call.call.kernelName, cost: call.cost,
          taskCount: tiles.count, guardName: call.guardName))
    }
    return TaskGraph(
      tasks: tasks, predecessors: edges.predecessors, calls: calls,
      workspaceBytes: program.calls.map(\.call.workspaceBytes).max() ?? 0, machine: machine,
      costs: costs, storage: storage)
  }
}
