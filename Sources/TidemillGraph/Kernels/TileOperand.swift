import CKernels

extension ElementwiseCall.Input {
  /// As a kernel takes it.
  ///
  /// - Parameter linear: Whether elements that lie one after the other are told apart from those walked by strides.
  func operand(in encoder: borrowing ArgumentEncoder, linear: Bool) -> tm_operand {
    var operand = tm_operand()
    switch self {
    case .immediate(let bits, let dtype):
      operand.kind = UInt8(TM_IMMEDIATE.rawValue)
      operand.type = dtype.kernelCode
      operand.immediate = bits
    case .view(let view):
      operand.type = view.dtype.kernelCode
      operand.ref = encoder.reference(to: view)
      if linear && view.isContiguous {
        operand.kind = UInt8(TM_LINEAR.rawValue)
      } else if view.strides.allSatisfy({ $0 == 0 }) {
        operand.kind = UInt8(TM_SPLAT.rawValue)
      } else {
        operand.kind = UInt8(TM_STRIDED.rawValue)
      }
      withUnsafeMutableBytes(of: &operand.strides) { bytes in
        let strides = bytes.bindMemory(to: Int64.self)
        for (axis, stride) in view.strides.enumerated() { strides[axis] = Int64(stride) }
      }
    }
    return operand
  }
}

extension ElementwiseCall.Output {
  /// As ``ElementwiseCall/Input/operand(in:linear:)``, with the register that is stored there.
  func operand(in encoder: borrowing ArgumentEncoder, linear: Bool) -> tm_operand {
    var operand = ElementwiseCall.Input.view(view).operand(in: encoder, linear: linear)
    operand.reg = UInt8(truncatingIfNeeded: register)
    return operand
  }
}
