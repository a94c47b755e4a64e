// Functions of f32 and f64 against libm in Double: accuracy over the whole range, and the ends
// exactly.
import CKernels
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A unary function: its opcode, the truth, and the bound we promise in f32.
struct MathFunction: Sendable, CustomStringConvertible {
  let description: String
  let opcode: UInt32
  let ulps: Double
  let truth: @Sendable (Double) -> Double

  static let all = [
    MathFunction(description: "sqrt", opcode: TM_SQRT.rawValue, ulps: 0.5) { $0.squareRoot() },
    MathFunction(description: "rsqrt", opcode: TM_RSQRT.rawValue, ulps: 1.6) {
      1 / $0.squareRoot()
    },
    MathFunction(description: "exp", opcode: TM_EXP.rawValue, ulps: 1.1) { exp($0) },
    MathFunction(description: "expm1", opcode: TM_EXPM1.rawValue, ulps: 1.6) { expm1($0) },
    MathFunction(description: "log", opcode: TM_LOG.rawValue, ulps: 1) { log($0) },
    MathFunction(description: "log1p", opcode: TM_LOG1P.rawValue, ulps: 1.5) { log1p($0) },
    MathFunction(description: "tanh", opcode: TM_TANH.rawValue, ulps: 2.8) { tanh($0) },
    MathFunction(description: "sigmoid", opcode: TM_SIGMOID.rawValue, ulps: 2.6) {
      $0 < 0 ? exp($0) / (1 + exp($0)) : 1 / (1 + exp(-$0))
    },
    MathFunction(description: "softplus", opcode: TM_SOFTPLUS.rawValue, ulps: 2) {
      ($0 > 0 ? $0 : 0) + log1p(exp(-abs($0)))
    },
    MathFunction(description: "erf", opcode: TM_ERF.rawValue, ulps: 1.2) { erf($0) },
    MathFunction(description: "sin", opcode: TM_SIN.rawValue, ulps: 1.6) { sin($0) },
    MathFunction(description: "cos", opcode: TM_COS.rawValue, ulps: 1.6) { cos($0) },
    MathFunction(description: "floor", opcode: TM_FLOOR.rawValue, ulps: 0) { floor($0) },
    MathFunction(description: "round", opcode: TM_ROUND.rawValue, ulps: 0) {
      $0.rounded(.toNearestOrEven)
    },
  ]

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

@Suite struct FunctionTests {
  /// Every 65521st float (a prime), so that all exponents, signs and many fractions occur; and a
  /// fine sweep of what networks use.
  static let sweep: [Float] =
    stride(from: 0, through: UInt64(UInt32.max), by: 65521 * thinning).map {
      Float(bitPattern: UInt32($0))
    }
    + stride(from: -20, to: 20, by: 0.000_61 * Double(thinning)).map { Float($0) }
  static let ends: [Float] = [
    0, -0.0, 1, -1, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
    .leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 88.72284, 88.7229,
    -87.3, -103.9, -104, 0.94, 4, 9.02, 0.70710677, 1.4142135, 131072, 131073, 1e5, 1e10, -16777216,
  ]

  /// Proves: the promised bound in ulps for every function and instruction set, in f32.
  @Test(arguments: Table.all, MathFunction.all)
  func accuracy(table: Table, function: MathFunction) {
    var (worst, at) = (0.0, Float(0))
    for (x, y) in zip(Self.sweep, function.apply(table, Self.sweep)) {
      let error = ulps(y, from: function.truth(Double(x)))
      if error > worst { (worst, at) = (error, x) }
    }
    #expect(worst <= max(function.ulps, 0.5000001), "at \(at)")
  }

  /// Proves: zeros with their sign, infinities, NaN, subnormals and the edges of the reductions
  /// come out right.
  @Test(arguments: Table.all, MathFunction.all)
  func ends(table: Table, function: MathFunction) {
    for (x, y) in zip(Self.ends, function.apply(table, Self.ends)) {
      let truth = function.truth(Double(x))
      #expect(ulps(y, from: truth) <= max(function.ulps, 0.5000001), "\(function)(\(x)) = \(y)")
      if truth == 0 { #expect(y.sign == truth.sign, "\(function)(\(x)) = \(y)") }
      if truth.isNaN { #expect(y.isNaN) }
    }
  }

  /// Proves: f64 functions are libm's, to a few ulps (sigmoid and softplus are composed).
  @Test(arguments: Table.vector, MathFunction.all)
  func doubles(table: Table, function: MathFunction) {
    var random = Seeded(31)
    let x = numbers(3000, &random, -30, 30) as [Double] + Self.ends.map(Double.init)
    for (x, y) in zip(x, function.apply(table, x)) {
      #expect(ulps(y, from: function.truth(x)) <= 4, "\(function)(\(x)) = \(y)")
    }
  }

  /// Proves: pow within 0.51 ulp in f32, and the special cases of C's Annex F.
  @Test(arguments: Table.all)
  func power(table: Table) {
    var random = Seeded(32)
    let special: [Float] = [
      0, -0.0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, .infinity, -.infinity, .nan, 16_777_215, 33_554_432,
      .leastNonzeroMagnitude,
    ]
    var (x, y): ([Float], [Float]) = ([], [])
    for a in special { for b in special { (x, y) = (x + [a], y + [b]) } }
    for _ in rounds(20_000) {
      x.append(Float(bitPattern: UInt32(random.below(0x7F80_0000))))
      y.append(Float(random.uniform(-40, 40)))
      x.append(Float(random.uniform(-20, 20)))
      y.append(Float(random.below(24) - 12))
    }
    var program = TileProgram()
    program.dims = [x.count]
    let (a, b) = (program.input(TM_F32), program.input(TM_F32))
    program.output(Float.self, program.append(TM_POW, TM_F32, a, b))
    let memories = [Memory(x), Memory(y), Memory(Array(repeating: Float.poison, count: x.count))]
    program.run(table, memories: memories)
    for (i, z) in memories[2].values.enumerated() {
      let truth = pow(Double(x[i]), Double(y[i]))
      #expect(ulps(z, from: truth) <= 0.51, "pow(\(x[i]), \(y[i])) = \(z), not \(truth)")
      if truth == 0 { #expect(z.sign == truth.sign, "pow(\(x[i]), \(y[i])) = \(z)") }
    }
  }
}
