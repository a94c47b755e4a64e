import CKernels
import TidemillGraph

/// Turns a group of elementwise nodes into one tile program, reusing registers once their value is dead.
struct TileProgramBuilder {
  /// What the last member is reduced to.
  struct End {
    let function: ReduceCall.Function
    /// Elements that become one.
    let row: Int
    let view: View

    init(_ function: ReduceCall.Function, row: Int, view: View) {
      (self.function, self.row, self.view) = (function, row, view)
    }
  }

  private let graph: Graph
  private let members: [NodeID]
  /// Members that go to memory, and where.
  private let outputs: [NodeID: View]
  private let end: End?
  /// The memory of an operand from outside of the group.
  private let view: (NodeID) -> View

  init(
    graph: Graph, members: [NodeID], outputs: [NodeID: View], end: End? = nil,
    view: @escaping (NodeID) -> View
  ) {
    self.graph = graph
    self.members = members
    self.outputs = outputs
    self.end = end
    self.view = view
  }

  func build() -> ElementwiseCall {
    let parts = assembled()
    return ElementwiseCall(
      shape: graph[members[members.count - 1]].type.shape.dimensions, inputs: parts.inputs,
      outputs: parts.outputs, reduction: parts.reduction, code: parts.code,
      registerCount: parts.registerCount)
  }

  /// The program as the end of a matrix product.
  ///
  /// - Parameters:
  ///   - product: The node whose sums the program reads, of the members' shape.
  ///   - sums: Its view.
  /// - Returns: `nil` where no member reads the product.
  func epilogue(of product: NodeID, sums: View) -> GemmEpilogue? {
    let parts = assembled()
    guard let register = parts.inputs.firstIndex(of: .view(sums)) else { return nil }
    var outputs = parts.outputs
    if let view = self.outputs[product] { outputs.append(.init(view: view, register: register)) }
    return GemmEpilogue(
      inputs: parts.inputs, outputs: outputs, code: parts.code,
      registerCount: parts.registerCount, sums: register)
  }

  private struct Parts {
    var inputs: [ElementwiseCall.Input]
    var outputs: [ElementwiseCall.Output]
    var reduction: ElementwiseCall.Reduction?
    var code: [tm_instruction]
    var registerCount: Int
  }

  private func assembled() -> Parts {
    let inputs = operandsFromOutside()
    let inside = Set(members)
    var lastUse: [NodeID: Int] = [:]
    for (position, id) in members.enumerated() {
      for operand in graph[id].operands where inside.contains(operand) {
        lastUse[operand] = position
      }
    }
    for id in outputs.keys { lastUse[id] = members.count }

    var register: [NodeID: Int] = [:]
    var free: [Int] = []
    var registerCount = inputs.count
    var code: [tm_instruction] = []
    for (position, id) in members.enumerated() {
      let node = graph[id]
      guard case .elementwise(let function) = node.operation.lowering else { continue }
      let operands = node.operands.map { operand in
        inside.contains(operand) ? register[operand] ?? 0 : inputs.position(of: input(operand))
      }
      // A register is free once its value is read for the last time; for this instruction's own result
      // already, but not where elements of another size would be written over some yet to be read.
      let released = Set(node.operands).filter { inside.contains($0) && lastUse[$0] == position }
      let size = node.type.dtype.size
      let (fitting, others) = released.sorted().reduce(into: ([Int](), [Int]())) { lists, operand in
        guard let register = register[operand] else { return }
        if graph[operand].type.dtype.size == size {
          lists.0.append(register)
        } else {
          lists.1.append(register)
        }
      }
      free += fitting
      if let reused = free.popLast() {
        register[id] = reused
      } else {
        register[id] = registerCount
        registerCount += 1
      }
      free += others
      code.append(
        instruction(function, node, result: register[id] ?? 0, operands: operands))
    }
    return Parts(
      inputs: inputs.list,
      outputs: members.compactMap { id in
        outputs[id].map { .init(view: $0, register: register[id] ?? 0) }
      },
      reduction: end.map {
        .init(
          $0.function, register: register[members[members.count - 1]] ?? 0, row: $0.row,
          view: $0.view)
      },
      code: code, registerCount: registerCount)
  }

  private func instruction(
    _ function: ScalarFunction, _ node: Node, result: Int, operands: [Int]
  ) -> tm_instruction {
    let dtype = node.type.dtype
    let from =
      function.opcode == TM_SELECT || node.operands.isEmpty
      ? dtype : graph[node.operands[0]].type.dtype
    return tm_instruction(
      function.opcode, dtype, from: from, result: result, x: operands.first ?? 0,
      y: operands.count > 1 ? operands[1] : 0, z: operands.count > 2 ? operands[2] : 0,
      parameters: function.parameters)
  }

  private func input(_ operand: NodeID) -> ElementwiseCall.Input {
    if let fill = graph[operand].operation as? Fill {
      return .immediate(fill.bits, fill.type.dtype)
    }
    return .view(view(operand))
  }

  /// Distinct inputs in the order of their first use.
  private func operandsFromOutside() -> DistinctInputs {
    let inside = Set(members)
    var inputs = DistinctInputs()
    for id in members {
      for operand in graph[id].operands where !inside.contains(operand) {
        inputs.insert(input(operand))
      }
    }
    return inputs
  }
}

/// Inputs without duplicates, and the register of each.
private struct DistinctInputs {
  private(set) var list: [ElementwiseCall.Input] = []
  private var positions: [ElementwiseCall.Input: Int] = [:]

  var count: Int { list.count }

  mutating func insert(_ input: ElementwiseCall.Input) {
    if positions[input] == nil {
      positions[input] = list.count
      list.append(input)
    }
  }

  func position(of input: ElementwiseCall.Input) -> Int { positions[input] ?? 0 }
}
