// The functions under test, with the truth and the bounds that are promised.
import CKernels

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The truth has digits to spare where the CPU has a wider type; libm's in f64 is within an ulp.
#if arch(x86_64) && !os(Windows)
  typealias Wide = Float80
  let spare = 0.0
#else
  typealias Wide = Double
  let spare = 1.0
#endif

/// A unary function: its opcode, the truth, and the bounds we promise in f32 and f64. Between -2 and 2 the error of
/// `rooted` ones, which have a root there, is in ulps of 1.
struct MathFunction: Sendable, CustomStringConvertible {
  let description: String
  let opcode: UInt32
  let ulps: (f32: Double, f64: Double)
  var rooted = false
  let truth: @Sendable (Wide) -> Wide

  init(
    _ description: String, _ opcode: tm_opcode, _ f32: Double, _ f64: Double, rooted: Bool = false,
    truth: @escaping @Sendable (Wide) -> Wide
  ) {
    self.description = description
    self.opcode = opcode.rawValue
    self.ulps = (max(f32, 0.5000001), max(f64, 0.5000001) + spare)
    self.rooted = rooted
    self.truth = truth
  }

  /// How far a result is from the truth, in what is promised.
  func error<T: BinaryFloatingPoint>(_ y: T, of x: T) -> Double {
    let truth = truth(Wide(x))
    return rooted && abs(x) < 2
      ? Double(abs(Wide(y) - truth) / Wide(T(1).ulp)) : CKernelsTests.ulps(y, from: truth)
  }

  static let all = [
    MathFunction("sqrt", TM_SQRT, 0.5, 0.5) { $0.squareRoot() },
    MathFunction("rsqrt", TM_RSQRT, 1.6, 1.6) { 1 / $0.squareRoot() },
    MathFunction("exp", TM_EXP, 1.1, 1.1) { exp($0) },
    MathFunction("expm1", TM_EXPM1, 1.5, 1.7) { expm1($0) },
    MathFunction("log", TM_LOG, 1, 1) { log($0) },
    MathFunction("log1p", TM_LOG1P, 1.5, 1.5) { log1p($0) },
    MathFunction("tanh", TM_TANH, 1.5, 1.5) { tanh($0) },
    MathFunction("sigmoid", TM_SIGMOID, 1.8, 1.8) { sigmoid($0) },
    MathFunction("softplus", TM_SOFTPLUS, 1.8, 1.8) { max($0, 0) + log1p(exp(-abs($0))) },
    MathFunction("erf", TM_ERF, 1.2, 1.2) { erf($0) },
    MathFunction("sin", TM_SIN, 1.6, 1.6) { sin($0) },
    MathFunction("cos", TM_COS, 1.6, 1.6) { cos($0) },
    MathFunction("silu", TM_SILU, 2, 2) { $0 < -2000 ? -0.0 : $0 * sigmoid($0) },
    MathFunction("silu derivative", TM_SILU_DERIVATIVE, 2, 2, rooted: true) {
      gated($0) { sigmoid(-$0) * (1 - $0 * sigmoid($0)) }
    },
    MathFunction("gelu", TM_GELU, 0.6, 2.2) { $0 < -50 ? -0.0 : $0 * normal(min($0, 50)) },
    MathFunction("gelu derivative", TM_GELU_DERIVATIVE, 0.6, 2, rooted: true) {
      gated($0) { $0 > 50 ? -0.0 : normal(-$0) - $0 * bell($0) }
    },
    MathFunction("gelu tanh", TM_GELU_TANH, 2, 2.1) { $0 < -50 ? -0.0 : $0 * sigmoid(inner($0)) },
    MathFunction("gelu tanh derivative", TM_GELU_TANH_DERIVATIVE, 2, 2, rooted: true) {
      gated($0) {
        let (x, cube) = (min($0, 50), 0.134145 * min($0, 50) * min($0, 50))
        let a = inner(x)
        return sigmoid(-a) * (1 - 1.59576912160573071175978 * x * (1 + cube) * sigmoid(a))
      }
    },
    MathFunction("floor", TM_FLOOR, 0, 0) { floor($0) },
    MathFunction("round", TM_ROUND, 0, 0) { $0.rounded(.toNearestOrEven) },
  ]

  private static func sigmoid(_ x: Wide) -> Wide {
    x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x))
  }
  /// With what rounding of the argument loses: far out it matters, by a slope of about 2z.
  private static func normal(_ x: Wide) -> Wide {
    let root: Wide = 0.707106781186547524400844
    let z = -x * root
    let lost =
      (-z).addingProduct(-x, root) - x * (0.5 as Wide).addingProduct(-root, root) / (2 * root)
    return erfc(z) / 2 * (1 - 2 * max(z, 0) * lost)
  }
  private static func bell(_ x: Wide) -> Wide {
    let lost = (-x * x).addingProduct(x, x)
    return exp(-x * x / 2) * (1 - lost / 2) * 0.398942280401432677939946
  }
  private static func inner(_ x: Wide) -> Wide {
    1.59576912160573071175978 * x * (1 + 0.044715 * x * x)
  }
  /// By its values below 0 at -x: the two add up to 1.
  private static func gated(_ x: Wide, _ lower: (Wide) -> Wide) -> Wide {
    guard !x.isNaN else { return x }
    let y = x.isInfinite ? -0.0 : lower(abs(x))
    return x < 0 ? y : 1 - y
  }

  func apply<T: KernelElement>(_ table: Table, _ x: [T]) -> [T] {
    var program = TileProgram()
    program.dims = [x.count]
    let input = program.input(T.code)
    program.output(T.self, program.append(tm_opcode(opcode), T.code, input))
    let (source, out) = (Memory(x), Memory(Array(repeating: T.poison, count: x.count)))
    program.run(table, memories: [source, out])
    return out.values
  }
}
