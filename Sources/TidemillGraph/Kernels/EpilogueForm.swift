import CKernels

/// Which of the kernels' forms an epilogue has, and which inputs take part in it.
///
/// Found by writing the program as text, operands of sums and products in a fixed order, and looking that up. A program
/// that is not there runs instruction by instruction. A single result may be rounded to bfloat16, which is no part of the
/// text.
struct EpilogueForm: Sendable {
  let code: tm_gemm_form
  /// Inputs, in the order in which they appear in the text.
  private(set) var matrices: [Int] = []
  private(set) var rows: [Int] = []
  private(set) var numbers: [Int] = []

  private static let codes: [String: tm_gemm_form] = [
    "s": TM_FORM_SUMS,
    "add(s,x)": TM_FORM_ADD,
    "mul(p,s)": TM_FORM_SCALE,
    "add(mul(p,s),mul(q,x))": TM_FORM_SCALE_ADD,
    "add(r,s)": TM_FORM_ADD_ROW,
    "max(p,add(r,s))": TM_FORM_ADD_ROW_MAX,
    "max(add(r,s),p)": TM_FORM_MAX_ADD_ROW,
    "select(gt(x,p),s,q)": TM_FORM_WHERE_OVER,
    "select(gt(x,p),s,p)": TM_FORM_WHERE_OVER,
    "mul(mul(sub(p,x),x),s)": TM_FORM_SIGMOID_SLOPE,
    "mul(s,sub(p,mul(x,x)))": TM_FORM_TANH_SLOPE,
    "sub(x,mul(p,s))": TM_FORM_DESCENT,
    "add(mul(p,x),s);sub(y,mul(add(mul(p,x),s),q))": TM_FORM_MOMENTUM,
  ]

  /// - Parameter sums: The input that is the product.
  init?(
    of inputs: [ElementwiseCall.Input], _ outputs: [ElementwiseCall.Output],
    _ code: [tm_instruction], sums: Int
  ) {
    guard let trees = Tree.outputs(of: inputs, outputs, code, sums: sums) else { return nil }
    var (matrices, rows, numbers) = ([Int](), [Int](), [Int]())
    func name(_ input: Int, among known: inout [Int], _ names: [String]) -> String {
      if !known.contains(input) { known.append(input) }
      return known.firstIndex(of: input).flatMap { $0 < names.count ? names[$0] : nil } ?? "?"
    }
    func text(_ tree: Tree) -> String {
      switch tree {
      case .sums: "s"
      case .matrix(let input): name(input, among: &matrices, ["x", "y"])
      case .row(let input): name(input, among: &rows, ["r"])
      case .number(let input): name(input, among: &numbers, ["p", "q"])
      case .call(let function, let operands):
        "\(function)(\(operands.map(text).joined(separator: ",")))"
      case .narrowed: "?"  // amid a program
      }
    }
    guard let form = Self.codes[trees.map(text).joined(separator: ";")] else { return nil }
    self.code = form
    (self.matrices, self.rows, self.numbers) = (matrices, rows, numbers)
  }
}

/// What an output is computed from.
private indirect enum Tree {
  case sums
  case matrix(Int)
  case row(Int)
  case number(Int)
  case call(String, [Tree])
  /// Rounded to bfloat16.
  case narrowed(Tree)

  /// `nil` where an operand or an instruction is none that any form has, or the text would be long.
  static func outputs(
    of inputs: [ElementwiseCall.Input], _ outputs: [ElementwiseCall.Output],
    _ code: [tm_instruction], sums: Int
  ) -> [Tree]? {
    guard code.count <= 5, case .view(let product) = inputs[sums] else { return nil }
    let dtype = product.dtype
    var trees: [Int: Tree] = [:]
    for (input, operand) in inputs.enumerated() {
      trees[input] = input == sums ? .sums : leaf(operand, input, dtype)
    }
    for instruction in code {
      let opcode = tm_opcode(rawValue: numericCast(instruction.opcode))
      if opcode == TM_CAST, dtype == .float32, instruction.from == dtype.kernelCode,
        instruction.type == DType.bfloat16.kernelCode, let operand = trees[Int(instruction.x)]
      {
        trees[Int(instruction.result)] = .narrowed(operand)
        continue
      }
      guard let (function, count) = functions[opcode.rawValue],
        instruction.type == dtype.kernelCode || opcode == TM_GT,
        instruction.from == dtype.kernelCode || opcode == TM_SELECT
      else { return nil }
      let registers = [instruction.x, instruction.y, instruction.z].prefix(count)
      var operands = registers.compactMap { trees[Int($0)] }
      guard operands.count == count else { return nil }
      if opcode == TM_ADD || opcode == TM_MUL { operands.sort { $0.shape < $1.shape } }
      trees[Int(instruction.result)] = .call(function, operands)
    }
    var found: [Tree] = []
    for output in outputs {
      guard let tree = trees[output.register], output.view.strides[2] == 1 else { return nil }
      if case .narrowed(let whole) = tree {
        guard outputs.count == 1 else { return nil }
        found.append(whole)
      } else {
        guard output.view.dtype == dtype else { return nil }
        found.append(tree)
      }
    }
    return found
  }

  private static let functions: [tm_opcode.RawValue: (String, Int)] = [
    TM_ADD.rawValue: ("add", 2), TM_SUB.rawValue: ("sub", 2), TM_MUL.rawValue: ("mul", 2),
    TM_MAX.rawValue: ("max", 2), TM_GT.rawValue: ("gt", 2), TM_SELECT.rawValue: ("select", 3),
  ]

  private static func leaf(_ operand: ElementwiseCall.Input, _ input: Int, _ dtype: DType) -> Tree?
  {
    switch operand {
    case .immediate(_, let type): return type == dtype ? .number(input) : nil
    case .view(let view):
      guard view.dtype == dtype else { return nil }
      if view.strides.allSatisfy({ $0 == 0 }) { return .number(input) }
      guard view.strides[2] == 1 else { return nil }
      return view.strides[1] == 0 ? .row(input) : .matrix(input)
    }
  }

  /// The text but for which input it is.
  private var shape: String {
    switch self {
    case .sums: "s"
    case .matrix: "x"
    case .row: "r"
    case .number: "p"
    case .call(let function, let operands):
      "\(function)(\(operands.map(\.shape).joined(separator: ",")))"
    case .narrowed: "?"
    }
  }
}
