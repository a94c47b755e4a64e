import TidemillGraph

/// An order of steps before it has offsets: what lives when.
struct Schedule {
  private(set) var steps: [MemoryPlan.Step]
  /// For each value: its buffer, and the steps that touch it, ascending.
  private(set) var uses: [(buffer: BufferID, steps: [Int])]
  let program: Program

  /// Every call once, in the program's order.
  init(_ program: Program) {
    self.program = program
    var current: [BufferID: MemoryPlan.ValueID] = [:]
    var count = 0
    steps = program.calls.indices.map { index in
      var values: [BufferID: MemoryPlan.ValueID] = [:]
      for buffer in program.temporaries(of: index) {
        if current[buffer] == nil {
          current[buffer] = MemoryPlan.ValueID(count)
          count += 1
        }
        values[buffer] = current[buffer]
      }
      return MemoryPlan.Step(call: index, isRecomputation: false, values: values)
    }
    uses = []
    findUses(count)
  }

  /// A schedule of other steps.
  init(_ program: Program, steps: [MemoryPlan.Step], valueCount: Int) {
    self.program = program
    self.steps = steps
    uses = []
    findUses(valueCount)
  }

  private mutating func findUses(_ count: Int) {
    uses = Array(repeating: (BufferID(-1), []), count: count)
    for (position, step) in steps.enumerated() {
      for (buffer, value) in step.values {
        uses[value.index].buffer = buffer
        uses[value.index].steps.append(position)
      }
    }
  }

  var valueCount: Int { uses.count }

  func lifetime(of value: Int) -> ClosedRange<Int> {
    let steps = uses[value].steps
    return (steps.first ?? 0)...(steps.last ?? 0)
  }

  func alignedSize(of value: Int) -> Int {
    let size = program[uses[value].buffer].byteCount
    return (size + MemoryPlan.alignment - 1) / MemoryPlan.alignment * MemoryPlan.alignment
  }
}

extension Program {
  /// The temporary buffers that a call touches, by number.
  func temporaries(of call: Int) -> [BufferID] {
    let touched = Set((calls[call].call.reads + calls[call].call.writes).map(\.buffer))
    return touched.filter(isTemporary).sorted { $0.index < $1.index }
  }

  func isTemporary(_ buffer: BufferID) -> Bool {
    if case .temporary = self[buffer].kind { true } else { false }
  }
}
