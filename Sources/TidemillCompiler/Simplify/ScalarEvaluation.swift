import CKernels
import TidemillGraph

/// Computes one element with the scalar kernels, while a graph is compiled.
enum ScalarEvaluation {
  /// - Parameters:
  ///   - from: The type of the operands (of a choice: of the condition).
  ///   - operands: In the bits of their types.
  /// - Returns: In the bits of `result`.
  static func evaluate(
    _ function: ScalarFunction, result: DType, from: DType, operands: [UInt64]
  ) -> UInt64 {
    let chooses = function.opcode == TM_SELECT
    let output = View(contiguous: BufferID(0), TensorType(.scalar, result))
    let call = ElementwiseCall(
      shape: [],
      inputs: operands.enumerated().map { index, bits in
        .immediate(bits, chooses && index > 0 ? result : from)
      },
      outputs: [.init(view: output, register: operands.count)],
      code: [
        tm_instruction(
          function.opcode, result, from: chooses ? result : from, result: operands.count, x: 0,
          y: 1, z: 2, parameters: function.parameters)
      ],
      registerCount: operands.count + 1)
    let storage = ArgumentStorage()
    let encoder = ArgumentEncoder(storage: storage, call: 0) { _ in Place(slot: 0, offset: 0) }
    let arguments = call.arguments(of: Tile(0..<1), in: encoder)
    let value = TensorStorage(small: 8)
    let workspace = TensorStorage(small: call.workspaceBytes)
    var base = value.bytes.baseAddress
    withUnsafePointer(to: &base) { bases in
      var frame = tm_frame()
      frame.bases = bases
      frame.workspace = workspace.bytes.baseAddress
      tm_kernels(TM_SCALAR)?.pointee.elementwise?(&frame, arguments)
    }
    return withExtendedLifetime(storage) { value.bytes.load(as: UInt64.self) }
  }
}
