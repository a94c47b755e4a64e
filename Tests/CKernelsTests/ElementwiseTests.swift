// Tile programs: every exact instruction against the oracle, operands of every kind, cuts, and
// outputs in the place of inputs.
import CKernels
import Testing

@Suite struct ElementwiseTests {
  static let corners: [Double] = [
    0, -0.0, 1, -1, 2.5, -2.5, 0.5, 1.5, .infinity, -.infinity, .nan, 2_147_483_647, -2_147_483_648,
    2_147_483_648, 9.3e18, -9.3e18, 1e30, 1e-40, 3, 7,
  ]

  /// All pairs of corner values, and random ones, as an element type.
  private func samples<T: KernelElement>(_: T.Type) -> (x: [T], y: [T], z: [T]) {
    func value(_ x: Double) -> T {
      switch T.code {
      case TM_I32: return T(number: x.isNaN ? 5 : min(max(x, -2_147_483_648), 2_147_483_647))
      case TM_I64: return T(number: x.isNaN ? 5 : min(max(x, -9.2e18), 9.2e18))
      default: return T(number: x)
      }
    }
    var random = Seeded(41)
    var (x, y, z): ([T], [T], [T]) = ([], [], [])
    for a in Self.corners {
      for b in Self.corners {
        x.append(value(a))
        y.append(value(b))
        z.append(value(random.uniform(-2, 2)))
      }
    }
    return (
      x + numbers(603, &random, -100, 100), y + numbers(603, &random, -9, 9),
      z + numbers(603, &random, -9, 9)
    )
  }

  /// Runs one instruction with a table and with the oracle.
  private func compare<T: KernelElement, R: KernelElement>(
    _ table: Table, _ opcode: tm_opcode, _: T.Type, _: R.Type
  ) {
    let (x, y, z) = samples(T.self)
    let results = [table, .scalar].map { table in
      var program = TileProgram()
      program.dims = [x.count]
      let operands = [program.input(T.code), program.input(T.code), program.input(T.code)]
      program.output(
        R.self, program.append(opcode, R.code, from: T.code, operands[0], operands[1], operands[2]))
      let out = Memory(Array(repeating: R.poison, count: x.count))
      let memories: [any Addressable] = [Memory(x), Memory(y), Memory(z)]
      program.run(table, memories: memories + [out])
      #expect(out.isIntactAround)
      return out.values
    }
    if let i = firstDifference(results[0], results[1]) {
      Issue.record(
        """
        \(opcode) \(T.self) to \(R.self): \(x[i]), \(y[i]), \(z[i]) \
        gave \(results[0][i]), not \(results[1][i])
        """
      )
    }
  }

  private func arithmetic<T: KernelElement>(_ table: Table, _: T.Type, _ more: [tm_opcode]) {
    for opcode in [
      TM_COPY, TM_ADD, TM_SUB, TM_MUL, TM_DIV, TM_MAX, TM_MIN, TM_NEG, TM_ABS, TM_SIGN,
    ] + more {
      compare(table, opcode, T.self, T.self)
    }
    for opcode in [TM_EQ, TM_NE, TM_LT, TM_LE, TM_GT, TM_GE] {
      compare(table, opcode, T.self, UInt8.self)
    }
    compare(table, TM_CAST, T.self, Float.self)
    compare(table, TM_CAST, T.self, Double.self)
    compare(table, TM_CAST, T.self, Int32.self)
    compare(table, TM_CAST, T.self, Int64.self)
    compare(table, TM_CAST, T.self, UInt8.self)
  }

  /// Proves: instructions that are exact or rounded once give the oracle's bits for every type,
  /// corner values (NaN, infinities, the integers' ends, division by 0 and by -1) included.
  @Test(arguments: Table.vector)
  func exactInstructions(table: Table) {
    arithmetic(table, Float.self, [TM_SQRT, TM_FLOOR, TM_ROUND, TM_FMA])
    arithmetic(table, Double.self, [TM_SQRT, TM_FLOOR, TM_ROUND, TM_FMA])
    arithmetic(table, Int32.self, [])
    arithmetic(table, Int64.self, [])
    for opcode in [
      TM_COPY, TM_AND, TM_OR, TM_NOT, TM_MAX, TM_MIN, TM_EQ, TM_NE, TM_LT, TM_LE, TM_GT, TM_GE,
    ] {
      compare(table, opcode, UInt8.self, UInt8.self)
    }
    compare(table, TM_CAST, UInt8.self, Float.self)
    compare(table, TM_CAST, UInt8.self, Double.self)
    compare(table, TM_CAST, UInt8.self, Int32.self)
    compare(table, TM_CAST, UInt8.self, Int64.self)
  }

