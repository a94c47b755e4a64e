// Conversions to and from bfloat16.
import CKernels
import Testing

@Suite struct BFloat16CastTests {
  /// One cast of an array.
  private func cast<X: KernelElement, Y: KernelElement>(_ x: [X], to _: Y.Type, _ table: Table)
    -> [Y]
  {
    var program = TileProgram()
    program.dims = [x.count]
    let input = program.input(X.code)
    let result = program.append(TM_CAST, Y.code, from: X.code, input)
    program.output(Y.self, result)
    let (from, to) = (Memory(x), Memory([Y](repeating: .poison, count: x.count)))
    program.run(table, memories: [from, to])
    return to.values
  }

  /// Whether none is nearer than `found`, and of two as near it is the even one.
  ///
  /// - Parameter distance: From a bfloat16 to what was rounded; infinity counts as the number after the largest.
  private func isNearest<D: Comparable>(_ found: Half, _ distance: (Double) -> D) -> Bool {
    let bits = found.bits & 0x7fff
    func away(_ bits: UInt16) -> D {
      let size = bits == 0x7f80 ? 0x1p128 : Half(bits: bits).number
      return distance(found.bits >= 0x8000 ? -size : size)
    }
    let own = away(bits)
    let neighbours = (bits == 0 ? [] : [bits - 1]) + (bits == 0x7f80 ? [] : [bits + 1])
    return neighbours.allSatisfy { own < away($0) || (own == away($0) && bits % 2 == 0) }
  }

  /// Proves: every bfloat16 is the float it stands for, and comes back.
  @Test(arguments: Table.all)
  func everyOneComesBack(table: Table) {
    let all = (0...UInt16.max).map { Half(bits: $0) }
    let floats = cast(all, to: Float.self, table)
    for (half, float) in zip(all, floats) where !half.number.isNaN {
      #expect(float.bitPattern == UInt32(half.bits) << 16)
    }
    #expect(firstDifference(cast(floats, to: Half.self, table), all) == nil)
    #expect(
      firstDifference(cast(cast(all, to: Double.self, table), to: Half.self, table), all) == nil)
  }

  /// Proves: of float and double alike the nearest is taken, the even one of two, for ties, their neighbours, subnormals
  /// and numbers that overflow; NaN stays NaN.
  @Test(arguments: Table.all)
  func floatsAreRoundedToTheNearest(table: Table) {
    var random = Seeded(31)
    var floats: [Float] = [
      .nan, -.nan, .infinity, -.infinity, 0, -0, Float(bitPattern: 0x7f80_0001),
    ]
    for _ in 0..<20_000 {
      let upper = UInt32(truncatingIfNeeded: random.next() >> 48) << 16
      for lower in [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff, UInt32(random.below(0x10000))] {
        floats.append(Float(bitPattern: upper | lower))
      }
    }
    for (x, found) in zip(floats, cast(floats, to: Half.self, table)) {
      #expect(
        x.isNaN
          ? found.number.isNaN
          : x.isInfinite ? found.number == Double(x) : isNearest(found) { abs(Double(x) - $0) },
        "\(x)")
    }
    var doubles = floats.map(Double.init)
    // Next to a tie by less than a float tells.
    doubles += floats.flatMap { [Double($0).nextUp, Double($0).nextDown, Double($0) * 1e-30] }
    doubles += [
      1e300, -1e300, .leastNonzeroMagnitude, Double(Float.greatestFiniteMagnitude).nextUp,
    ]
    for (x, found) in zip(doubles, cast(doubles, to: Half.self, table)) {
      #expect(
        x.isNaN
          ? found.number.isNaN
          : abs(x) > 0x1.ffp127
            ? found.number == (x < 0 ? -.infinity : .infinity) : isNearest(found) { abs(x - $0) },
        "\(x)")
    }
  }

  /// Proves: integers are rounded once, those of 64 bits too, which no double holds.
  @Test(arguments: Table.all)
  func integersAreRoundedToTheNearest(table: Table) {
    var random = Seeded(32)
    var integers: [Int64] = [0, 1, -1, .min, .max]
    for _ in 0..<20_000 {
      let tie = Int64(0x181 + 2 * random.below(64)) << random.below(54)
      integers += [
        tie, -tie, tie + 1, tie - 1, 1 - tie, -1 - tie, Int64(bitPattern: random.next()),
      ]
    }
    for (x, found) in zip(integers, cast(integers, to: Half.self, table)) {
      #expect(isNearest(found) { distance(x, from: $0) }, "\(x) became \(found)")
    }
    let small = integers.map { Int32(truncatingIfNeeded: $0) }
    for (x, found) in zip(small, cast(small, to: Half.self, table)) {
      #expect(isNearest(found) { abs(Double(x) - $0) }, "\(x) became \(found)")
    }
  }

  /// Exact: neighbours of whole numbers from 256 on are whole.
  private func distance(_ x: Int64, from candidate: Double) -> UInt64 {
    let (size, other) = (x.magnitude, UInt64(abs(candidate)))
    guard (candidate < 0) == (x < 0) else { return size + other }
    return size > other ? size - other : other - size
  }

  /// Proves: to whole numbers and truth values it goes as float does, and from truth values.
  @Test(arguments: Table.all)
  func otherTypes(table: Table) {
    let all = (0...UInt16.max).map { Half(bits: $0) }
    let floats = cast(all, to: Float.self, table)
    #expect(cast(all, to: Int32.self, table) == cast(floats, to: Int32.self, table))
    #expect(cast(all, to: Int64.self, table) == cast(floats, to: Int64.self, table))
    #expect(cast(all, to: UInt8.self, table) == cast(floats, to: UInt8.self, table))
    let truths: [UInt8] = [0, 1, 1, 0, 1]
    #expect(cast(truths, to: Half.self, table).map(\.number) == truths.map(Double.init))
  }
}
