import CKernels

/// What an elementwise operation computes for one element: an opcode of the tile program.
package struct ScalarFunction: Sendable {
  package let opcode: tm_opcode
  package let parameters: (Int, Int)

  package init(_ opcode: tm_opcode, parameters: (Int, Int) = (0, 0)) {
    self.opcode = opcode
    self.parameters = parameters
  }

  /// How much an instruction costs in multiply-adds, roughly.
  static func weight(of instruction: tm_instruction) -> Double {
    functionClass(of: instruction).weight
  }

  static func functionClass(of instruction: tm_instruction) -> FunctionClass {
    switch tm_opcode(rawValue: numericCast(instruction.opcode)) {
    case TM_EXP, TM_EXPM1, TM_TANH, TM_SIGMOID, TM_LOG, TM_LOG1P, TM_UNIFORM,
      TM_SILU:
      .exponential
    case TM_SOFTPLUS, TM_ERF, TM_SIN, TM_COS, TM_SILU_DERIVATIVE, TM_GELU_TANH: .compound
    case TM_GELU, TM_GELU_DERIVATIVE, TM_GELU_TANH_DERIVATIVE: .gaussian
    case TM_POW: .power
    case TM_DIV, TM_SQRT, TM_RSQRT: .root
    default: .simple
    }
  }
}
