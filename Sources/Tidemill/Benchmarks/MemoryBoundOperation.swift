/// Operations on a matrix of float32 that wait for memory more than for arithmetic, where the matrix
/// is large.
public enum MemoryBoundOperation: String, CaseIterable, Sendable {
  /// `a + b`
  case add
  /// `tanh(a·b + a)·b`, one fused chain
  case chain
  /// GELU by tanh
  case gelu
  /// `exp(a)`
  case exp
  /// Softmax of each row
  case softmax
  /// Layer norm of each row, with a factor and an offset for each column
  case layernorm
  /// The sum of all numbers
  case sumAll = "sum-all"
  /// The sum of each column
  case sumRows = "sum-rows"
  /// The transpose, as a matrix of its own
  case transpose

  /// The name that other systems' benchmarks have for it.
  public var name: String {
    switch self {
    case .chain: "chain tanh(a*b+a)*b"
    case .sumAll: "sum all"
    case .sumRows: "sum rows(axis 0)"
    default: rawValue
    }
  }

  /// The fewest bytes that must move: each matrix that is read or written, once.
  ///
  /// - Parameters:
  ///   - rows: Of the matrix.
  ///   - columns: Of the matrix.
  public func bytes(rows: Int, columns: Int) -> Double {
    let matrices: Double
    switch self {
    case .add, .chain: matrices = 3
    case .sumAll, .sumRows: matrices = 1
    default: matrices = 2
    }
    return matrices * 4 * Double(rows) * Double(columns)
  }

  /// Arithmetic for each element by the formula, a function such as tanh counted as one.
  public var flopsPerElement: Double {
    switch self {
    case .add, .exp, .sumAll, .sumRows: 1
    case .chain: 4
    case .gelu: 9  // x·x·x·c, added and scaled; tanh, plus 1, times x/2
    case .softmax: 5  // maximum, difference, exp, sum, quotient
    case .layernorm: 7  // sum; difference, square, sum; scale, factor, offset
    case .transpose: 0
    }
  }

  /// Whether there is a second matrix.
  private var hasSecond: Bool { self == .add || self == .chain }

  /// Records the operation.
  func trace(_ graph: GraphBuilder, rows: Int, columns: Int) -> Value {
    let a = graph.input("a", [rows, columns])
    let b = hasSecond ? graph.input("b", [rows, columns]) : a
    switch self {
    case .add: return a + b
    case .chain: return (a * b + a).tanh() * b
    case .gelu: return a.geluTanh()
    case .exp: return a.exp()
    case .softmax: return a.softmax()
    case .layernorm:
      let (factor, offset) = (graph.input("factor", [columns]), graph.input("offset", [columns]))
      return a.layerNorm(gain: factor, bias: offset)
    case .sumAll: return a.sum()
    case .sumRows: return a.sum(axes: [0])
    case .transpose: return a.transposed()
    }
  }
}
