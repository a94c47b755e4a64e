import TidemillGraph

/// Kernel calls on buffers: what is computed, before it is said when, where and by whom.
///
/// The order of the calls is one that respects their dependencies; the dependencies themselves are what
/// the calls read and write, and the guards.
package struct Program: Sendable {
  /// What a buffer is, and so which memory it lies in.
  package enum BufferKind: Hashable, Sendable {
    /// In the arena, written before it is read in every run.
    case temporary
    case state(StateKey)
    /// Position in the graph's list of inputs.
    case input(Int)
    /// Position in the graph's list of outputs.
    case output(Int)
    case constant(ConstantData)
  }

  package struct Buffer: Sendable {
    package let kind: BufferKind
    package let byteCount: Int
    /// Of the node that it holds.
    package let label: String
  }

  package struct Call: Sendable {
    package let call: any KernelCall
    package let label: String
    /// Writes state: happens after every guard and only if none failed.
    package let writesState: Bool
    /// What a failure of this call is called: the name of a guarded value.
    package let guardName: String?
    /// What the call reads and writes, and what it costs; each stage asks for these often.
    package let reads: [View]
    package let writes: [View]
    package let cost: Cost

    init(call: any KernelCall, label: String, writesState: Bool, guardName: String?) {
      (self.call, self.label) = (call, label)
      (self.writesState, self.guardName) = (writesState, guardName)
      (reads, writes, cost) = (call.reads, call.writes, call.cost)
    }
  }

  package let buffers: [Buffer]
  package let calls: [Call]
  package let inputs: [Graph.Input]
  package let outputTypes: [TensorType]

  /// The same calls in another order that respects their dependencies.
  func reordered(_ order: [Int]) -> Program {
    Program(
      buffers: buffers, calls: order.map { calls[$0] }, inputs: inputs, outputTypes: outputTypes)
  }

  package subscript(buffer: BufferID) -> Buffer { buffers[buffer.index] }

  /// Bytes of all state.
  package var stateBytes: Int {
    buffers.reduce(0) { total, buffer in
      if case .state = buffer.kind { total + buffer.byteCount } else { total }
    }
  }
}
