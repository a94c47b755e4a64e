// Functions of f32 and f64 against libm in a wider type: accuracy over the whole range, and the ends
// exactly.
import CKernels
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

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
      let error = function.error(y, of: x)
      if error > worst { (worst, at) = (error, x) }
    }
    #expect(worst <= function.ulps.f32, "at \(at)")
  }

  /// Proves: the promised bound in f64, over all bit patterns and over what networks use.
  @Test(arguments: Table.vector, MathFunction.all)
  func doubles(table: Table, function: MathFunction) {
    var random = Seeded(31)
    let any = rounds(20_000).map { _ in Double(bitPattern: random.next()) }
    let x =
      any + numbers(rounds(40_000).count, &random, -40, 40)
      + rounds(20_000).map { _ in exp2(random.uniform(-30, 30)) * (random.below(2) == 0 ? 1 : -1) }
    for (x, y) in zip(x, function.apply(table, x)) {
      let error = function.error(y, of: x)
      #expect(error <= function.ulps.f64, "\(function)(\(x)) = \(y)")
    }
  }

  /// Proves: zeros with their sign, infinities, NaN, subnormals and the edges of the reductions
  /// come out right.
  @Test(arguments: Table.all, MathFunction.all)
  func ends(table: Table, function: MathFunction) {
    checkEnds(table, function, Self.ends, function.ulps.f32)
    let doubles: [Double] = [
      0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
      .leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 709.78, 709.79,
      -708.5, -745.1, -745.2, 0.875, -6, 20, 0x1p27, 0x1.00001p27, -1e15, -38.5, -21.7, -752,
    ]
    if table.isa != TM_SCALAR.rawValue { checkEnds(table, function, doubles, function.ulps.f64) }
  }

  private func checkEnds<T: KernelElement & BinaryFloatingPoint>(
    _ table: Table, _ function: MathFunction, _ ends: [T], _ ulps: Double
  ) {
    for (x, y) in zip(ends, function.apply(table, ends)) {
      let truth = function.truth(Wide(x))
      #expect(function.error(y, of: x) <= ulps, "\(function)(\(x)) = \(y)")
      if truth == 0 {
        #expect((y.sign == .minus) == (truth.sign == .minus), "\(function)(\(x)) = \(y)")
      }
      if truth.isNaN { #expect(y.isNaN) }
    }
  }

  /// Proves: an element's bits do not depend on where it lies, so on the part of a vector.
  @Test(arguments: Table.vector, MathFunction.all)
  func places(table: Table, function: MathFunction) {
    var random = Seeded(33)
    let x: [Double] = numbers(77, &random, -9, 9)
    for count in 1...x.count {
      let (some, all) = (Array(x.suffix(count)), Array(function.apply(table, x).suffix(count)))
      #expect(firstDifference(function.apply(table, some), all) == nil)
      let (few, every) = (
        some.map { Float($0) }, function.apply(table, x.map { Float($0) }).suffix(count)
      )
      #expect(firstDifference(function.apply(table, few), Array(every)) == nil)
    }
  }

  /// Proves: pow within 1.2 ulp in f64, also where the exponent multiplies the logarithm's error.
  @Test(arguments: Table.vector)
  func wordsOfPower(table: Table) {
    var random = Seeded(34)
    let special: [Double] = [
      0, -0.0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, .infinity, -.infinity, .nan, 0x1.fffffffffffffp52,
      0x1p54, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
    ]
    var (x, y): ([Double], [Double]) = ([], [])
    for a in special { for b in special { (x, y) = (x + [a], y + [b]) } }
    for _ in rounds(10_000) {
      x += [
        exp2(random.uniform(-30, 30)), 1 + random.uniform(-0.01, 0.01), random.uniform(-20, 20),
      ]
      y += [random.uniform(-40, 40), random.uniform(-5e4, 5e4), Double(random.below(40) - 20)]
    }
    for (i, z) in power(table, x, y).enumerated() {
      let truth = pow(Wide(x[i]), Wide(y[i]))
      #expect(ulps(z, from: truth) <= 1.2 + spare, "pow(\(x[i]), \(y[i])) = \(z), not \(truth)")
      if Double(truth) == 0 { #expect((z.sign == .minus) == (truth.sign == .minus)) }
    }
  }

  private func power<T: KernelElement>(_ table: Table, _ x: [T], _ y: [T]) -> [T] {
    var program = TileProgram()
    program.dims = [x.count]
    let (a, b) = (program.input(T.code), program.input(T.code))
    program.output(T.self, program.append(TM_POW, T.code, a, b))
    let memories = [Memory(x), Memory(y), Memory(Array(repeating: T.poison, count: x.count))]
    program.run(table, memories: memories)
    return memories[2].values
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
    for (i, z) in power(table, x, y).enumerated() {
      let truth = pow(Double(x[i]), Double(y[i]))
      #expect(ulps(z, from: truth) <= 0.51, "pow(\(x[i]), \(y[i])) = \(z), not \(truth)")
      if truth == 0 { #expect(z.sign == truth.sign, "pow(\(x[i]), \(y[i])) = \(z)") }
    }
  }
}
