// A small builder of tile programs for the tests.
import CKernels

struct TileProgram {
  var dims = [0]
  var range: Range<Int>?
  private(set) var inputs: [tm_operand] = []
  private(set) var outputs: [tm_operand] = []
  private(set) var code: [tm_instruction] = []
  private var temporaries = 0
  private var slots = 0

  var count: Int { dims.reduce(1, *) }
  var registerCount: Int { inputs.count + temporaries }

  /// An input in the next slot; without strides it is linear. All inputs come before any
  /// instruction.
  mutating func input(_ type: tm_dtype, strides: [Int]? = nil, offset: Int = 0) -> Int {
    precondition(code.isEmpty)
    var operand = tm_operand()
    operand.ref = ref(slots, offset: offset)
    operand.type = UInt8(type.rawValue)
    operand.kind = UInt8((strides == nil ? TM_LINEAR : TM_STRIDED).rawValue)
    operand.strides = eight(strides ?? [])
    slots += 1
    inputs.append(operand)
    return inputs.count - 1
  }

  mutating func splat(_ type: tm_dtype) -> Int {
    let register = input(type)
    inputs[register].kind = UInt8(TM_SPLAT.rawValue)
    return register
  }

  mutating func immediate<T: KernelElement>(_ value: T) -> Int {
    var operand = tm_operand()
    operand.type = UInt8(T.code.rawValue)
    operand.kind = UInt8(TM_IMMEDIATE.rawValue)
    withUnsafeMutableBytes(of: &operand.immediate) { $0.storeBytes(of: value, as: T.self) }
    inputs.append(operand)
    return inputs.count - 1
  }

  mutating func append(
    _ opcode: tm_opcode, _ type: tm_dtype, from: tm_dtype? = nil, _ operands: Int...,
    into register: Int? = nil, parameters: (Int64, Int64) = (0, 0)
  ) -> Int {
    let result = register ?? registerCount
    if register == nil { temporaries += 1 }
    let o = operands + [0, 0, 0]
    code.append(
      tm_instruction(
        opcode: UInt8(opcode.rawValue), type: UInt8(type.rawValue),
        from: UInt8((from ?? type).rawValue),
        result: UInt8(result), x: UInt8(o[0]), y: UInt8(o[1]), z: UInt8(o[2]), parameter: parameters
      ))
    return result
  }

  /// Stores a register, to the next slot or in the place of slot `slot`.
  mutating func output<T: KernelElement>(
    _: T.Type, _ register: Int, strides: [Int]? = nil, slot: Int? = nil
  ) {
    var operand = tm_operand()
    operand.ref = ref(slot ?? slots)
    operand.type = UInt8(T.code.rawValue)
    operand.kind = UInt8((strides == nil ? TM_LINEAR : TM_STRIDED).rawValue)
    operand.strides = eight(strides ?? [])
    operand.reg = UInt8(register)
    if slot == nil { slots += 1 }
    outputs.append(operand)
  }

  @discardableResult
  func run(_ table: Table, memories: [any Addressable]) -> Call {
    let call = Call(memories: memories, workspace: tm_elementwise_workspace(UInt32(registerCount)))
    inputs.withUnsafeBufferPointer { inputs in
      outputs.withUnsafeBufferPointer { outputs in
        code.withUnsafeBufferPointer { code in
          let range = range ?? 0..<count
          let arguments = tm_elementwise_arguments(
            inputs: inputs.baseAddress, outputs: outputs.baseAddress, code: code.baseAddress,
            dims: eight(dims), begin: Int64(range.lowerBound), end: Int64(range.upperBound),
            input_count: UInt32(inputs.count), output_count: UInt32(outputs.count),
            instruction_count: UInt32(code.count), register_count: UInt32(registerCount),
            rank: UInt32(dims.count), reduction: tm_row_reduction(), streams: false)
          call.run(table, \.elementwise, arguments)
        }
      }
    }
    return call
  }
}