  private func select<T: KernelElement>(_ table: Table, _: T.Type) {
    let (x, y, _) = samples(T.self)
    var random = Seeded(42)
    let mask = numbers(x.count, &random) as [UInt8]
    var program = TileProgram()
    program.dims = [x.count]
    let (m, a, b) = (program.input(TM_BOOL), program.input(T.code), program.input(T.code))
    program.output(T.self, program.append(TM_SELECT, T.code, m, a, b))
    let (masks, xs, ys, out) = (Memory(mask), Memory(x), Memory(y), Memory(x))
    program.run(table, memories: [masks, xs, ys, out])
    let wanted = (0..<x.count).map { mask[$0] == 1 ? x[$0] : y[$0] }
    #expect(firstDifference(out.values, wanted) == nil)
  }

  /// Proves: select takes y where x is 1 and z where it is 0, for every type.
  @Test(arguments: Table.all)
  func select(table: Table) {
    select(table, Float.self)
    select(table, Double.self)
    select(table, Int32.self)
    select(table, Int64.self)
    select(table, UInt8.self)
  }

  /// Proves: iota is (index / p) % q for any begin, period and count.
  @Test(arguments: Table.all)
  func iota(table: Table) {
    var random = Seeded(43)
    for _ in rounds(200) {
      let (period, count) = (1 + random.extent(40), 1 + random.extent(60))
      var program = TileProgram()
      program.dims = [1 + random.extent(1500)]
      let begin = random.below(program.count)
      program.range = begin..<program.count
      program.output(
        Int32.self, program.append(TM_IOTA, TM_I32, parameters: (Int64(period), Int64(count))))
      let out = Memory([Int32](repeating: 0, count: program.count))
      program.run(table, memories: [out])
      #expect(
        Array(out.values[begin...]) == (begin..<program.count).map { Int32($0 / period % count) },
        "period \(period) count \(count) begin \(begin)")
    }
  }

  /// Proves: for spaces of any rank, strided, broadcast, transposed, reversed, splat and immediate
  /// operands and strided outputs give what an index computed by hand gives, around the block's
  /// edges.
  @Test(arguments: Table.all)
  func stridedOperands(table: Table) {
    var random = Seeded(44)
    for round in rounds(1500) {
      var program = TileProgram()
      program.dims = (0..<1 + random.below(4)).map { d in 1 + random.extent(d == 0 ? 600 : 9) }
      if random.below(2) == 0 { program.dims.reverse() }
      let count = program.count
      let begin = random.below(count), end = begin + random.below(count - begin) + 1
      program.range = begin..<end
      let (strides, low, span) = randomStrides(program.dims, &random, input: true)
      let (outStrides, _, outSpan) = randomStrides(program.dims, &random, input: false)
      let x = program.input(TM_F32, strides: strides, offset: -4 * low)
      let y = program.input(TM_F32)
      let s = program.splat(TM_F32)
      let i = program.immediate(Float(0.75))
      let sum = program.append(TM_FMA, TM_F32, x, s, y)
      program.output(Float.self, program.append(TM_ADD, TM_F32, sum, i), strides: outStrides)
      let values = numbers(span, &random) as [Float], linear = numbers(count, &random) as [Float]
      let (xs, ys, ss) = (Memory(values), Memory(linear), Memory([Float(1.5)]))
      let out = Memory([Float](repeating: 9, count: outSpan))
      program.run(table, memories: [xs, ys, ss, out])
      var wanted = [Float](repeating: 9, count: outSpan)
      for index in begin..<end {
        var (rest, at, to) = (index, -low, 0)
        for d in program.dims.indices.reversed() {
          at += rest % program.dims[d] * strides[d]
          to += rest % program.dims[d] * outStrides[d]
          rest /= program.dims[d]
        }
        wanted[to] = linear[index].addingProduct(values[at], 1.5) + 0.75
      }
      #expect(
        firstDifference(out.values, wanted) == nil && out.isIntactAround,
        "round \(round): \(program.dims) by \(strides) to \(outStrides), \(begin)..<\(end)")
    }
  }

  /// Proves: copies that turn axes, of any rank and element size, cut anywhere, give what an index computed by hand
  /// gives, and write nothing else.
  @Test(arguments: Table.all)
  func turnedCopies(table: Table) {
    var random = Seeded(46)
    for _ in rounds(600) {
      checkCopy(Float.self, table, &random)
      checkCopy(Double.self, table, &random)
      checkCopy(Int32.self, table, &random)
      checkCopy(Int64.self, table, &random)
    }
  }

  private func checkCopy<T: KernelElement>(_: T.Type, _ table: Table, _ random: inout Seeded) {
    var program = TileProgram()
    let large = 2 + random.below(3)
    program.dims = (0..<large).map { _ in 1 + random.extent(large == 2 ? 150 : 20) }
    let row = program.dims.dropFirst().reduce(1, *), first = random.below(program.dims[0])
    let whole = first * row..<(first + 1 + random.below(program.dims[0] - first)) * row
    program.range =
      random.below(4) == 0
      ? whole.lowerBound..<max(whole.lowerBound + 1, whole.upperBound - 1) : whole
    let (strides, low, span) = randomStrides(program.dims, &random, input: random.below(3) == 0)
    let x = program.input(T.code, strides: strides, offset: -low * MemoryLayout<T>.size)
    program.output(T.self, program.append(TM_COPY, T.code, x))
    let values = (0..<span).map { T(number: Double($0)) }
    let (source, out) = (Memory(values), Memory([T](repeating: .poison, count: program.count)))
    program.run(table, memories: [source, out])
    var wanted = [T](repeating: .poison, count: program.count)
    for index in program.range ?? 0..<0 {
      var (rest, at) = (index, -low)
      for d in program.dims.indices.reversed() {
        at += rest % program.dims[d] * strides[d]
        rest /= program.dims[d]
      }
      wanted[index] = values[at]
    }
    #expect(
      firstDifference(out.values, wanted) == nil && out.isIntactAround,
      "\(T.self) \(program.dims) by \(strides), \(String(describing: program.range))")
  }

  /// Strides in a random order of dimensions, with gaps; for inputs also 0 and negative. Also the
  /// lowest position and how many elements are spanned.
  private func randomStrides(_ dims: [Int], _ random: inout Seeded, input: Bool) -> (
    [Int], low: Int, span: Int
  ) {
    var (strides, span, low) = (dims, 1, 0)
    for d in dims.indices.shuffled(using: &random) {
      strides[d] = span
      if input && random.below(3) == 0 {
        strides[d] = 0
        continue
      }
      span *= dims[d] + random.below(2)
      if input && random.below(4) == 0 {
        low -= strides[d] * (dims[d] - 1)
        strides[d] = -strides[d]
      }
    }
    return (strides, low, span)
  }

  /// Proves: no function's bits depend on where a task begins and ends.
  @Test(arguments: Table.all, MathFunction.all)
  func cutsChangeNoBit(table: Table, function: MathFunction) {
    var random = Seeded(45)
    let x = numbers(1300, &random, 0.01, 12) as [Float]
    let whole = function.apply(table, x)
    for _ in 0..<20 {
      let cut = random.below(x.count)
      let parts = function.apply(table, Array(x[..<cut])) + function.apply(table, Array(x[cut...]))
      #expect(firstDifference(parts, whole) == nil, "cut at \(cut)")
    }
  }

  /// Proves: outputs in the place of inputs that later instructions (or other outputs) still read
  /// are right.
  @Test(arguments: Table.all)
  func inPlace(table: Table) {
    var random = Seeded(46)
    let count = 1111
    let (x, y) = (numbers(count, &random) as [Float], numbers(count, &random) as [Float])

    // The sum replaces x before the product reads x.
    var program = TileProgram()
    program.dims = [count]
    var (a, b) = (program.input(TM_F32), program.input(TM_F32))
    let sum = program.append(TM_ADD, TM_F32, a, b)
    let product = program.append(TM_MUL, TM_F32, a, sum)
    program.output(Float.self, sum, slot: 0)
    program.output(Float.self, product, slot: 1)
    var memories = [Memory(x), Memory(y)]
    program.run(table, memories: memories)
    #expect(memories[0].values == zip(x, y).map { $0 + $1 })
    #expect(memories[1].values == zip(x, y).map { $0 * ($0 + $1) })

    // A swap: each output is the other's input, unchanged.
    program = TileProgram()
    program.dims = [count]
    (a, b) = (program.input(TM_F32), program.input(TM_F32))
    program.output(Float.self, b, slot: 0)
    program.output(Float.self, a, slot: 1)
    memories = [Memory(x), Memory(y)]
    program.run(table, memories: memories)
    #expect(memories[0].values == y && memories[1].values == x)

    // A register written again, and stored twice, once in place.
    program = TileProgram()
    program.dims = [count]
    a = program.input(TM_F32)
    let t = program.append(TM_NEG, TM_F32, a)
    _ = program.append(TM_SUB, TM_F32, t, a, into: t)
    program.output(Float.self, t, slot: 0)
    program.output(Float.self, t)
    memories = [Memory(x), Memory(y)]
    program.run(table, memories: memories)
    #expect(memories[0].values == x.map { -$0 - $0 } && memories[1].values == memories[0].values)
  }

  /// Proves: linear operands that end right at an inaccessible page are not touched past it,
  /// whatever the size.
  @Test(arguments: Table.all)
  func staysInsideGuardPages(table: Table) {
    let (source, target) = (GuardedPages(bytes: 1 << 13), GuardedPages(bytes: 1 << 13))
    defer { withExtendedLifetime((source, target)) {} }
    for count in Array(0..<70) + [511, 512, 513, 1023, 1025] {
      for atEnd in [true, false] {
        let (x, out) = (
          source.memory(4 * count, atEnd: atEnd), target.memory(4 * count, atEnd: atEnd)
        )
        var program = TileProgram()
        program.dims = [count]
        let input = program.input(TM_F32)
        let y = program.append(TM_TANH, TM_F32, input)
        program.output(Float.self, program.append(TM_ADD, TM_F32, y, input))
        program.run(table, memories: [x, out])
      }
    }
  }
}
